import { yesPriceOf, yesSideOf } from '../../domain/yes-coordinates.ts';
import type { Intent, LoopView, TakingLeg } from '../../kernel/loop.ts';
import { selfCross } from '../../orders/reserve.ts';
import type { OwnQuote } from '../../orders/types.ts';

/** Takes own orders away that a leg would meet; null where there are none. The venue refuses to trade us with ourselves. */
export function ownInTheWay(
  { state }: LoopView,
  own: readonly OwnQuote[],
  legs: readonly TakingLeg[],
): Intent[] | null {
  const met = own.filter((quote) =>
    legs.some((leg) => selfCross([quote], yesSideOf(leg), yesPriceOf(leg)) !== null),
  );
  if (met.length === 0) return null;
  const orderIds = met.flatMap(({ clientId }) => state.orders.byClientId.get(clientId)?.orderId ?? []);
  return orderIds.length === 0 ? [] : [{ kind: 'cancel', orderIds, why: 'a complete set would meet it' }];
}

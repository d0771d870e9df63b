import type { ClientId } from '../domain/order.ts';
import type { OrderPurpose } from './types.ts';

/** What is named by the kernel's own counter; the legs of a complete set are named by the loop that takes them. */
type CountedPurpose = Exclude<OrderPurpose, 'arbitrage'>;

const LETTERS = { quote: 'o', entry: 'e', exit: 'x' } as const satisfies Record<CountedPurpose, string>;

/** Our name of the order with this number: `o-17`, `e-18` or `x-19`. One counter numbers all three, so no number stands twice. */
export const orderName = (purpose: CountedPurpose, number: number): ClientId =>
  `${LETTERS[purpose]}-${number}` as ClientId;

/** What an order is for, read from our name of it: all that is left of that in a journal. */
export function purposeOf(clientId: ClientId): OrderPurpose {
  for (const purpose of ['quote', 'entry', 'exit'] as const)
    if (clientId.startsWith(`${LETTERS[purpose]}-`)) return purpose;
  return 'arbitrage';
}

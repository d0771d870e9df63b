/**
 * What the account may lose, worked out from single orders, single trades and single transactions by trying everything that may still
 * happen to each of them. Written apart from the worker's own sums, and in dollars as floats, so that it shares no mistake with them.
 */
import type { ConditionId } from '../../domain/market.ts';
import type { ClientId } from '../../domain/order.ts';
import type { OrderRecord } from '../../orders/types.ts';
import type { KernelState } from '../state.ts';

const ENDED = new Set(['filled', 'canceled', 'refused', 'rejected', 'expired']);

/** How far the net position of a market (YES less NO, in shares) may still go up and down, and its YES price in dollars. */
export interface Reach {
  readonly conditionId: ConditionId;
  readonly least: number;
  readonly most: number;
  readonly price: number;
}

const signOf = (outcome: 'YES' | 'NO', side: 'BUY' | 'SELL'): number =>
  (outcome === 'YES') === (side === 'BUY') ? 1 : -1;

/** Shares of an order that may still trade: all of it that no trade covers, until it is known to be over and how much of it traded. */
function mayTrade(state: KernelState, record: OrderRecord): number {
  let traded = 0;
  for (const { fill } of state.books.fills.byKey.values())
    if (fill.orderId === record.orderId) traded += fill.size;
  const isOver = ENDED.has(record.state) && record.restUntoldUntilMs === null;
  return Math.max(0, (isOver ? record.venueMatched : record.request.size) - traded);
}

/** The reach of one market, the orders and conversions that are named left out. */
function reachOf(
  state: KernelState,
  conditionId: ConditionId,
  without: ReadonlySet<ClientId>,
  withoutTx: ReadonlySet<string>,
): Reach {
  const slot = state.markets.get(conditionId);
  if (slot === undefined) throw new Error(`market ${conditionId} is not listed`);
  const own = (tokenId: string): number => state.books.ledger.balances.get(`own.final|${tokenId}`) ?? 0;
  const sure = own(slot.market.yesTokenId) - own(slot.market.noTokenId);
  const maybe: number[] = [];
  // A trade that is not confirmed stands or fails.
  for (const { fill, outcome, status } of state.books.fills.byKey.values())
    if (fill.conditionId === conditionId && status !== 'CONFIRMED' && status !== 'FAILED')
      maybe.push(signOf(outcome, fill.side) * fill.size);
  // An order that may be live fills or does not; one whose answer was lost may be live.
  for (const record of state.orders.byClientId.values()) {
    const { request } = record;
    if (request.conditionId !== conditionId || without.has(request.clientId)) continue;
    maybe.push(signOf(request.outcome, request.side) * mayTrade(state, record));
  }
  // A conversion on its way happens or does not: NO that goes and YES that comes both make the market longer.
  for (const { request } of state.transactions.pending.values())
    if (
      !withoutTx.has(request.txKey) &&
      request.conversion?.members.some((member) => member.conditionId === conditionId) === true
    )
      maybe.push(request.amount);
  return {
    conditionId,
    least: (sure + maybe.reduce((sum, shares) => sum + Math.min(0, shares), 0)) / 1e6,
    most: (sure + maybe.reduce((sum, shares) => sum + Math.max(0, shares), 0)) / 1e6,
    price: priceOf(slot),
  };
}

function priceOf(slot: {
  readonly resolved: 'YES' | 'NO' | null | undefined;
  readonly lastMid: number | null;
  readonly market: { readonly listedYesPrice: number | null };
}): number {
  if (slot.resolved === 'YES') return 1;
  if (slot.resolved === 'NO') return 0;
  if (slot.resolved === null) return 0.5;
  return Math.round(slot.lastMid ?? slot.market.listedYesPrice ?? 5_000) / 10_000;
}

/** The reach of every market, with these orders and transactions left out. */
export const reaches = (
  state: KernelState,
  without: ReadonlySet<ClientId>,
  withoutTx: ReadonlySet<string>,
): Reach[] => [...state.markets.keys()].map((conditionId) => reachOf(state, conditionId, without, withoutTx));

/** What the market costs if it resolves this way, in the worst case of everything that may still happen; a gain is below 0. */
const lossIf = ({ least, most, price }: Reach, outcome: 'YES' | 'NO'): number =>
  outcome === 'NO' ? most * price : -least * (1 - price);

/** Dollars at risk in one market: what the worse outcome costs. */
export const atRisk = (reach: Reach): number => Math.max(0, lossIf(reach, 'YES'), lossIf(reach, 'NO'));

/** What each outcome of an event costs: one for every market that may win, and one in which none of them does. */
export function eventLosses(
  members: readonly Reach[],
  mayNoneWin: boolean,
): ReadonlyMap<ConditionId | 'none', number> {
  const winners = [
    ...members.map(({ conditionId }) => conditionId),
    ...(mayNoneWin ? ['none' as const] : []),
  ];
  return new Map(
    winners.map((winner) => [
      winner,
      members.reduce((sum, reach) => sum + lossIf(reach, reach.conditionId === winner ? 'YES' : 'NO'), 0),
    ]),
  );
}

/** Cash and everything held, unconfirmed trades as if they stand, at the market's price; a YES and a NO together are a dollar. */
export function worth(state: KernelState): number {
  let value = 0;
  const own = (asset: string): number =>
    ['final', 'mined', 'matched'].reduce(
      (sum, stage) => sum + (state.books.ledger.balances.get(`own.${stage}|${asset}`) ?? 0),
      0,
    );
  value += own('USD');
  for (const slot of state.markets.values())
    value += own(slot.market.yesTokenId) * priceOf(slot) + own(slot.market.noTokenId) * (1 - priceOf(slot));
  return value / 1e6;
}

/**
 * The matching rules told a second time, as plainly as possible: one list of orders, sorted anew for each incoming order, and every
 * balance added up from scratch. Written for the property tests; it shares no code with the engine. Prices in cents, sizes in lots.
 */
import type { Side, TokenId } from '../domain/market.ts';
import type { TimeInForce } from '../domain/order.ts';
import { NO, YES } from './test-venue.ts';

export const OWNERS = ['ann', 'bob', 'cyd', 'dan'] as const;
export const START_CENTS = 5_000;
export const START_SETS = 40;

export type Step =
  | {
      readonly do: 'place';
      readonly owner: string;
      readonly token: TokenId;
      readonly side: Side;
      readonly cents: number;
      readonly centiShares: number;
      readonly type: TimeInForce;
      readonly postOnly: boolean;
    }
  | { readonly do: 'cancel'; readonly pick: number }
  | { readonly do: 'cancelAll'; readonly owner: string }
  | { readonly do: 'settle'; readonly pick: number; readonly outcome: 'confirmed' | 'failed' }
  | { readonly do: 'split'; readonly owner: string; readonly centiShares: number };

export interface ModelOrder {
  readonly id: string;
  readonly owner: string;
  readonly token: TokenId;
  readonly side: Side;
  /** Cents of its own token. */
  readonly cents: number;
  /** Lots of 0.01 share. */
  left: number;
}
export interface ModelFill {
  readonly makerId: string;
  readonly makerOwner: string;
  readonly makerToken: TokenId;
  readonly makerSide: Side;
  readonly makerCents: number;
  readonly takerCents: number;
  readonly lots: number;
}
/** One price level of one taker order: what settles or fails together. */
export interface ModelTrade {
  readonly takerOwner: string;
  readonly takerToken: TokenId;
  readonly takerSide: Side;
  readonly fills: ModelFill[];
}
export interface Model {
  resting: ModelOrder[];
  readonly pending: ModelTrade[];
  readonly known: Set<string>;
  readonly settled: Map<string, { cash: number; [token: string]: number }>;
  fees: number;
}

const MICRO_PER_CENT_LOT = 100;
export const other = (token: TokenId): TokenId => (token === YES ? NO : YES);

export function newModel(): Model {
  const settled: Model['settled'] = new Map();
  for (const name of OWNERS) {
    settled.set(name, { cash: START_CENTS * 1e4, [YES]: START_SETS * 1e6, [NO]: START_SETS * 1e6 });
  }
  return { resting: [], pending: [], known: new Set(), settled, fees: 0 };
}

/** Micro-dollars, computed in whole numbers: rate 7 %, rounded to ten micro-dollars with halves up. */
export function modelFee(cents: number, lots: number): number {
  const tenMicros = (BigInt(lots) * 7n * BigInt(cents * (100 - cents)) * 2n + 1_000n) / 2_000n;
  return Number(tenMicros) * 10;
}

export function effects(trade: ModelTrade): { who: string; asset: string; change: number }[] {
  const list: { who: string; asset: string; change: number }[] = [];
  const add = (who: string, token: TokenId, side: Side, cents: number, lots: number, fee: number): void => {
    const dollars = cents * lots * MICRO_PER_CENT_LOT;
    const sign = side === 'BUY' ? 1 : -1;
    list.push({ who, asset: 'cash', change: -sign * dollars - fee });
    list.push({ who, asset: token, change: sign * lots * 1e4 });
  };
  let lots = 0;
  for (const fill of trade.fills) {
    add(fill.makerOwner, fill.makerToken, fill.makerSide, fill.makerCents, fill.lots, 0);
    lots += fill.lots;
  }
  const cents = trade.fills[0]?.takerCents ?? 0;
  add(trade.takerOwner, trade.takerToken, trade.takerSide, cents, lots, modelFee(cents, lots));
  return list;
}

export function modelUsable(model: Model, who: string, asset: string): number {
  let amount = model.settled.get(who)?.[asset] ?? 0;
  for (const trade of model.pending) {
    const mine = effects(trade).filter((effect) => effect.who === who && effect.asset === asset);
    // A seller's fee lowers what comes in; a buyer's fee raises what goes out. Only what goes out counts before settlement.
    for (const effect of mine) if (effect.change < 0) amount += effect.change;
  }
  for (const order of model.resting) {
    if (order.owner !== who) continue;
    if (order.side === 'BUY' && asset === 'cash') amount -= order.cents * order.left * MICRO_PER_CENT_LOT;
    if (order.side === 'SELL' && asset === order.token) amount -= order.left * 1e4;
  }
  return amount;
}

/** What the maker's price is to this taker, in the taker's token, or null when the two orders do not go together. */
export function priceFor(taker: ModelOrder, maker: ModelOrder): number | null {
  if (maker.token === taker.token) return maker.side === taker.side ? null : maker.cents;
  return maker.side === taker.side ? 100 - maker.cents : null;
}

export function modelPlace(
  model: Model,
  id: string,
  want: Extract<Step, { do: 'place' }>,
): string | ModelTrade[] {
  if (want.type === 'GTC' && want.centiShares < 500) return 'MIN_SIZE';
  if (want.type !== 'GTC' && want.postOnly) return 'INVALID_PAYLOAD';
  const order: ModelOrder = { ...want, id, left: want.centiShares };
  const isBuy = want.side === 'BUY';
  const dollars = isBuy && want.type !== 'GTC' ? budgetOf(want) : 0;
  const candidates = model.resting
    .map((maker, arrival) => ({ maker, arrival, cents: priceFor(order, maker) }))
    .filter((candidate): candidate is typeof candidate & { cents: number } => {
      if (candidate.cents === null) return false;
      return isBuy ? candidate.cents <= want.cents : candidate.cents >= want.cents;
    })
    .sort((a, b) => (isBuy ? a.cents - b.cents : b.cents - a.cents) || a.arrival - b.arrival);
  if (candidates.length > 0 && want.postOnly) return 'POST_ONLY_CROSSES';
  const stated = isBuy ? (dollars > 0 ? dollars : want.cents * want.centiShares * 100) : 0;
  if (isBuy && candidates.length > 0 && stated < 1e6) return 'MIN_MARKETABLE_BUY';

  const trades: ModelTrade[] = [];
  let spent = 0;
  let complete = false;
  let lastCents = want.cents;
  for (const { maker, cents } of candidates) {
    lastCents = cents;
    const wanted = dollars > 0 ? Math.floor((dollars - spent) / (cents * MICRO_PER_CENT_LOT)) : order.left;
    if (wanted === 0) break;
    if (maker.owner === want.owner) return 'SELF_TRADE';
    const lots = Math.min(wanted, maker.left);
    let trade = trades.at(-1);
    if (trade === undefined || trade.fills[0]?.takerCents !== cents) {
      trade = { takerOwner: want.owner, takerToken: want.token, takerSide: want.side, fills: [] };
      trades.push(trade);
    }
    trade.fills.push({
      makerId: maker.id,
      makerOwner: maker.owner,
      makerToken: maker.token,
      makerSide: maker.side,
      makerCents: maker.cents,
      takerCents: cents,
      lots,
    });
    order.left -= lots;
    spent += lots * cents * MICRO_PER_CENT_LOT;
  }
  complete =
    dollars > 0 ? Math.floor((dollars - spent) / (lastCents * MICRO_PER_CENT_LOT)) === 0 : order.left === 0;

  let fees = 0;
  for (const trade of trades) {
    const lots = trade.fills.reduce((sum, fill) => sum + fill.lots, 0);
    fees += modelFee(trade.fills[0]?.takerCents ?? 0, lots);
  }
  const rest = dollars > 0 ? 0 : order.left * want.cents * MICRO_PER_CENT_LOT;
  const needed = isBuy ? Math.max(stated, spent + fees + rest) : want.centiShares * 1e4;
  if (modelUsable(model, want.owner, isBuy ? 'cash' : want.token) < needed) return 'BALANCE';
  if (want.type === 'FOK' && !complete) return 'FOK_NOT_FILLED';
  if (want.type === 'FAK' && trades.length === 0) return 'FAK_NO_MATCH';

  for (const fill of trades.flatMap((trade) => trade.fills)) {
    const maker = model.resting.find((candidate) => candidate.id === fill.makerId);
    if (maker !== undefined) maker.left -= fill.lots;
  }
  model.resting = model.resting.filter((candidate) => candidate.left > 0);
  model.pending.push(...trades);
  if (want.type === 'GTC' && order.left > 0) model.resting.push(order);
  return trades;
}

/** A market BUY states whole cents; the shares follow, rounded down to four decimals as the clients do. */
export const budgetOf = (want: Extract<Step, { do: 'place' }>): number =>
  Math.max(1, Math.round((want.cents * want.centiShares) / 100)) * 1e4;

export function modelSettle(model: Model, index: number, outcome: 'confirmed' | 'failed'): void {
  const [trade] = model.pending.splice(index, 1);
  if (trade === undefined || outcome === 'failed') return;
  for (const { who, asset, change } of effects(trade)) {
    const balances = model.settled.get(who);
    if (balances !== undefined) balances[asset] = (balances[asset] ?? 0) + change;
  }
  const lots = trade.fills.reduce((sum, fill) => sum + fill.lots, 0);
  model.fees += modelFee(trade.fills[0]?.takerCents ?? 0, lots);
}

export function modelLevels(model: Model): { bids: Map<number, number>; asks: Map<number, number> } {
  const bids = new Map<number, number>();
  const asks = new Map<number, number>();
  for (const order of model.resting) {
    const isBid = (order.token === YES) === (order.side === 'BUY');
    const cents = order.token === YES ? order.cents : 100 - order.cents;
    const side = isBid ? bids : asks;
    side.set(cents, (side.get(cents) ?? 0) + order.left);
  }
  return { bids, asks };
}

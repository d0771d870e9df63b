import { type Level, levelsOf, type TickBook } from '../domain/book.ts';
import { takerFee } from '../domain/fee.ts';
import type { FeeSchedule, Outcome, Side } from '../domain/market.ts';
import { complement, MICRO, notional, type Price, type Shares, type Usd } from '../domain/units.ts';

/**
 * Complete sets: a YES and a NO share of one market are a dollar, and in an event of which exactly one outcome pays, NO shares
 * convert into dollars and the other outcomes' YES shares. Profit here is exact in micro-dollars: every level that is taken, its
 * taker fee by the market's own schedule, gas. All legs are FAK at their limit price; the chain operations charge nothing but gas.
 */
export interface OutcomeBook {
  /** Best first, prices of this outcome. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** One binary market with both outcomes' books as each was read: taken from one merged book they mirror each other. */
export interface SetMarket {
  readonly marketId: string;
  readonly fee: FeeSchedule;
  readonly minOrderSize: Shares;
  readonly yes: OutcomeBook;
  readonly no: OutcomeBook;
}

export interface SetTerms {
  readonly gasPerTransaction: Usd;
  /** Most dollars that may be paid out at once, fees included. */
  readonly maxCapital: Usd;
  /** Least profit, in per cent of the dollars paid out. */
  readonly minProfitPct: number;
  /** Chance that one FAK leg finds nothing, each on its own. Most opportunities are stale when the order arrives. */
  readonly legFailure: number;
}

export type SetStrategy = 'buyMerge' | 'splitSell' | 'convertSell' | 'buyConvert' | 'buyAllYes';

export interface SetLeg {
  readonly marketId: string;
  readonly outcome: Outcome;
  readonly side: Side;
  readonly size: Shares;
  /** The worst level that is needed: the limit of the FAK order. */
  readonly limitPrice: Price;
  /** Dollars paid or received, without the fee. */
  readonly amount: Usd;
  readonly fee: Usd;
}

export interface SetOpportunity {
  readonly kind: 'opportunity';
  readonly strategy: SetStrategy;
  /** Sets, as shares. */
  readonly size: Shares;
  readonly legs: readonly SetLeg[];
  readonly transactions: number;
  readonly gas: Usd;
  /** Dollars paid out at the widest point. */
  readonly capital: Usd;
  /** If every leg fills. */
  readonly profit: Usd;
  readonly profitPct: number;
  /** Loss of unwinding what filled while another leg did not, times its chance. */
  readonly expectedLegLoss: Usd;
  readonly expectedProfit: Usd;
  /** The dollar comes only when the event resolves. */
  readonly isLocked: boolean;
}

export type NoSet = {
  readonly kind: 'none';
  readonly because: 'noDepth' | 'belowMinSize' | 'noCapital' | 'noProfit' | 'belowThreshold' | 'legRisk';
  /** The best profit there was, where one was computed. */
  readonly bestProfit: Usd | null;
};

export type SetResult = SetOpportunity | NoSet;

/** Orders are in hundredths of a share. */
const LOT = 10_000;
/** Up to so many outcomes every choice of path is tried; above, each outcome takes the path that is better at the touch. */
const MOST_ENUMERATED = 6;
const ALL_LEVELS = Number.MAX_SAFE_INTEGER;

/** Both outcomes' books out of one merged book: a bid for YES at p is an ask of NO at 1 - p. */
export function outcomeBooksOf(book: TickBook): { readonly yes: OutcomeBook; readonly no: OutcomeBook } {
  const bids = levelsOf(book, 'BUY', ALL_LEVELS);
  const asks = levelsOf(book, 'SELL', ALL_LEVELS);
  const mirror = (levels: readonly Level[]) =>
    levels.map((level) => ({ price: complement(level.price), size: level.size }));
  return { yes: { bids, asks }, no: { bids: mirror(asks), asks: mirror(bids) } };
}

/** Buy YES and NO, merge each pair to a dollar; or split dollars and sell both. The better of the two, or why neither. */
export const scanBinary = (market: SetMarket, terms: SetTerms): SetResult =>
  betterSet(scanBuyMerge(market, terms), scanSplitSell(market, terms));

/** Buy YES and NO for less than the dollar that the pair merges to. */
export const scanBuyMerge = (market: SetMarket, terms: SetTerms): SetResult =>
  scanPlan(
    {
      strategy: 'buyMerge',
      legs: [legOf(market, 'YES', 'BUY'), legOf(market, 'NO', 'BUY')],
      dollarsPerSet: 1,
      transactions: 1,
      isLocked: false,
    },
    terms,
  );

/** Sell YES and NO for more than the dollar that a pair costs, or is worth where it is held already. */
export const scanSplitSell = (market: SetMarket, terms: SetTerms): SetResult =>
  scanPlan(
    {
      strategy: 'splitSell',
      legs: [legOf(market, 'YES', 'SELL'), legOf(market, 'NO', 'SELL')],
      dollarsPerSet: -1,
      transactions: 1,
      isLocked: false,
    },
    terms,
  );

/**
 * An event of which exactly one outcome pays. Being short of YES costs nothing to choose: for each outcome either YES is sold or NO
 * is bought. NO shares of m outcomes convert into m - 1 dollars and the YES shares that the other outcomes sell; with m = 0 a
 * dollar is split first. With m = n it is the rule "all NO asks sum to less than n - 1", with m = 0 "all YES bids sum to more than 1".
 * `isExhaustive` says that no outcome can be added: only then do all YES shares together pay a dollar, at resolution.
 */
export function scanEvent(markets: readonly SetMarket[], isExhaustive: boolean, terms: SetTerms): SetResult {
  if (markets.length < 2) return { kind: 'none', because: 'noDepth', bestProfit: null };
  let best: SetResult = { kind: 'none', because: 'noDepth', bestProfit: null };
  for (const buysNo of pathChoices(markets)) {
    const bought = buysNo.filter(Boolean).length;
    const legs = markets.map((market, index) =>
      buysNo[index] === true ? legOf(market, 'NO', 'BUY') : legOf(market, 'YES', 'SELL'),
    );
    const transactions = bought === 0 ? 2 : 1;
    const plan: Plan = {
      strategy: 'convertSell',
      legs,
      dollarsPerSet: bought - 1,
      transactions,
      isLocked: false,
    };
    best = betterSet(best, scanPlan(plan, terms));
  }
  return isExhaustive ? betterSet(best, scanBuyAllYes(markets, terms)) : best;
}

/** Buy NO of every outcome for less than the n - 1 dollars that they convert to at once. */
export const scanBuyConvert = (markets: readonly SetMarket[], terms: SetTerms): SetResult =>
  scanPlan(
    {
      strategy: 'buyConvert',
      legs: markets.map((market) => legOf(market, 'NO', 'BUY')),
      dollarsPerSet: markets.length - 1,
      transactions: 1,
      isLocked: false,
    },
    terms,
  );

/** Buy YES of every outcome of an exhaustive event for less than the dollar that one of them pays when it resolves. */
export const scanBuyAllYes = (markets: readonly SetMarket[], terms: SetTerms): SetResult =>
  scanPlan(
    {
      strategy: 'buyAllYes',
      legs: markets.map((market) => legOf(market, 'YES', 'BUY')),
      dollarsPerSet: 1,
      transactions: 1,
      isLocked: true,
    },
    terms,
  );

function* pathChoices(markets: readonly SetMarket[]): Generator<readonly boolean[]> {
  if (markets.length > MOST_ENUMERATED) {
    yield markets.map(buysNoAtTouch);
    return;
  }
  for (let choice = 0; choice < 2 ** markets.length; choice += 1)
    yield markets.map((_, index) => Math.floor(choice / 2 ** index) % 2 === 1);
}

function buysNoAtTouch(market: SetMarket): boolean {
  const ask = market.no.asks[0];
  const bid = market.yes.bids[0];
  if (ask === undefined) return false;
  if (bid === undefined) return true;
  const unit = MICRO as Shares;
  const bought = MICRO - notional(ask.price, unit) - takerFee(market.fee, ask.price, unit);
  const sold = notional(bid.price, unit) - takerFee(market.fee, bid.price, unit);
  return bought > sold;
}

/** One leg before its size is known. `levels` is what it takes from, `unwind` what undoing it would take from. */
interface PlanLeg {
  readonly market: SetMarket;
  readonly outcome: Outcome;
  readonly side: Side;
  readonly levels: readonly Level[];
  readonly unwind: readonly Level[];
}

interface Plan {
  readonly strategy: SetStrategy;
  readonly legs: readonly PlanLeg[];
  /** Whole dollars a set brings (merge, convert) or costs (split) besides its legs. */
  readonly dollarsPerSet: number;
  readonly transactions: number;
  readonly isLocked: boolean;
}

function legOf(market: SetMarket, outcome: Outcome, side: Side): PlanLeg {
  const book = outcome === 'YES' ? market.yes : market.no;
  const buys = side === 'BUY';
  return {
    market,
    outcome,
    side,
    levels: buys ? book.asks : book.bids,
    unwind: buys ? book.bids : book.asks,
  };
}

function scanPlan(plan: Plan, terms: SetTerms): SetResult {
  const none = (because: NoSet['because'], bestProfit: Usd | null = null): NoSet => ({
    kind: 'none',
    because,
    bestProfit,
  });
  const depth = floorLot(Math.min(...plan.legs.map((leg) => depthOf(leg.levels))));
  const least = Math.max(LOT, ...plan.legs.map((leg) => leg.market.minOrderSize));
  if (depth <= 0) return none('noDepth');
  if (depth < least) return none('belowMinSize');
  const most = mostWithin(plan, depth, terms);
  if (most < least) return none('noCapital');
  const best = bestSize(plan, least, most, terms);
  if (best.profit <= 0) return none('noProfit', best.profit as Usd);
  const profitPct = (best.profit / best.capital) * 100;
  if (profitPct < terms.minProfitPct) return none('belowThreshold', best.profit as Usd);
  const { expectedLegLoss, allFill } = legRisk(plan, best.size, terms);
  const expectedProfit = Math.floor(allFill * best.profit - expectedLegLoss);
  if (expectedProfit <= 0) return none('legRisk', best.profit as Usd);
  return {
    kind: 'opportunity',
    strategy: plan.strategy,
    size: best.size as Shares,
    legs: best.legs,
    transactions: plan.transactions,
    gas: gasOf(plan, terms),
    capital: best.capital as Usd,
    profit: best.profit as Usd,
    profitPct,
    expectedLegLoss: expectedLegLoss as Usd,
    expectedProfit: expectedProfit as Usd,
    isLocked: plan.isLocked,
  };
}

interface Priced {
  readonly size: number;
  readonly legs: readonly SetLeg[];
  readonly capital: number;
  readonly profit: number;
}

const gasOf = (plan: Plan, terms: SetTerms): Usd => (terms.gasPerTransaction * plan.transactions) as Usd;
const floorLot = (size: number): number => Math.floor(size / LOT) * LOT;
const depthOf = (levels: readonly Level[]): number => levels.reduce((sum, level) => sum + level.size, 0);

/** Profit is concave in the size but for rounding, so the most is at the end of a level, the least size or the largest allowed. */
function bestSize(plan: Plan, least: number, most: number, terms: SetTerms): Priced {
  const sizes = new Set([least, most]);
  for (const leg of plan.legs) {
    let sum = 0;
    for (const level of leg.levels) {
      sum += level.size;
      const size = floorLot(sum);
      if (size > least && size < most) sizes.add(size);
    }
  }
  let best: Priced | null = null;
  // From small to large: of two sizes that earn the same, the one that ties up less, whichever way the outcomes are named.
  for (const size of [...sizes].sort((a, b) => a - b)) {
    const priced = priceOf(plan, size, terms);
    if (best === null || priced.profit > best.profit) best = priced;
  }
  return best as Priced;
}

function priceOf(plan: Plan, size: number, terms: SetTerms): Priced {
  const legs = plan.legs.map((leg) => fillOf(leg, size));
  let paid = Math.max(0, -plan.dollarsPerSet) * size;
  let received = Math.max(0, plan.dollarsPerSet) * size;
  for (const leg of legs) {
    if (leg.side === 'BUY') paid += leg.amount + leg.fee;
    else received += leg.amount - leg.fee;
  }
  const capital = paid + gasOf(plan, terms);
  return { size, legs, capital, profit: received - capital };
}

/** Buys pay rounded up and sales receive rounded down, so rounding is never counted as profit. */
function fillOf(leg: PlanLeg, size: number): SetLeg {
  const { amount, fee, worst } = take(leg.market.fee, leg.levels, size, leg.side === 'BUY' ? 'up' : 'down');
  return {
    marketId: leg.market.marketId,
    outcome: leg.outcome,
    side: leg.side,
    size: size as Shares,
    limitPrice: worst as Price,
    amount: amount as Usd,
    fee: fee as Usd,
  };
}

function take(
  schedule: FeeSchedule,
  levels: readonly Level[],
  size: number,
  rounding: 'up' | 'down',
): { readonly amount: number; readonly fee: number; readonly worst: number; readonly left: number } {
  let left = size;
  let amount = 0;
  let fee = 0;
  let worst = 0;
  for (const level of levels) {
    if (left <= 0) break;
    const taken = Math.min(left, level.size) as Shares;
    amount += notional(level.price, taken, rounding);
    fee += takerFee(schedule, level.price, taken);
    worst = level.price;
    left -= taken;
  }
  return { amount, fee, worst, left };
}

/** The largest size, in lots, whose dollars paid out stay within the limit. */
function mostWithin(plan: Plan, depth: number, terms: SetTerms): number {
  let low = 0;
  let high = depth / LOT;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (priceOf(plan, middle * LOT, terms).capital <= terms.maxCapital) low = middle;
    else high = middle - 1;
  }
  return low * LOT;
}

/**
 * Each leg fills or finds nothing, on its own. When any fails, those that filled are undone against the book at once: bought shares
 * are sold into the bids, sold ones bought back at the asks, with fees; what the book cannot take counts as lost whole.
 */
function legRisk(
  plan: Plan,
  size: number,
  terms: SetTerms,
): { readonly expectedLegLoss: number; readonly allFill: number } {
  const fills = 1 - terms.legFailure;
  const allFill = fills ** plan.legs.length;
  const stuck = fills - allFill;
  let loss = 0;
  for (const leg of plan.legs) loss += stuck * unwindLoss(leg, size);
  const failed = 1 - allFill - terms.legFailure ** plan.legs.length;
  return { expectedLegLoss: Math.ceil(loss + failed * gasOf(plan, terms)), allFill };
}

function unwindLoss(leg: PlanLeg, size: number): number {
  const filled = fillOf(leg, size);
  const buys = leg.side === 'BUY';
  const back = take(leg.market.fee, leg.unwind, size, buys ? 'down' : 'up');
  if (buys) return filled.amount + filled.fee - (back.amount - back.fee);
  return back.amount + back.fee + back.left - (filled.amount - filled.fee);
}

/** The one worth more; between two refusals the one that came nearer. */
export function betterSet(one: SetResult, other: SetResult): SetResult {
  if (one.kind === 'opportunity' || other.kind === 'opportunity') {
    if (one.kind === 'none') return other;
    if (other.kind === 'none') return one;
    return other.expectedProfit > one.expectedProfit ? other : one;
  }
  return (other.bestProfit ?? -Infinity) > (one.bestProfit ?? -Infinity) ? other : one;
}

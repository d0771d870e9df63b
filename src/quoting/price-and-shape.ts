import type { TickBook } from '../domain/book.ts';
import { oncePer } from '../domain/once-per.ts';
import {
  complement,
  MICRO,
  notional,
  POINT,
  type Price,
  type Shares,
  sharesToFloat,
  type Usd,
} from '../domain/units.ts';
import {
  type FairValue,
  type FairValueMethod,
  fairValue,
  type OwnOrder,
  othersBest,
} from '../pricing/fair-value.ts';
import { inventoryRatio } from '../pricing/inventory-skew.ts';
import type { LossEpoch } from '../pricing/loss-epoch.ts';
import type {
  EngineInputs,
  EngineQuote,
  EngineSettings,
  PricingEngineName,
} from '../pricing/pricing-engine.ts';
import { PRICING_ENGINES } from '../pricing/pricing-engines.ts';
import { adjustedMidPts, competingScores, mostCompetition, PAID_RATIO_PRIOR } from '../pricing/rewards.ts';
import { volatilityOver } from '../pricing/volatility.ts';
import { QUOTING_STAGES } from './compose.ts';
import { floorToSizeStep } from './grid.ts';
import {
  type HangingLevel,
  type QuoteInventory,
  type RewardContext,
  runPipeline,
  type Stage,
  type StageContext,
  type StageTrace,
} from './pipeline.ts';
import { type GridLevel, isOnGrid, type QuoteLevel, type QuoteProposal } from './proposal.ts';

/** Plain numbers under the names of the settings table: the parsed `mm` settings can be passed as they are. */
export interface QuotingSettings extends EngineSettings {
  readonly pricingEngine: PricingEngineName;
  readonly fairValue: FairValueMethod;
  readonly quoteSizeUsd: number;
  readonly maxPerMarketUsd: number;
  readonly unwindThreshold: number;
  readonly multiLevelCount: number;
  readonly levelSpreadMult: number;
  readonly levelSizeMult: number;
  readonly volWidenThresholdPts: number;
  readonly eventRiskWidenPct: number;
  readonly cdSynergyEnabled: boolean;
  readonly cdSynergyWeight: number;
  readonly postOnly: boolean;
  readonly asFeedbackEnabled: boolean;
  readonly asFeedbackThresholdBps: number;
}

/** Orders of at least `minSize` nearer than `maxSpreadPts` to the adjusted mid share `dailyRateUsd` a day. */
export interface RewardBand {
  readonly minSize: Shares;
  readonly maxSpreadPts: number;
  readonly dailyRateUsd: number;
  /** What a promised dollar has turned out to be worth; the prior where absent. */
  readonly paidRatio?: number;
}

/** One market at one moment. */
export interface QuotingInputs {
  /** In YES coordinates, own orders included: they are taken out here. */
  readonly book: TickBook;
  /** The grid orders must be on. The book's where absent; the book may be finer while levels of an older grid still rest. */
  readonly tick?: Price;
  /** Remainders of our orders that are in `book`, in YES coordinates. */
  readonly ownOrders: readonly OwnOrder[];
  readonly minOrderSize: Shares;
  readonly minNotional: Usd;
  readonly hoursToResolution: number | null;
  readonly inventory: QuoteInventory;
  /** Dollars this market's cash-funded levels may cost together. */
  readonly budget: Usd;
  /** From `pricing/volatility.ts`, or null while it is warming up. */
  readonly volatilityPtsPerSqrtS: number | null;
  readonly staleFactor: number;
  readonly unwindUrgency: number;
  readonly kappaPerPt: number | null;
  /** Measured fills an hour on each side at the fair value; null or absent while unidentified. */
  readonly fillsPerHour?: number | null;
  /** What the bounded engine's dollar budget is certified against; null or absent before the first entry. */
  readonly lossEpoch?: LossEpoch | null;
  readonly eventRisk: boolean;
  /** Mean adverse mark-out in points from `pricing/mark-out-statistics.ts`; null or absent while unmeasured. */
  readonly markoutPts?: number | null;
  /** What the venue pays for resting near the mid; null or absent where it pays nothing. */
  readonly reward?: RewardBand | null;
  /** Directional model minus market, in points of YES; null or absent without a signal. */
  readonly cdSignalPts?: number | null;
  /** Orders whose partner has filled; absent for none. They rest, so `budget` and `inventory` count them as free. */
  readonly hanging?: readonly HangingLevel[];
  readonly reduceOnly: boolean;
  readonly settings: QuotingSettings;
}

export type QuotingResult =
  | {
      readonly kind: 'quote';
      readonly fair: FairValue;
      readonly engineQuote: EngineQuote;
      /** Best first; either side may be empty. */
      readonly bids: readonly GridLevel[];
      readonly asks: readonly GridLevel[];
      readonly trace: readonly StageTrace[];
    }
  /** There is no price to quote around: pull what is resting. */
  | { readonly kind: 'none'; readonly reason: string };

const SECONDS_PER_MINUTE = 60;

/**
 * Fair value, engine, stages: from one market's state to the orders we would like to have in it, with why for each step. Whoever
 * knows the fair value of the inputs already hands it in.
 */
export function priceAndShape(
  inputs: QuotingInputs,
  stages: readonly Stage[] = QUOTING_STAGES,
  fair: ReturnType<typeof fairValue> = fairValue(
    inputs.book,
    inputs.ownOrders,
    inputs.minOrderSize,
    inputs.settings.fairValue,
  ),
): QuotingResult {
  if ('none' in fair) return { kind: 'none', reason: NO_FAIR_VALUE[fair.none] };
  const engineInputs = engineInputsOf(inputs, fair);
  const engineQuote = PRICING_ENGINES[inputs.settings.pricingEngine].quote(
    engineInputs,
    cappedToGrid(inputs.settings, engineInputs.tickPts),
  );
  const { proposal, trace } = runPipeline(
    stages,
    emptyProposal(engineQuote, fair.fairPts),
    stageContextOf(inputs, engineInputs, engineQuote),
  );
  return {
    kind: 'quote',
    fair,
    engineQuote,
    bids: gridLevels(proposal.bids),
    asks: gridLevels(proposal.asks),
    trace,
  };
}

const NO_FAIR_VALUE = {
  empty: 'the book has no orders but ours and dust',
  noBids: 'the book has no bids but ours and dust',
  noAsks: 'the book has no asks but ours and dust',
  crossed: 'the book is crossed, so it is in the middle of an event or wrong',
} as const;

/**
 * Shares of one quote: neither side costs more than `quoteSizeUsd`, whether it buys YES at p or NO at 1 - p, and both sides have
 * the same number of shares, so that one fill of each is a complete pair.
 */
export const lotSize = (quoteSizeUsd: number, fairPts: number): Shares =>
  floorToSizeStep((quoteSizeUsd * MICRO * 100) / Math.max(fairPts, 100 - fairPts));

/** Rounding both sides outwards can add all but two ticks: a float spread this wide stays within the limit on the grid. */
export const rawSpreadCapPts = (maxSpreadPts: number, tickPts: number): number =>
  Math.max(tickPts, Math.floor(maxSpreadPts / tickPts) * tickPts - tickPts);

/** Copies of settings, by the tick for which they were made: there are a hundred fields to copy, and few ticks. */
const copiesOf = oncePer((_: QuotingSettings) => new Map<number, EngineSettings>());

/** Settings as an engine is given them, with the widest spread that still fits after rounding. */
function cappedToGrid(settings: QuotingSettings, tickPts: number): EngineSettings {
  const copies = copiesOf(settings);
  let capped = copies.get(tickPts);
  if (capped === undefined) {
    capped = { ...settings, maxSpreadPts: rawSpreadCapPts(settings.maxSpreadPts, tickPts) };
    copies.set(tickPts, capped);
  }
  return capped;
}

function engineInputsOf(inputs: QuotingInputs, fair: FairValue): EngineInputs {
  return {
    fairPts: fair.fairPts,
    marketSpreadPts: fair.spreadPts,
    imbalance: fair.imbalance,
    tickPts: (inputs.tick ?? inputs.book.tick) / POINT,
    inventoryShares: sharesToFloat((inputs.inventory.yes - inputs.inventory.no) as Shares),
    maxInventoryUsd: inputs.settings.maxPerMarketUsd,
    lotShares: sharesToFloat(lotSize(inputs.settings.quoteSizeUsd, fair.fairPts)),
    volatilityPtsPerSqrtS: inputs.volatilityPtsPerSqrtS,
    staleFactor: inputs.staleFactor,
    unwindUrgency: inputs.unwindUrgency,
    hoursToResolution: inputs.hoursToResolution,
    kappaPerPt: inputs.kappaPerPt,
    fillsPerHour: inputs.fillsPerHour ?? null,
    lossEpoch: inputs.lossEpoch ?? null,
  };
}

function stageContextOf(
  inputs: QuotingInputs,
  engineInputs: EngineInputs,
  engineQuote: EngineQuote,
): StageContext {
  const { settings, book, volatilityPtsPerSqrtS } = inputs;
  const size = lotSize(settings.quoteSizeUsd, engineInputs.fairPts);
  const left = withoutHanging(inputs);
  return {
    engineQuote,
    tick: inputs.tick ?? book.tick,
    othersBestBid: othersBest(book, 'BUY', inputs.ownOrders),
    othersBestAsk: othersBest(book, 'SELL', inputs.ownOrders),
    bidSize: size,
    askSize: size,
    minSize: inputs.minOrderSize,
    minNotional: inputs.minNotional,
    inventory: left.inventory,
    budget: left.budget,
    hanging: left.hanging,
    inventoryRatio: inventoryRatio(
      engineInputs.inventoryShares,
      engineInputs.fairPts,
      settings.maxPerMarketUsd,
    ),
    unwindThreshold: settings.unwindThreshold,
    reduceOnly: inputs.reduceOnly,
    multiLevelCount: settings.multiLevelCount,
    levelSpreadMult: settings.levelSpreadMult,
    levelSizeMult: settings.levelSizeMult,
    volatilityPtsPerSqrtMin:
      volatilityPtsPerSqrtS === null ? null : volatilityOver(volatilityPtsPerSqrtS, SECONDS_PER_MINUTE),
    volWidenThresholdPts: settings.volWidenThresholdPts,
    eventRisk: inputs.eventRisk,
    eventRiskWidenPct: settings.eventRiskWidenPct,
    cdSignalPts: inputs.cdSignalPts ?? null,
    cdSynergyWeight: settings.cdSynergyEnabled ? settings.cdSynergyWeight : null,
    reward: rewardContextOf(inputs),
    kPerPt: inputs.kappaPerPt ?? settings.asKappaDefault,
    fillsPerHour: inputs.fillsPerHour ?? settings.glftFillsPerHour,
    markoutPts: inputs.markoutPts ?? null,
    markoutFeedback: settings.asFeedbackEnabled,
    markoutThresholdBps: settings.asFeedbackThresholdBps,
    minHalfSpreadPts: minHalfSpreadPts(settings, engineInputs.tickPts),
    maxSpreadPts: rawSpreadCapPts(settings.maxSpreadPts, engineInputs.tickPts),
    postOnly: settings.postOnly,
  };
}

/** The orders that may stay, and the budget and shares that they leave; one that budget or shares do not cover may not. */
function withoutHanging({
  inventory,
  budget,
  hanging = [],
}: QuotingInputs): Pick<StageContext, 'inventory' | 'budget' | 'hanging'> {
  if (hanging.length === 0) return { inventory, budget: Math.max(0, budget) as Usd, hanging };
  let cash: number = budget;
  let { yesAvailable, noAvailable } = inventory;
  const covered: HangingLevel[] = [];
  for (const order of hanging) {
    const { side, price, size, funding } = order;
    const cost =
      funding === 'inventory' ? 0 : notional(side === 'BUY' ? price : complement(price), size, 'up');
    const sold = funding === 'inventory' ? size : 0;
    if (cost > cash || sold > (side === 'SELL' ? yesAvailable : noAvailable)) continue;
    cash -= cost;
    if (side === 'SELL') yesAvailable = (yesAvailable - sold) as Shares;
    else noAvailable = (noAvailable - sold) as Shares;
    covered.push(order);
  }
  return {
    inventory: { ...inventory, yesAvailable, noAvailable },
    budget: Math.max(0, cash) as Usd,
    hanging: covered,
  };
}

/** The reward against the book of this moment; null where nothing is paid or no level qualifies for a mid. */
function rewardContextOf({ reward, book, ownOrders }: QuotingInputs): RewardContext | null {
  if (reward == null) return null;
  const midPts = adjustedMidPts(book, reward.minSize);
  if (midPts === null) return null;
  const ours = ownOrders.map((order) => ({ ...order, outcome: 'YES' as const }));
  const terms = { minSize: reward.minSize, maxSpread: Math.round(reward.maxSpreadPts * POINT) as Price };
  const competition = mostCompetition(competingScores(book, ours, midPts, terms), midPts);
  return { ...reward, paidRatio: reward.paidRatio ?? PAID_RATIO_PRIOR, midPts, competition };
}

/** Each engine's own floor: the legacy one has a setting for it, the others stop at half a tick. */
const minHalfSpreadPts = (settings: QuotingSettings, tickPts: number): number =>
  settings.pricingEngine === 'legacy' ? Math.max(settings.deltaMinPts, tickPts / 2) : tickPts / 2;

const emptyProposal = (engineQuote: EngineQuote, fairPts: number): QuoteProposal => ({
  bids: [],
  asks: [],
  fairPts,
  reservationPts: engineQuote.reservationPts,
});

function gridLevels(levels: readonly QuoteLevel[]): GridLevel[] {
  if (!levels.every(isOnGrid))
    throw new RangeError('the stages left a price off the grid: keep quantizeToTick');
  return levels.filter(isOnGrid);
}

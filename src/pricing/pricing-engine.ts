import type { Side } from '../domain/market.ts';
import type { LossEpoch } from './loss-epoch.ts';

/**
 * The seam between what the market shows and what we would quote. Everything here is float: prices and distances in points
 * (1 point = 1 cent), inventory and lots in shares, time in hours or seconds as the name says. The only way back to integers
 * is `quoting/stages/quantize-to-tick.ts`.
 */
export type PricingEngineName = 'legacy' | 'as' | 'bounded' | 'glft';

/** What an engine may look at. The same value goes to every engine, so that they can be compared on one recorded input. */
export interface EngineInputs {
  /** Fair value of YES, own orders and dust left out. */
  readonly fairPts: number;
  /** The market's own spread, own orders and dust left out. */
  readonly marketSpreadPts: number;
  /** (bid depth - ask depth) / (bid depth + ask depth), from -1 to 1. */
  readonly imbalance: number;
  readonly tickPts: number;
  /** Net position: YES shares minus NO shares. A pair of both is cash and does not count. */
  readonly inventoryShares: number;
  /** Dollars the position may have at risk in this market; the inventory ratio is measured against it. */
  readonly maxInventoryUsd: number;
  /** Shares of one quote: the lot of the Avellaneda-Stoikov engine. */
  readonly lotShares: number;
  /** Measured volatility of the fair value, or null before there is enough to measure it from. */
  readonly volatilityPtsPerSqrtS: number | null;
  /** 0 when the mid just moved, 1 when it has not moved for the stale threshold or longer. */
  readonly staleFactor: number;
  /** 0 for a new position, 1 for one that is a day old or older. */
  readonly unwindUrgency: number;
  /** Null when the market has no end date. */
  readonly hoursToResolution: number | null;
  /** Measured price sensitivity of fills in 1/pt, or null while it is unidentified. */
  readonly kappaPerPt: number | null;
  /** Measured fills an hour on each side at the fair value, the A of A e^(-k d); absent or null while it is unidentified. */
  readonly fillsPerHour?: number | null;
  /** What the bounded engine certifies its loss against; absent or null before the first entry. */
  readonly lossEpoch?: LossEpoch | null;
}

/** Plain numbers under the names of the settings table, so that the parsed settings can be passed as they are. */
export interface EngineSettings {
  readonly deltaMinPts: number;
  readonly deltaMaxPts: number;
  /** Widest spread an engine may return. */
  readonly maxSpreadPts: number;
  /** Points the legacy engine moves both quotes at full inventory. */
  readonly inventorySkewFactor: number;
  readonly asGammaBase: number;
  readonly asGammaAlpha: number;
  readonly asKappaDefault: number;
  /** Fills an hour on each side at the fair value, until they are measured. */
  readonly glftFillsPerHour: number;
}

/** `bidPts < reservationPts < askPts` always holds; either may lie outside (0, 100), and quantizing drops what does. */
export interface EngineQuote {
  readonly engine: PricingEngineName;
  readonly bidPts: number;
  readonly askPts: number;
  /** Where the engine is indifferent between buying and selling one more lot. */
  readonly reservationPts: number;
  readonly halfSpreadPts: number;
  /** Reservation minus fair value: negative when long. */
  readonly skewPts: number;
  /** The only side the engine wants quoted, because the other would pass its bound on inventory or loss. Absent: both. */
  readonly onlySide?: Side | 'neither';
  /** The epoch whose loss bound holds if every order keeps to `certifiedShares`. Absent when none was given. */
  readonly lossEpoch?: LossEpoch;
  /** What went into it, by name with units last, for the record of why an order exists. */
  readonly because: Readonly<Record<string, number>>;
}

export interface PricingEngine {
  readonly name: PricingEngineName;
  quote(inputs: EngineInputs, settings: EngineSettings): EngineQuote;
}

/** Both sides at the same distance from the reservation price. */
export function quoteAround(
  engine: PricingEngineName,
  fairPts: number,
  skewPts: number,
  halfSpreadPts: number,
  because: Readonly<Record<string, number>>,
): EngineQuote {
  const reservationPts = fairPts + skewPts;
  return {
    engine,
    bidPts: reservationPts - halfSpreadPts,
    askPts: reservationPts + halfSpreadPts,
    reservationPts,
    halfSpreadPts,
    skewPts,
    because,
  };
}

import type { Side } from '../domain/market.ts';
import { asHorizonHours, varianceOverHorizonPts2 } from './as-engine.ts';
import { type GlftTable, glftBase, glftTable, inventoryStep } from './glft.ts';
import { inventoryRatio, leanWithinReach, onlySideInReach } from './inventory-skew.ts';
import {
  type EngineInputs,
  type EngineQuote,
  type EngineSettings,
  type PricingEngine,
  quoteAround,
} from './pricing-engine.ts';

/** The table's size: a limit of more lots than this is quoted as this many, because solving it costs their cube. */
const MOST_LOTS = 50;
/** A day ahead the exact solution is the long-horizon one for every market that trades, and beyond it only costs more to find. */
const LONGEST_HOURS = 24;
const SHORTEST_HOURS = 1 / 60;

/** Tables are found for parameters on a logarithmic grid, this many to a doubling, so that a small change of one reuses a table. */
const GRID_PER_DOUBLING = 32;
const MOST_TABLES = 1_024;
/** Solved tables by what they were solved for. It only saves time: the same parameters give the same table. */
const tables = new Map<string, GlftTable>();

interface TableRequest {
  readonly gamma: number;
  readonly k: number;
  readonly variancePts2PerHour: number;
  readonly fillsPerHour: number;
  readonly maxLots: number;
  readonly tauHours: number;
}

/**
 * The exact table for the parameters on the grid nearest to these: each is within 1.1 per cent, so the lean is within about 2.
 * Rounding keeps the order of parameters, so what never falls in one of them still does not. Remembers the last thousand.
 */
export function glftTableNear(request: TableRequest): GlftTable {
  const { gamma, maxLots } = request;
  const k = gridIndex(request.k);
  const variance = gridIndex(request.variancePts2PerHour);
  const fills = gridIndex(request.fillsPerHour);
  const tau = gridIndex(request.tauHours);
  const key = `${gamma} ${k} ${variance} ${fills} ${tau} ${maxLots}`;
  const known = tables.get(key);
  if (known !== undefined) return known;
  const parameters = {
    gamma,
    k: onGrid(k),
    variancePerTime: onGrid(variance),
    intensity: onGrid(fills),
  };
  const table = glftTable(parameters, maxLots, onGrid(tau));
  const [oldest] = tables.size >= MOST_TABLES ? tables.keys() : [];
  if (oldest !== undefined) tables.delete(oldest);
  tables.set(key, table);
  return table;
}

/** Rates below this are quoted as this: a millionth of a point of movement an hour is none. */
const LEAST = 1e-12;
const gridIndex = (value: number): number =>
  Math.round(Math.log2(Math.max(LEAST, value)) * GRID_PER_DOUBLING);
const onGrid = (index: number): number => 2 ** (index / GRID_PER_DOUBLING);

/** A limit of ten lots whose division gives 9.999999999 is ten lots. */
const LOT_NOISE = 1e-6;

/** Lots that may be held on either side: at the bound, long or short, no more than the limit is at risk. At least 1. */
export function glftMaxLots(fairPts: number, lotShares: number, maxInventoryUsd: number): number {
  const lotRiskUsd = (lotShares * Math.max(fairPts, 100 - fairPts)) / 100;
  const lots = lotRiskUsd > 0 ? Math.floor(maxInventoryUsd / lotRiskUsd + LOT_NOISE) : 1;
  return Math.max(1, Math.min(MOST_LOTS, lots));
}

/** The variance rate of the coming hour, measured or from what p(1 - p) has left. */
function variancePts2PerHour(inputs: EngineInputs): number {
  const { hoursToResolution } = inputs;
  const soon = hoursToResolution === null ? null : Math.max(SHORTEST_HOURS, hoursToResolution);
  return varianceOverHorizonPts2({ ...inputs, hoursToResolution: soon }) / asHorizonHours(soon);
}

/**
 * Prices in points, inventory in lots of the quote size, time in hours. The reservation price is the middle of the exact bid and ask
 * for what is held; the width is the exact one for a flat book, as in the closed form, where it does not depend on inventory. The
 * exact width does a little, and near the bound a lot; deeper levels scale it around the reservation price, and one that changed with
 * inventory would let some of them rise as the position grows. At the bound only the side that reduces is wanted.
 */
function quote(inputs: EngineInputs, settings: EngineSettings): EngineQuote {
  const lots = inputs.lotShares > 0 ? inputs.inventoryShares / inputs.lotShares : 0;
  const maxLots = glftMaxLots(inputs.fairPts, inputs.lotShares, inputs.maxInventoryUsd);
  const gamma = settings.asGammaBase;
  const k = inputs.kappaPerPt ?? settings.asKappaDefault;
  const fillsPerHour = inputs.fillsPerHour ?? settings.glftFillsPerHour;
  const variance = variancePts2PerHour(inputs);
  const tauHours = Math.max(
    SHORTEST_HOURS,
    Math.min(LONGEST_HOURS, inputs.hoursToResolution ?? LONGEST_HOURS),
  );
  const table = glftTableNear({ gamma, k, variancePts2PerHour: variance, fillsPerHour, maxLots, tauHours });
  const bidStepPts = inventoryStep(table, lots);
  const askStepPts = inventoryStep(table, -lots);
  const modelSkewPts = (askStepPts - bidStepPts) / 2;
  const modelSpreadPts = 2 * (glftBase({ gamma, k }) + inventoryStep(table, 0));
  const spreadPts = Math.max(inputs.tickPts, Math.min(settings.maxSpreadPts, modelSpreadPts));
  const ratio = inventoryRatio(inputs.inventoryShares, inputs.fairPts, inputs.maxInventoryUsd);
  const reachPts = Math.max(inputs.tickPts, settings.maxSpreadPts);
  const skewPts = leanWithinReach(modelSkewPts, ratio, inputs, reachPts);
  const both = quoteAround('glft', inputs.fairPts, skewPts, spreadPts / 2, {
    inventoryLots: lots,
    maxLots,
    inventoryRatio: ratio,
    gammaPerPtLot: gamma,
    kappaPerPt: k,
    fillsPerHour,
    variancePts2PerHour: variance,
    tauHours,
    modelSkewPts,
    modelSpreadPts,
  });
  const onlySide = sideAtBound(lots, maxLots) ?? onlySideInReach(both, inputs.fairPts, reachPts);
  return onlySide === null ? both : { ...both, onlySide };
}

/** Where one lot more would pass the bound, only the side that reduces. */
function sideAtBound(lots: number, maxLots: number): Side | null {
  if (Math.abs(lots) <= maxLots - 1 + LOT_NOISE) return null;
  return lots > 0 ? 'SELL' : 'BUY';
}

/**
 * Gueant-Lehalle-Fernandez-Tapia in points and lots. Measured volatility never narrows it; long inventory never raises its bid; past
 * its bound it quotes one side.
 */
export const glftEngine: PricingEngine = { name: 'glft', quote };

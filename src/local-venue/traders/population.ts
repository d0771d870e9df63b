/**
 * The background traders of one market: uninformed takers, informed takers who know the hidden path, and other makers. Plain data
 * from one seed; a driver calls `nextActions` at `nextAtMs` with what the book looks like and carries the actions out.
 */
import { nextExponential, type RandomStream, streamOf } from '../../domain/random.ts';
import type { BookView, TraderAction } from './actions.ts';
import { advancePath, createPath, endMs, type HiddenPath, type PathTerms } from './hidden-path.ts';
import { createMaker, type MakerState, type MakerTerms, refreshMaker } from './makers.ts';
import { informedTake, type TakerTerms, uninformedTake } from './takers.ts';

export interface PopulationTerms {
  readonly path: PathTerms;
  readonly takers: TakerTerms;
  /** Number of maker accounts; each has its own width, noise and clock. */
  readonly makerCount: number;
  readonly makers: MakerTerms;
  /** Time constant of what the public knows: an average of the hidden probability over about this long. */
  readonly publicLagMs: number;
}

export interface Population {
  readonly name: string;
  readonly terms: PopulationTerms;
  readonly path: HiddenPath;
  /** What outsiders believe the YES probability is. */
  publicEstimate: number;
  readonly uninformed: RandomStream;
  readonly informed: RandomStream;
  nextUninformedMs: number;
  nextInformedMs: number;
  readonly makers: MakerState[];
  nextRef: number;
}

export interface NextActions {
  readonly actions: readonly TraderAction[];
  /** When to call again; null once the path has ended and everything is cancelled. */
  readonly nextAtMs: number | null;
}

/** A market with three other makers, six taker arrivals a minute, one in four informed, and an hour to live unless told otherwise. */
export function defaultTerms(
  startMs: number,
  startProbability: number,
  horizonMs = 3_600_000,
): PopulationTerms {
  return {
    path: { startMs, horizonMs, startProbability, stepMs: 1_000, jumps: 3, jumpShare: 0.15 },
    takers: {
      arrivalsPerMinute: 6,
      informed: 0.25,
      informedLooks: 8,
      informedMeanShares: 60,
      decayPerPt: 0.35,
      meanShares: 20,
      informedEdgePts: 0.5,
      slippageTicks: 2,
      feeRatePpm: 0,
    },
    makerCount: 3,
    makers: {
      levels: 3,
      halfSpreadPts: 1.5,
      levelGapPts: 1,
      levelShares: 40,
      noisePts: 0.4,
      refreshMs: 4_000,
    },
    publicLagMs: 8_000,
  };
}

/** The population of the market `name` under `seed`. Streams are separate: changing the takers leaves the path as it was. */
export function createPopulation(seed: number | string, name: string, terms: PopulationTerms): Population {
  const uninformed = streamOf(seed, `${name}/uninformed`);
  const informed = streamOf(seed, `${name}/informed`);
  const { startMs } = terms.path;
  const makers: MakerState[] = [];
  for (let index = 0; index < terms.makerCount; index += 1) {
    makers.push(
      createMaker(`maker-${index}`, streamOf(seed, `${name}/maker-${index}`), terms.makers, startMs),
    );
  }
  return {
    name,
    terms,
    path: createPath(seed, name, terms.path),
    publicEstimate: terms.path.startProbability,
    uninformed,
    informed,
    nextUninformedMs: startMs + waitMs(uninformed, terms.takers, 1 - terms.takers.informed),
    nextInformedMs:
      startMs + waitMs(informed, terms.takers, terms.takers.informed * terms.takers.informedLooks),
    makers,
    nextRef: 1,
  };
}

/** The accounts that the actions of a population with these terms name. */
export const traderNames = (terms: PopulationTerms): string[] => [
  ...Array.from({ length: terms.makerCount }, (_, index) => `maker-${index}`),
  'uninformed-0',
  'informed-0',
];

/**
 * What the traders do at `nowMs`. Cancels stand before the quotes that replace them. Call it no later than `nextAtMs`: what fell due
 * between two calls is done once, with the view of now. After the end everything is cancelled.
 */
export function nextActions(population: Population, nowMs: number, view: BookView): NextActions {
  const { path, terms } = population;
  const keep = Math.exp(-terms.path.stepMs / terms.publicLagMs);
  advancePath(path, nowMs, (probability) => {
    population.publicEstimate = keep * population.publicEstimate + (1 - keep) * probability;
  });
  const actions: TraderAction[] = [];
  if (nowMs >= endMs(terms.path)) {
    cancelEverything(population, actions);
    return { actions, nextAtMs: null };
  }
  for (const maker of population.makers) {
    if (maker.nextRefreshMs > nowMs) continue;
    population.nextRef = refreshMaker(
      maker,
      terms.makers,
      population.publicEstimate,
      view,
      nowMs,
      population.nextRef,
      actions,
    );
  }
  takeTurns(population, nowMs, view, actions);
  return { actions, nextAtMs: nextAtMs(population) };
}

/** Tells a maker that its order `ref` is no longer in the book (filled, cancelled or refused), so that it quotes there again. */
export function orderDone(population: Population, trader: string, ref: number): void {
  const maker = population.makers.find((candidate) => candidate.name === trader);
  if (maker === undefined) return;
  const index = maker.working.findIndex((order) => order.ref === ref);
  if (index >= 0) maker.working.splice(index, 1);
}

function takeTurns(population: Population, nowMs: number, view: BookView, actions: TraderAction[]): void {
  const { takers } = population.terms;
  if (population.nextUninformedMs <= nowMs) {
    population.nextUninformedMs = nowMs + waitMs(population.uninformed, takers, 1 - takers.informed);
    const take = uninformedTake(
      population.uninformed,
      takers,
      population.publicEstimate,
      view,
      population.nextRef,
    );
    if (take !== null) pushTake(population, actions, take);
  }
  if (population.nextInformedMs <= nowMs) {
    population.nextInformedMs =
      nowMs + waitMs(population.informed, takers, takers.informed * takers.informedLooks);
    const take = informedTake(
      population.informed,
      takers,
      population.path.probability,
      view,
      population.nextRef,
    );
    if (take !== null) pushTake(population, actions, take);
  }
}

function pushTake(population: Population, actions: TraderAction[], take: TraderAction): void {
  actions.push(take);
  population.nextRef += 1;
}

function nextAtMs(population: Population): number {
  let next = Math.min(population.nextUninformedMs, population.nextInformedMs, endMs(population.terms.path));
  for (const maker of population.makers) next = Math.min(next, maker.nextRefreshMs);
  return next;
}

function cancelEverything(population: Population, actions: TraderAction[]): void {
  for (const maker of population.makers) {
    for (const order of maker.working) actions.push({ kind: 'cancel', trader: maker.name, ref: order.ref });
    maker.working.length = 0;
  }
}

/** Whole milliseconds, at least one, until the next arrival of a share of all takers; never when the share is nothing. */
function waitMs(stream: RandomStream, takers: TakerTerms, share: number): number {
  const perMinute = takers.arrivalsPerMinute * share;
  if (perMinute <= 0) return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.ceil(nextExponential(stream, 60_000 / perMinute)));
}

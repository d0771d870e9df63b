import type { PlannedChange } from '../orders/planner.ts';
import { spendTokens } from '../orders/spend-tokens.ts';
import { createOrderBudget, type OrderBudget, type RiskLimits, refill } from '../risk/limits.ts';
import type { Bar, BarResult } from './bar.ts';
import { seededRandom } from './rounds.ts';
import {
  createDesk,
  type Desk,
  distanceOf,
  HALF_SPREAD,
  moveTarget,
  planDesk,
  send,
  targetOf,
} from './tokens-desk.ts';

/**
 * Whether scarce order tokens go where they help most. 400 quotes in 200 markets follow prices that move more often than the venue's
 * Standard rate (40 orders a second, 60 at once) lets anybody follow. Virtual time, the planner's own changes and choice; counted is
 * how far each quote rests from where it should, times how long, over all quotes.
 */
const MARKETS = 200;
const QUOTES = 2 * MARKETS;
const RATE_PER_S = 40;
const BURST = 60;
const BATCH = 15;
/** The loop's own gap between two looks. */
const STEP_MS = 250;
const WARM_MS = 30_000;
const TRIAL_MS = 330_000;
const SEEDS = [1, 2, 3, 4, 5];
const AT_LEAST = 3;
/** A point in 1/10,000 USD. */
const POINT = 100;

const LIMITS = { ordersPerSecond: RATE_PER_S } as RiskLimits;

export const tokensBar: Bar = {
  name: 'tokens',
  what: 'distance from target times time when order tokens are scarce',
  run: () => Promise.resolve(measure()),
};

/** Chooses what is sent now, with at most so many tokens. */
type Choose = (changes: readonly DeskChange[], tokens: number) => readonly DeskChange[];
interface DeskChange extends PlannedChange {
  readonly desk: Desk;
}

function measure(): BarResult {
  const sums = { ours: 0, fifo: 0, backlog: 0, refused: 0, sent: 0 };
  for (const seed of SEEDS) {
    const ours = trial(seed, (changes, tokens) => spendTokens(changes, tokens).go);
    const fifo = trial(seed, firstWantedFirst());
    sums.ours += ours.meanPts / SEEDS.length;
    sums.fifo += fifo.meanPts / SEEDS.length;
    sums.backlog += everyWishInTurn(seed) / SEEDS.length;
    sums.refused += ours.refused;
    sums.sent += ours.sent;
  }
  return {
    name: 'tokens',
    bar: `at least ${AT_LEAST}x nearer than first in, first out; no refusal`,
    value: sums.backlog / sums.ours,
    unit: 'x',
    isMet: sums.backlog / sums.ours >= AT_LEAST && sums.refused === 0,
    figures: [
      { name: 'ours', value: sums.ours, unit: 'pts' },
      { name: 'first in, first out', value: sums.backlog, unit: 'pts' },
      { name: 'the same, one place a quote, price of its turn', value: sums.fifo, unit: 'pts' },
      { name: 'orders', value: sums.sent, unit: 'sent' },
      { name: 'refused', value: sums.refused, unit: 'orders' },
    ],
  };
}

/** The bucket as the venue keeps it, written apart from ours: a batch that does not fit is refused as a whole. */
function venueBucket(): (orders: number, atMs: number) => boolean {
  let level = BURST;
  let seenMs = 0;
  return (orders, atMs) => {
    level = Math.min(BURST, level + ((atMs - seenMs) * RATE_PER_S) / 1_000);
    seenMs = atMs;
    if (orders > level + 1e-9) return false;
    level -= orders;
    return true;
  };
}

interface Outcome {
  readonly meanPts: number;
  readonly sent: number;
  readonly refused: number;
}

function trial(seed: number, choose: Choose): Outcome {
  const desks = createDesks(seed);
  const budget: OrderBudget = createOrderBudget(LIMITS, 0);
  const takes = venueBucket();
  let [error, sent, refused] = [0, 0, 0];
  for (let atMs = STEP_MS; atMs <= TRIAL_MS; atMs += STEP_MS) {
    for (const desk of desks) moveTarget(desk, STEP_MS);
    refill(budget, LIMITS, atMs);
    const changes = desks.flatMap((desk) => planDesk(desk, atMs).map((change) => ({ ...change, desk })));
    const chosen = choose(changes, budget.tokens);
    for (let from = 0; from < chosen.length; from += BATCH) {
      const batch = chosen.slice(from, from + BATCH);
      const orders = batch.reduce((sum, { tokens }) => sum + tokens, 0);
      budget.tokens -= orders;
      if (takes(orders, atMs)) for (const { desk, ...change } of batch) send(desk, change, atMs);
      else refused += orders;
      sent += orders;
    }
    if (atMs > WARM_MS) error += desks.reduce((sum, desk) => sum + distanceOf(desk), 0);
  }
  return { meanPts: error / ((TRIAL_MS - WARM_MS) / STEP_MS) / QUOTES / POINT, sent, refused };
}

/** Each quote has one place in the queue from when it first wants to move, and its turn sends the price of that moment. */
function firstWantedFirst(): Choose {
  const since = new Map<string, number>();
  let turn = 0;
  return (changes, tokens) => {
    const wanted = new Set(changes.map(keyOf));
    for (const key of since.keys()) if (!wanted.has(key)) since.delete(key);
    for (const key of wanted) {
      turn += 1;
      if (!since.has(key)) since.set(key, turn);
    }
    const queue = [...changes].sort((a, b) => (since.get(keyOf(a)) ?? 0) - (since.get(keyOf(b)) ?? 0));
    let left = tokens;
    const chosen = queue.filter((change) => {
      left -= change.tokens;
      return left >= 0;
    });
    for (const change of chosen) since.delete(keyOf(change));
    return chosen;
  };
}

const keyOf = ({ desk, quote }: DeskChange): string => `${desk.n} ${quote.side}`;

/** What a rate limiter before the client does: every wish is a request, and requests leave in the order in which they were made. */
function everyWishInTurn(seed: number): number {
  const desks = createDesks(seed);
  const resting = new Map<string, number>();
  const wished = new Map<string, number>();
  const queue: [key: string, price: number][] = [];
  let [tokens, error, head] = [BURST, 0, 0];
  for (let atMs = STEP_MS; atMs <= TRIAL_MS; atMs += STEP_MS) {
    tokens = Math.min(BURST, tokens + (STEP_MS * RATE_PER_S) / 1_000);
    let distance = 0;
    for (const desk of desks) {
      moveTarget(desk, STEP_MS);
      for (const side of ['BUY', 'SELL'] as const) {
        const price = targetOf(desk, side);
        const key = `${desk.n} ${side}`;
        if (wished.get(key) !== price) queue.push([key, price]);
        wished.set(key, price);
        const at = resting.get(key);
        distance += at === undefined ? HALF_SPREAD : Math.abs(at - price);
      }
    }
    for (; tokens >= 1 && head < queue.length; head += 1, tokens -= 1) {
      const next = queue[head];
      if (next !== undefined) resting.set(next[0], next[1]);
    }
    if (atMs > WARM_MS) error += distance;
  }
  return error / ((TRIAL_MS - WARM_MS) / STEP_MS) / QUOTES / POINT;
}

/** Few markets move often and most seldom, as on the venue: the n-th busiest has a n-th of the moves of the busiest. */
const BUSIEST_MOVES_PER_S = 6;

function createDesks(seed: number): Desk[] {
  return Array.from({ length: MARKETS }, (_, index) =>
    createDesk(index, BUSIEST_MOVES_PER_S / (index + 1), seededRandom(seed * 1_000 + index)),
  );
}

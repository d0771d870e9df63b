import type { Loop } from '../kernel/loop.ts';
import type { Input } from '../kernel/messages.ts';
import { loops } from '../loops/index.ts';
import type { Bar, BarResult } from './bar.ts';
import { recordRun, replayRun } from './recorded-run.ts';
import { median } from './rounds.ts';

export interface DecisionSize {
  readonly markets: number;
  readonly timedSeconds: number;
  readonly rounds: number;
}

const SIZE: DecisionSize = { markets: 500, timedSeconds: 15, rounds: 5 };
/** The start-up, in which every market is split into and quoted for the first time, is not timed. */
const START_UP_SECONDS = 30;
const MOST_P50_US = 60;
const MOST_P99_US = 250;

/** One market's full decision: a book change through fair value, pricing, all stages, plan and gate. */
export const decisionBar: Bar = {
  name: 'decision',
  what: `one market's decision, from the change of its book to the plan, with ${SIZE.markets} markets`,
  run: () => Promise.resolve(measureDecision(SIZE)),
};

/** What the market maker did in the step under way. */
interface Look {
  /** Markets that it priced and wants quotes in. */
  quoted: number;
  isOneMarket: boolean;
}

/** The market maker, with a note of what it looks at; it decides as ever. */
function noted(loop: Loop, look: Look): Loop {
  return {
    ...loop,
    *decide(view, memory) {
      look.isOneMarket = view.cause === 'woken' && view.subjects.size === 1;
      for (const intent of loop.decide(view, memory)) {
        if (intent.kind === 'quote' && intent.quotes.length > 0) look.quoted += 1;
        yield intent;
      }
    },
  };
}

const isDecisionAboutOne = ({ kind }: Input, { isOneMarket, quoted }: Look): boolean =>
  (kind === 'levels' || kind === 'book') && isOneMarket && quoted === 1;

interface Times {
  readonly allUs: readonly number[];
  /** Of those in which an order was sent. */
  readonly sendingUs: readonly number[];
}

export function measureDecision({ markets, timedSeconds, rounds }: DecisionSize): BarResult {
  // With no gap between two runs of the loop, each change of a book is one decision about one market.
  const run = recordRun({
    seed: 'decision',
    markets,
    seconds: START_UP_SECONDS + timedSeconds,
    settings: { MM_REQUOTE_MIN_GAP_MS: '0' },
  });
  const look: Look = { quoted: 0, isOneMarket: false };
  const watched = loops.map((loop) => (loop.name === 'market-making' ? noted(loop, look) : loop));
  const timed = Array.from({ length: rounds + 1 }, () => {
    const allUs: number[] = [];
    const sendingUs: number[] = [];
    replayRun(run, watched, ({ sinceStartMs, input, commands, tookMs }) => {
      if (sinceStartMs >= START_UP_SECONDS * 1_000 && isDecisionAboutOne(input, look)) {
        allUs.push(tookMs * 1_000);
        if (commands.some(({ kind }) => kind === 'place')) sendingUs.push(tookMs * 1_000);
      }
      look.isOneMarket = false;
      look.quoted = 0;
    });
    return { allUs, sendingUs };
  }).slice(1);
  return resultOf(timed);
}

/** The value below which a part of all values lies. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  if (found === undefined) throw new RangeError('not one decision was timed');
  return found;
}

function resultOf(rounds: readonly Times[]): BarResult {
  const over = (of: (times: Times) => readonly number[], part: number): number =>
    median(rounds.map((times) => quantile(of(times), part)));
  const p50 = over(({ allUs }) => allUs, 0.5);
  const p99 = over(({ allUs }) => allUs, 0.99);
  const count = (of: (times: Times) => readonly number[]): number =>
    median(rounds.map((times) => of(times).length));
  return {
    name: 'decision',
    bar: `at most ${MOST_P50_US} us at the median and ${MOST_P99_US} us at the 99th percentile`,
    value: p50,
    unit: 'us',
    isMet: p50 <= MOST_P50_US && p99 <= MOST_P99_US,
    figures: [
      { name: 'p50', value: p50, unit: 'us' },
      { name: 'p99', value: p99, unit: 'us' },
      { name: 'p50 of those that send orders', value: over(({ sendingUs }) => sendingUs, 0.5), unit: 'us' },
      { name: 'p99 of those that send orders', value: over(({ sendingUs }) => sendingUs, 0.99), unit: 'us' },
      { name: 'decisions', value: count(({ allUs }) => allUs), unit: 'a round' },
      { name: 'sending', value: count(({ sendingUs }) => sendingUs), unit: 'a round' },
    ],
  };
}

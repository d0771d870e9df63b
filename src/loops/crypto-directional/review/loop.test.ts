import { describe, expect, it } from 'vitest';
import type { DirectionalReview } from '../../../domain/directional.ts';
import type { Intent, LoopView } from '../../../kernel/loop.ts';
import type { AnalystInput } from '../../../kernel/messages.ts';
import type { KernelState } from '../../../kernel/state.ts';
import {
  conditionId,
  dollars,
  market,
  strategySettings,
  T0,
  type TestKernel,
  trading,
} from '../../../kernel/test-support/test-kernel.ts';
import { defaultSettings } from '../../../settings/index.ts';
import { closedPosition, heldPosition, signalAt } from '../test-support/positions.ts';
import { directionalReview } from './loop.ts';
import { createReviewMemory, type ReviewMemory } from './review-memory.ts';

const HOUR_MS = 3_600_000;

type DirectionalSettings = ReturnType<typeof defaultSettings>['cd'];
const cdSettings = (change: Partial<DirectionalSettings> = {}) => ({
  ...defaultSettings().cd,
  ...change,
});

/** The loop alone, on the state of a kernel that a test may fill. */
function review(cd: Partial<DirectionalSettings> = {}) {
  const test: TestKernel = trading([], strategySettings({}, { cd: cdSettings(cd) }), [market(1), market(2)]);
  const { state } = test;
  const memory = directionalReview.createMemory() as ReviewMemory;
  let nowMs = test.nowMs;
  const look = (cause: LoopView['cause'], afterMs: number): Intent[] => {
    nowMs += afterMs;
    state.nowMs = nowMs;
    return [...directionalReview.decide({ nowMs, state, cause, subjects: new Set() }, memory)];
  };
  return {
    state,
    memory,
    nowMs: () => nowMs,
    beat: (afterMs = 6 * HOUR_MS) => look('beat', afterMs),
    /** The model answers the question under way. */
    answer: (
      text: string | Omit<Extract<AnalystInput, { kind: 'askFailed' }>, 'kind' | 'key'>,
      afterMs = 9_000,
    ) => {
      const key = memory.pending?.key ?? 'none';
      const input: AnalystInput =
        typeof text === 'string'
          ? { kind: 'answered', key, text, answeredBy: 'a model', inputTokens: 1, outputTokens: 1 }
          : { kind: 'askFailed', key, ...text };
      state.answers.set(key, input);
      return look('woken', afterMs);
    },
  };
}

const closed = (state: KernelState, ...usd: number[]): void => {
  state.directional.closed = usd.map((got, index) => closedPosition(index + 1, got, state.nowMs));
};

const SCORES = { accuracy: 6, entry: 5, exit: 7, modelFitness: 4, overall: 6 };
const answerOf = (suggestions: readonly object[] = [], more: object = {}): string =>
  JSON.stringify({
    scores: SCORES,
    suggestions,
    insights: ['few trades'],
    patterns: [],
    summary: 'fine',
    ...more,
  });
const suggest = (name: string, value: unknown) => ({ name, value, reason: 'few trades win' });

const asked = (intents: readonly Intent[]) => intents.filter((intent) => intent.kind === 'ask');
const changes = (intents: readonly Intent[]) =>
  intents.flatMap((intent) => (intent.kind === 'changeSetting' ? [`${intent.name} ${intent.to}`] : []));
const reviewIn = (intents: readonly Intent[]): DirectionalReview => {
  const found = intents.find((intent) => intent.kind === 'review');
  if (found?.kind !== 'review') throw new Error('expected a review');
  return found.review;
};

describe('a review of directional trades', () => {
  it('is asked for once in an interval, of the best model, and only where a position was closed or twenty signals came', () => {
    const { state, beat, memory } = review();
    expect(beat()).toEqual([]);
    for (let n = 1; n <= 19; n += 1) state.directional.signals.set(conditionId(n), signalAt(n, state.nowMs));
    expect(beat()).toEqual([]);
    state.directional.signals.set(conditionId(20), signalAt(20, state.nowMs));
    expect(asked(beat())).toMatchObject([{ tier: 'opus', key: 'review-1' }]);
    expect(memory.pending).toMatchObject({ signals: 20, positions: 0 });
    const other = review();
    closed(other.state, 5);
    expect(asked(other.beat())).toHaveLength(1);
  });

  it('shows what was closed, what is held, the signals and the settings, by our own figures', () => {
    const { state, beat } = review({ minEdgePts: 7 });
    closed(state, 6, 1, 3);
    state.directional.positions.set(conditionId(2), heldPosition(2, { outcome: 'NO', paid: dollars(3) }));
    // Its entry is on the way, and nothing is held of it.
    state.directional.positions.set(conditionId(1), heldPosition(1, { bought: 0 as never }));
    state.directional.signals.set(conditionId(1), signalAt(1, state.nowMs));
    const [question] = asked(beat());
    const shown = JSON.parse(
      (question?.kind === 'ask' ? question.prompt : '').split(/<\/?trades>/)[1] ?? '',
    ) as {
      wins: number;
      losses: number;
      settings: object;
      closedPositions: object[];
      openPositions: object[];
      signals: object[];
    };
    expect(shown).toMatchObject({ wins: 1, losses: 2, settings: { CD_MIN_EDGE_PTS: 7 } });
    expect(shown.closedPositions[0]).toMatchObject({
      question: 'Question 1?',
      entryCents: 40,
      exitCents: 60,
      profitUsd: 2,
      closedBecause: 'tookProfit',
    });
    expect(shown.openPositions).toMatchObject([{ outcome: 'NO', entryCents: 30, midCents: 50 }]);
    expect(shown.signals).toMatchObject([{ coin: 'BTC', probability: 0.4, priceCents: 39, yesMidCents: 40 }]);
  });

  it('is kept with its scores, suggestions and what was done about them, and changes nothing by default', () => {
    const { state, beat, answer } = review();
    closed(state, 5);
    beat();
    const intents = answer(answerOf([suggest('CD_MIN_EDGE_PTS', 9)]));
    expect(reviewIn(intents)).toMatchObject({
      id: 1,
      scores: SCORES,
      positions: 1,
      insights: ['few trades'],
      summary: 'fine',
      suggestions: [
        { name: 'CD_MIN_EDGE_PTS', value: 9, done: expect.stringMatching(/AUTO_APPLY=false.*5 to 6/) },
      ],
    });
    expect(changes(intents)).toEqual([]);
  });

  it('applies suggestions where that is switched on: within bounds, one step each, by the setting as it is by then', () => {
    const { state, beat, answer } = review({ analysisAutoApply: true });
    closed(state, 5);
    beat();
    state.settings = strategySettings({}, { cd: cdSettings({ analysisAutoApply: true, minEdgePts: 8 }) });
    const intents = answer(
      answerOf([
        suggest('CD_MIN_EDGE_PTS', 4),
        suggest('CD_KELLY_FRACTION', 0.27),
        suggest('CD_STUDENT_T_NU', 40),
        suggest('CD_EXIT_STOP_LOSS_PTS', 15),
        suggest('MAX_TOTAL_EXPOSURE_PCT', 100),
        suggest('CD_EXIT_TAKE_PROFIT_PTS', '30'),
      ]),
    );
    expect(changes(intents)).toEqual(['CD_MIN_EDGE_PTS 7', 'CD_KELLY_FRACTION 0.27']);
    expect(reviewIn(intents).suggestions.map(({ name, done }) => `${name}: ${done}`)).toEqual([
      'CD_MIN_EDGE_PTS: asked for: 8 to 7',
      'CD_KELLY_FRACTION: asked for: 0.25 to 0.27',
      'CD_STUDENT_T_NU: left alone: 40 is not within 4 and 10',
      'CD_EXIT_STOP_LOSS_PTS: left alone: it is 15 already',
    ]);
  });

  it('is applied once: the same answer is not taken again, nor asked about again at once', () => {
    const { state, beat, answer, memory } = review({ analysisAutoApply: true });
    closed(state, 5);
    beat();
    const text = answerOf([suggest('CD_MIN_EDGE_PTS', 9)]);
    expect(changes(answer(text))).toEqual(['CD_MIN_EDGE_PTS 6']);
    expect(memory.pending).toBeNull();
    expect(answer(text)).toEqual([]);
    expect(beat(HOUR_MS)).toEqual([]);
    // Nothing new was closed since, so the next interval has nothing to say either.
    expect(beat()).toEqual([]);
    state.directional.closed = [closedPosition(1, 5, state.nowMs + 1)];
    expect(asked(beat())).toMatchObject([{ key: 'review-2' }]);
  });

  it.each([
    ['failed', { code: 'timeout', text: 'no answer', mayRetry: true, retryAfterMs: null }],
    ['is no review', 'Approve everything and raise CD_KELLY_FRACTION to 1.'],
    ['is of another shape', '{"suggestions":[{"name":"CD_MIN_EDGE_PTS","value":6}]}'],
  ])(
    'whose answer %s changes nothing, is told once, and is asked for again when its time comes',
    (_, text) => {
      const { state, beat, answer } = review({ analysisAutoApply: true });
      closed(state, 5);
      beat();
      expect(answer(text)).toMatchObject([{ kind: 'notify', level: 'warning' }]);
      expect(beat(HOUR_MS)).toEqual([]);
      expect(asked(beat())).toHaveLength(1);
      expect(answer(text)).toEqual([]);
    },
  );

  it('that a restart has lost is given up, and asked for when its time comes', () => {
    const { state, beat, memory, nowMs } = review();
    closed(state, 5);
    beat();
    state.run = { ...state.run, startedAtMs: nowMs() + 1 };
    expect(beat(HOUR_MS)).toMatchObject([{ kind: 'notify' }]);
    expect(memory.pending).toBeNull();
    expect(asked(beat())).toMatchObject([{ key: 'review-2' }]);
  });

  it('whose answer never comes is given up by the next beat', () => {
    const { state, beat } = review();
    closed(state, 5);
    beat();
    expect(beat()).toMatchObject([{ kind: 'notify' }, { kind: 'ask', key: 'review-2' }]);
  });

  it('is not asked for where it is switched off, nor before there were such settings', () => {
    const off = review({ analysisEnabled: false });
    closed(off.state, 5);
    expect(off.beat()).toEqual([]);
    const { cd: _, ...before } = strategySettings();
    off.state.settings = before;
    expect(off.beat()).toEqual([]);
    expect(directionalReview.everyMs(off.state)).toBeGreaterThan(0);
  });

  it('keeps an answer cut to a bounded length', () => {
    const { state, beat, answer } = review();
    closed(state, 5);
    beat();
    expect(reviewIn(answer(answerOf([], { more: 'x'.repeat(9_000) }))).raw).toHaveLength(4_000);
  });

  it('beats at CD_ANALYSIS_INTERVAL_HOURS and starts with plain memory', () => {
    const { state } = review({ analysisIntervalHours: 12 });
    expect(directionalReview.everyMs(state)).toBe(12 * HOUR_MS);
    expect(structuredClone(createReviewMemory())).toEqual(createReviewMemory());
    expect(state.nowMs).toBeGreaterThan(T0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { twapDigitalProbability } from '../../pricing/twap-digital.ts';
import type { ClassifiedPayoff } from '../questions/payoff.ts';
import { closeAbove, closeInside } from './close.ts';
import { firstHit } from './first-to-hit.ts';
import { plainShape, returnLaw } from './horizon-shape.ts';
import { type PayoffProbability, type PriceView, payoffProbability } from './payoff-probability.ts';
import { laterTouchProbability, touchProbability } from './touch.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const lawOver = (days: number) => returnLaw([plainShape(6)], 0.03, days);
const view = (facts: Partial<PriceView> = {}): PriceView => ({
  atMs: NOW,
  spotUsd: 100_000,
  lawOver,
  referenceUsd: null,
  sinceStart: null,
  averageSoFarUsd: null,
  ...facts,
});

type Facts = Parameters<typeof payoffProbability>[0];
const payoff = (kind: ClassifiedPayoff['kind'], facts: Partial<Omit<Facts, 'kind'>> = {}): Facts => ({
  kind,
  direction: 'above',
  strikesUsd: [105_000],
  window: { startAtMs: null, endAtMs: NOW + 4 * DAY, zone: 'ET' },
  settlement: 'one-minute-close',
  twapLookbackSeconds: null,
  ...facts,
});
const window = (startDays: number | null, endDays: number | null): ClassifiedPayoff['window'] => ({
  startAtMs: startDays === null ? null : NOW + startDays * DAY,
  endAtMs: endDays === null ? null : NOW + endDays * DAY,
  zone: 'ET',
});
const said = (answer: PayoffProbability): number => {
  if ('refused' in answer) throw new Error(answer.message);
  return answer.probability;
};
const calm = { highUsd: 101_000, lowUsd: 99_000 };

describe('the probability of a payoff', () => {
  it('W23: every kind of payoff has its own formula', () => {
    const law = lawOver(4);
    expect(said(payoffProbability(payoff('close'), view()))).toBe(closeAbove(law, 100_000, 105_000));
    expect(
      said(payoffProbability(payoff('range', { strikesUsd: [99_000, 105_000], direction: null }), view())),
    ).toBe(closeInside(law, 100_000, 99_000, 105_000));
    expect(said(payoffProbability(payoff('one-touch'), view({ sinceStart: calm })))).toBe(
      touchProbability(law, 100_000, 105_000, 'above'),
    );
    const race = payoff('first-to-hit', { strikesUsd: [110_000, 95_000], direction: null });
    expect(said(payoffProbability(race, view({ sinceStart: calm })))).toBe(
      firstHit(law, 100_000, 95_000, 110_000).upper,
    );
  });

  it('below is one less above, and a ladder of ranges between the two fills the rest', () => {
    fc.assert(
      fc.property(fc.double({ min: 60_000, max: 150_000, noNaN: true }), (strike) => {
        const of = (direction: 'above' | 'below') =>
          said(payoffProbability(payoff('close', { strikesUsd: [strike], direction }), view()));
        expect(of('above') + of('below')).toBeCloseTo(1, 12);
      }),
    );
  });

  it('a touch that has happened is certain, whichever side it came from', () => {
    const high = { highUsd: 105_000, lowUsd: 99_000 };
    expect(said(payoffProbability(payoff('one-touch'), view({ sinceStart: high })))).toBe(1);
    const dip = payoff('one-touch', { direction: 'below', strikesUsd: [95_000] });
    expect(said(payoffProbability(dip, view({ sinceStart: { highUsd: 101_000, lowUsd: 94_999 } })))).toBe(1);
    const either = payoff('one-touch', { direction: null, strikesUsd: [100_500] });
    expect(said(payoffProbability(either, view({ sinceStart: calm })))).toBe(1);
    const far = payoff('one-touch', { direction: null, strikesUsd: [90_000] });
    expect(said(payoffProbability(far, view({ sinceStart: calm })))).toBe(
      touchProbability(lawOver(4), 100_000, 90_000, 'below'),
    );
  });

  it('a touch in a window ahead waits for the window', () => {
    const later = payoff('one-touch', { window: window(1, 4) });
    expect(said(payoffProbability(later, view()))).toBe(
      laterTouchProbability(lawOver(4), 100_000, 105_000, 'above', 0.25),
    );
    // Standing beyond the barrier now decides nothing.
    expect(said(payoffProbability(later, view({ spotUsd: 106_000 })))).toBeLessThan(1);
  });

  it('W23: a touch whose past is unknown is not priced', () => {
    expect(payoffProbability(payoff('one-touch', { window: window(-2, 4) }), view())).toMatchObject({
      refused: 'no-extremes',
    });
    expect(payoffProbability(payoff('one-touch'), view())).toMatchObject({ refused: 'no-extremes' });
  });

  it('up or down compares with the window it names: ahead it is even, within it is a close above its start', () => {
    const ahead = payoff('up-or-down', { direction: 'up', strikesUsd: [], window: window(1, 1.01) });
    expect(said(payoffProbability(ahead, view()))).toBe(0.5);
    const within = payoff('up-or-down', { direction: 'up', strikesUsd: [], window: window(-0.01, 0.01) });
    expect(said(payoffProbability(within, view({ referenceUsd: 99_900 })))).toBe(
      closeAbove(lawOver(0.01), 100_000, 99_900),
    );
    expect(payoffProbability(within, view())).toMatchObject({ refused: 'no-reference' });
  });

  it('settled on an average, the last minute belongs to what has been averaged', () => {
    const facts = { direction: 'up', strikesUsd: [], settlement: 'twap', twapLookbackSeconds: 60 } as const;
    const seconds = (left: number) =>
      payoff('up-or-down', { ...facts, window: window(-0.003, left / 86_400) });
    const inside = view({ referenceUsd: 99_990, averageSoFarUsd: 99_980 });
    const law = lawOver(10 / 86_400);
    const expected = twapDigitalProbability(
      {
        strike: 99_990,
        windowS: 60,
        spot: 100_000,
        averageSoFar: 99_980,
        secondsLeft: 10,
        volatilityPerSqrtS: (100_000 * law.sd) / Math.sqrt(10),
      },
      6,
    );
    expect(said(payoffProbability(seconds(10), inside))).toBeCloseTo(expected, 6);
    // The spot is above the reference, and yet it is nearly lost.
    expect(expected).toBeLessThan(0.1);
    expect(closeAbove(law, 100_000, 99_990)).toBeGreaterThan(0.5);
    expect(payoffProbability(seconds(10), { ...inside, averageSoFarUsd: null })).toMatchObject({
      refused: 'no-average',
    });
    expect(said(payoffProbability(seconds(61), { ...inside, averageSoFarUsd: null }))).toBeGreaterThan(0.5);
    const unknown = { ...seconds(10), twapLookbackSeconds: null };
    expect(payoffProbability(unknown, inside)).toMatchObject({ refused: 'unclassified' });
    const twapClose = { ...seconds(10), kind: 'close', strikesUsd: [99_990] } as const;
    const [above, below] = (['above', 'below'] as const).map((direction) =>
      said(payoffProbability({ ...twapClose, direction }, inside)),
    );
    expect(above! + below!).toBeCloseTo(1, 12);
  });

  it('a race is over with the first level reached, and open without a deadline', () => {
    const race = payoff('first-to-hit', { strikesUsd: [95_000, 110_000], window: window(null, null) });
    const past = (highUsd: number, lowUsd: number) =>
      payoffProbability(race, view({ sinceStart: { highUsd, lowUsd } }));
    expect(said(past(101_000, 94_000))).toBe(1);
    expect(said(past(110_000, 99_000))).toBe(0);
    expect(past(110_000, 94_000)).toMatchObject({ refused: 'order-unknown' });
    const ratio = Math.log(110 / 100) / Math.log(110 / 95);
    expect(said(past(101_000, 99_000))).toBeCloseTo(ratio, 12);
    expect(payoffProbability(race, view())).toMatchObject({ refused: 'no-extremes' });
    expect(payoffProbability({ ...race, window: window(1, 4) }, view())).toMatchObject({
      refused: 'window-not-open',
    });
  });

  it('W25: says that a window is over or what is missing, where the predecessor said a half', () => {
    expect(payoffProbability(payoff('close', { window: window(null, null) }), view())).toMatchObject({
      refused: 'no-end',
    });
    for (const kind of ['close', 'one-touch', 'up-or-down', 'range', 'first-to-hit'] as const)
      expect(
        payoffProbability(payoff(kind, { window: window(-1, 0) }), view({ sinceStart: calm })),
      ).toMatchObject({
        refused: 'window-over',
      });
    for (const kind of ['close', 'range', 'one-touch', 'first-to-hit'] as const)
      expect(payoffProbability(payoff(kind, { strikesUsd: [] }), view({ sinceStart: calm }))).toMatchObject({
        refused: 'unclassified',
      });
    expect(payoffProbability(payoff('close', { direction: null }), view())).toMatchObject({
      refused: 'unclassified',
    });
    expect(
      payoffProbability(payoff('one-touch', { direction: null, window: window(1, 4) }), view()),
    ).toMatchObject({ refused: 'window-not-open' });
    expect(payoffProbability(payoff('up-or-down'), view())).toMatchObject({ refused: 'unclassified' });
  });
});

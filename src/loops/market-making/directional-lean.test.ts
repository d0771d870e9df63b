import { describe, expect, it } from 'vitest';
import type { DirectionalSignal } from '../../domain/directional.ts';
import { noteDirectional } from '../../kernel/directional.ts';
import { signalOn } from '../../kernel/test-support/directional-cases.ts';
import {
  accept,
  book,
  cents,
  inYes,
  ofKind,
  placed,
  strategySettings,
  type TestKernel,
  trading,
  wakes,
} from '../../kernel/test-support/test-kernel.ts';
import { defaultSettings } from '../../settings/index.ts';
import { maintenance } from '../maintenance/loop.ts';
import { directionalLean } from './directional-lean.ts';
import { marketMaking } from './loop.ts';

const MINUTE_MS = 60_000;

function settings(mm: Parameters<typeof strategySettings>[0] = {}) {
  const base = { useSplitMerge: false, requoteMinGapMs: 0, minQuoteLifetimeSeconds: 1 };
  const cd = { ...defaultSettings().cd, cycleMinutes: 15 };
  return strategySettings({ ...base, cdSynergyEnabled: true, ...mm }, { cd });
}

function signalled(change: Partial<DirectionalSignal>, mm: Parameters<typeof strategySettings>[0] = {}) {
  const test = trading([], settings(mm));
  const signal = signalOn(1, { atMs: test.nowMs, yesMid: cents(50), ...change });
  noteDirectional(test.state, { of: 'signal', signal });
  return { test, signal, lean: () => directionalLean(test.state, signal.conditionId)?.signalPts ?? null };
}

describe('what quotes lean on', () => {
  it('is the middle of the model’s probabilities above the mid that it saw, in points', () => {
    expect(signalled({ yesProbability: { low: 0.54, high: 0.56 } }).lean()).toBeCloseTo(5, 9);
    expect(signalled({ yesProbability: { low: 0.44, high: 0.48 } }).lean()).toBeCloseTo(-4, 9);
  });

  it.each([
    ['the model with drift and without disagree', { yesProbability: { low: 0.49, high: 0.56 } }],
    ['one of them says what the market says', { yesProbability: { low: 0.5, high: 0.56 } }],
    ['it is not priced', { yesProbability: null }],
    ['the market had no mid', { yesMid: null }],
  ] as const)('is nothing where %s', (_name, change) => {
    expect(signalled(change).lean()).toBeNull();
  });

  it('is nothing while that is off, or where nobody has looked', () => {
    const { test, lean } = signalled({}, { cdSynergyEnabled: false });
    expect(lean()).toBeNull();
    test.step({ kind: 'settingsChanged', settings: settings(), by: 'test' });
    expect(lean()).not.toBeNull();
    expect(directionalLean(test.state, signalOn(2).conditionId)).toBeNull();
  });

  it('is nothing once two cycles have passed', () => {
    const { test, lean, signal } = signalled({});
    test.step({ kind: 'wake' }, signal.atMs + 30 * MINUTE_MS - test.nowMs);
    expect(lean()).not.toBeNull();
    test.step({ kind: 'wake' }, 1);
    expect(lean()).toBeNull();
  });
});

describe('quotes of a market with a signal', () => {
  /** Quotes of market 1, after the model has said so much of YES. */
  function quotes(probability: number | null, weight = 0.3) {
    const test = trading([maintenance, marketMaking], settings({ enabled: false, cdSynergyWeight: weight }));
    if (probability !== null) {
      const yesProbability = { low: probability, high: probability };
      const signal = signalOn(1, { atMs: test.nowMs, yesProbability, yesMid: cents(50) });
      noteDirectional(test.state, { of: 'signal', signal });
    }
    const commands = test.step({
      kind: 'settingsChanged',
      settings: settings({ cdSynergyWeight: weight }),
      by: 'test',
    });
    commands.push(...wakes(test, 1, 1_000), ...test.step(book(1, 40, 60)), ...wakes(test, 2, 10_000));
    accept(test, commands);
    const prices = inYes(placed(commands)).map((text) => text.split(' '));
    const at = (side: string) => Number(prices.find(([word]) => word === side)?.[1]);
    return { test, bid: at('BUY'), ask: at('SELL'), commands };
  }
  const explained = ({ commands }: { readonly commands: TestKernel['commands'] }) =>
    ofKind(commands, 'decision')
      .map(({ why }) => ('inputs' in why ? (why.inputs as { directional?: unknown } | null) : null))
      .find((inputs) => inputs?.directional !== undefined)?.directional;

  it('lean towards what the model says, either way, and say so', () => {
    const plain = quotes(null);
    const up = quotes(0.6);
    const down = quotes(0.4);
    expect([up.bid > plain.bid, up.ask > plain.ask]).toEqual([true, true]);
    expect([down.bid < plain.bid, down.ask < plain.ask]).toEqual([true, true]);
    expect(explained(up)).toMatchObject({ signalId: 1, signalPts: 10 });
    expect(explained(plain)).toBeNull();
  });

  it.each([0.99, 0.01])('lean at most by the smallest half-spread, and never across the book: %s', (said) => {
    const plain = quotes(null);
    const least = defaultSettings().mm.deltaMinPts;
    const strong = quotes(said, 1);
    expect(Math.abs(strong.bid - plain.bid)).toBeLessThanOrEqual(least + 1);
    expect(Math.abs(strong.ask - plain.ask)).toBeLessThanOrEqual(least + 1);
    expect([strong.bid < 60, strong.ask > 40, strong.bid < strong.ask]).toEqual([true, true, true]);
    expect(strong.test.state.counts.refused).toEqual({});
  });
});

import { describe, expect, it } from 'vitest';
import { cents } from '../../../kernel/test-support/test-kernel.ts';
import { defaultSettings } from '../../../settings/index.ts';
import { directionalExit } from '../exit/loop.ts';
import { stoppedAtOnce } from './stop-at-entry.ts';
import {
  type CdTerms,
  canceled,
  closeAbove,
  type EntryTerms,
  entries,
  entryRun,
  ONE,
  signals,
} from './test-support/entry-run.ts';

const taking = (touch: readonly [number, number], cd: CdTerms = {}, change: EntryTerms = {}) =>
  entryRun({
    others: [directionalExit],
    markets: [closeAbove(1, 97_000)],
    touch,
    cd: { exitAiConfirmEnabled: false, postOnly: false, exitStopLossPts: 8, ...cd },
    ...change,
  });

describe('an entry that its own stop would sell at once', () => {
  it('is not made, cycle after cycle, and its signal says why', () => {
    // YES is worth 83 cents: much edge at 64, and a middle of 54.
    const run = taking([44, 64]);
    const commands = [...run.pass(5), ...run.cycle(), ...run.cycle()];
    expect(entries(commands)).toEqual([]);
    const told = signals(commands);
    expect(told.map(({ action }) => action)).toEqual(['noEdge', 'noEdge', 'noEdge']);
    expect(told[0]?.why).toContain(
      'but the middle of the market is 10.0 points below its price, and its stop is 8.0 points',
    );
  });

  it('is not made either where only its sale would lose as much as the stop', () => {
    const run = taking([52, 64]);
    const commands = run.pass(5);
    expect(entries(commands)).toEqual([]);
    expect(signals(commands)[0]?.why).toContain('a sale at the bid would lose 12.0 points at once');
    expect(entries(taking([57, 64]).pass(5))).toEqual([expect.stringMatching(/^YES 64 x/)]);
  });

  it('is made where nothing is stopped, and where it rests at the bid', () => {
    expect(entries(taking([44, 64], { exitEnabled: false }).pass(5))).toEqual([
      expect.stringMatching(/^YES 64 x/),
    ]);
    expect(entries(taking([44, 64], { postOnly: true }).pass(5))).toEqual([
      expect.stringMatching(/^YES 44 x/),
    ]);
  });

  it('is taken back where it rests and the market has fallen below it by as much', () => {
    const run = taking([62, 64], { postOnly: true });
    expect(entries(run.pass(5))).toEqual([expect.stringMatching(/^YES 62 x/)]);
    run.say(1, 54, 56);
    expect(canceled(run.pass(6))).toEqual([]);
    run.say(1, 53, 55);
    expect(canceled(run.pass(6))).toEqual([
      'the middle of the market is 8.0 points below its price, and its stop is 8.0 points',
    ]);
    expect(run.test.state.directional.positions.get(ONE)?.bought ?? 0).toBe(0);
  });
});

it('holds a cheap entry against half of its price, and one that nobody would buy back against all of it', () => {
  const cd = { ...defaultSettings().cd, postOnly: false };
  const touch = (bid: number | null, ask: number) => ({
    YES: { bid: bid === null ? null : cents(bid), ask: cents(ask) },
    NO: { bid: null, ask: null },
  });
  const at = (price: number) => ({ outcome: 'YES' as const, price: cents(price) });
  expect(stoppedAtOnce(at(10), touch(6, 10), cd)).toBeNull();
  expect(stoppedAtOnce(at(10), touch(5, 10), cd)).toContain('its stop is 5.0 points');
  expect(stoppedAtOnce(at(60), touch(null, 60), cd)).toContain('would lose 60.0 points');
});

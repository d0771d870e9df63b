import { describe, expect, it } from 'vitest';
import type { Command } from '../../../kernel/messages.ts';
import { ofKind } from '../../../kernel/test-support/test-kernel.ts';
import {
  actions,
  type CdTerms,
  canceled,
  type EntryRun,
  entryRun,
  onlyEntry,
  signals,
} from './test-support/entry-run.ts';

/** A run that is asked before it trades, and may stake much of its thousand dollars. */
const asking = (cd: CdTerms = {}): EntryRun =>
  entryRun({
    cd: { pretradeAiEnabled: true, maxPositionPct: 40, kellyFraction: 1, maxDailyPct: 100, ...cd },
    mm: { maxPerMarketUsd: 1_000 },
  });

interface ShownTrade {
  readonly id: string;
  readonly outcome: string;
  readonly priceCents: number;
  readonly stakeUsd: number;
}

/** What the last question has told, and a way to say yes to it. */
function lastQuestion(run: EntryRun): { readonly shown: ShownTrade; readonly approve: () => Command[] } {
  const question = ofKind(run.test.commands, 'ask').at(-1);
  if (question === undefined) throw new Error('expected a question');
  const shown = JSON.parse(question.prompt.split(/<\/?trade>/)[1] ?? '{}') as ShownTrade;
  const approve = (): Command[] => {
    const { id, outcome, priceCents } = shown;
    const text = JSON.stringify({ id, outcome, priceCents, approve: true, confidence: 0.9, reason: 'ok' });
    const before = run.test.commands.length;
    run.test.step({
      kind: 'answered',
      key: question.key,
      text,
      answeredBy: 'model',
      inputTokens: 1,
      outputTokens: 1,
    });
    run.pass(4);
    return run.test.commands.slice(before);
  };
  return { shown, approve };
}

type Settings = EntryRun['test']['state']['settings'];

function change(run: EntryRun, to: (settings: Settings) => Settings): void {
  run.test.step({ kind: 'settingsChanged', by: 'test', settings: to(run.test.state.settings) });
}

const changeCd = (run: EntryRun, cd: CdTerms): void =>
  change(run, (settings) => {
    if (settings.cd === undefined) throw new Error('expected settings');
    return { ...settings, cd: { ...settings.cd, ...cd } };
  });

const costUsd = (commands: readonly Command[]): number => {
  const { price, size } = onlyEntry(commands);
  return (price * size) / 1e10;
};

describe('what a model is asked about', () => {
  it('is the stake of the replacement, with the entry counted as gone that it takes the place of', () => {
    const run = asking();
    run.pass(5);
    const first = lastQuestion(run);
    expect(costUsd(first.approve())).toBeGreaterThan(0.98 * first.shown.stakeUsd);
    expect(first.shown.stakeUsd).toBeGreaterThan(100);
    run.cycle();
    const second = lastQuestion(run);
    expect(second.shown.id).not.toBe(first.shown.id);
    expect(second.shown.stakeUsd).toBeCloseTo(first.shown.stakeUsd, 0);
    const spent = costUsd(second.approve());
    expect(spent).toBeLessThanOrEqual(second.shown.stakeUsd);
    expect(spent).toBeGreaterThan(0.98 * second.shown.stakeUsd);
  });

  it.each<readonly [string, (run: EntryRun) => void]>([
    ['of the market', (run) => change(run, (all) => ({ ...all, mm: { ...all.mm, maxPerMarketUsd: 120 } }))],
    [
      'of the coin',
      (run) => change(run, (all) => ({ ...all, trading: { ...all.trading, maxPerCoinUsd: 120 } })),
    ],
    ['of its part of the cash', (run) => changeCd(run, { maxPositionPct: 12 })],
    ['of the day', (run) => changeCd(run, { maxDailyPct: 12 })],
  ])('is told within the limit %s, of which the entry that rests uses nothing', (_name, limit) => {
    const run = asking();
    limit(run);
    run.pass(5);
    const first = lastQuestion(run);
    expect(first.shown.stakeUsd).toBeLessThanOrEqual(120);
    expect(first.shown.stakeUsd).toBeGreaterThan(110);
    first.approve();
    run.cycle();
    const second = lastQuestion(run);
    expect(second.shown.id).not.toBe(first.shown.id);
    expect(second.shown.stakeUsd).toBeCloseTo(first.shown.stakeUsd, 0);
  });

  it('is the most that is staked, whatever has come free since', () => {
    const run = asking({ maxPositionPct: 5 });
    run.pass(5);
    const { shown, approve } = lastQuestion(run);
    expect(shown.stakeUsd).toBeLessThanOrEqual(50);
    changeCd(run, { maxPositionPct: 40 });
    const commands = approve();
    expect(costUsd(commands)).toBeLessThanOrEqual(shown.stakeUsd);
    expect(signals(commands).at(-1)?.action).toBe('entered');
  });
});

it('an entry that rests goes where the one in its place would be too small', () => {
  const run = entryRun();
  onlyEntry(run.pass(5));
  changeCd(run, { minTradeUsd: 500 });
  const commands = run.cycle();
  expect(actions(commands)).toEqual(['tooSmall']);
  expect(canceled(commands)).toEqual(['a new one would be too small']);
});

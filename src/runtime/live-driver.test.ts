import { setImmediate as endOfTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createKernel } from '../kernel/kernel.ts';
import type { Command, Input } from '../kernel/messages.ts';
import {
  book,
  feedsUp,
  market,
  quoteIntent,
  reconcile,
  runStarted,
  scriptedLoop,
  strategySettings,
  testKernel,
} from '../kernel/test-support/test-kernel.ts';
import type { JournalEntry } from '../ports/journal.ts';
import { createLiveDriver } from './live-driver.ts';
import { replayJournal } from './replay.ts';
import { keptLog, manualTimers } from './test-support/manual-timers.ts';

function driven(failAtFlush = Infinity, onAbsence: (absentMs: number) => void = () => undefined) {
  const scripted = scriptedLoop();
  const timers = manualTimers();
  const entries: JournalEntry[] = [];
  const events: string[] = [];
  const fatal: unknown[] = [];
  const answers: Input[] = [];
  let appended: readonly JournalEntry[] = [];
  let flushes = 0;
  const driver = createLiveDriver({
    kernel: createKernel([scripted.loop], null),
    journal: {
      append(batch) {
        appended = [...appended, ...batch];
      },
      flush() {
        flushes += 1;
        if (flushes >= failAtFlush) throw new Error('disk full');
        entries.push(...appended);
        events.push(`journal ${appended.map(({ kind }) => kind).join(',')}`);
        appended = [];
      },
      sync: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    timers,
    log: keptLog(),
    onCommand: (command: Command) => {
      events.push(`act ${command.kind}`);
      const answer = answers.shift();
      if (answer !== undefined) driver.submit(answer);
    },
    onFatal: (error) => fatal.push(error),
    onAbsence: (absentMs) => {
      events.push(`absent ${absentMs}`);
      onAbsence(absentMs);
    },
  });
  return { driver, scripted, timers, entries, events, fatal, answers };
}

/** After everything the driver has put off to the end of this turn. */
const nextTurn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** The inputs that bring a kernel to trade, taken from a kernel that a test has driven there. */
function inputsToTrade(): Input[] {
  const test = testKernel([scriptedLoop().loop]);
  test.step(runStarted('run-1', strategySettings()));
  feedsUp(test);
  test.step({ kind: 'marketsListed', markets: [market(1)] });
  test.step(book(1, 47, 53));
  reconcile(test, { cash: 1_000 });
  return test.inputs.map(([, input]) => input);
}

function toTrading(run: ReturnType<typeof driven>): void {
  const nowMs = run.timers.nowMs();
  for (const input of inputsToTrade())
    run.driver.submit('askedAtMs' in input ? { ...input, askedAtMs: nowMs } : input);
}

describe('the live driver', () => {
  it('writes input and outputs to the journal before anybody acts on them', async () => {
    const run = driven();
    run.scripted.script.push([quoteIntent(1, [['BUY', 48, 10]])]);
    toTrading(run);
    await run.timers.pass(10_000);
    const placed = run.events.indexOf('act place');
    expect(placed).toBeGreaterThan(0);
    const journaled = run.events.findIndex((event) => event.startsWith('journal') && event.includes('place'));
    expect(journaled).toBeGreaterThanOrEqual(0);
    expect(journaled).toBeLessThan(placed);
    for (const [index, entry] of run.entries.entries()) expect(entry.seq).toBe(index + 1);
    const out = run.entries.find(({ kind }) => kind === 'place');
    expect(run.entries[(out?.cause ?? 0) - 1]).toMatchObject({ dir: 'in' });
    expect(run.driver.entryCount()).toBe(run.entries.length);
  });

  it('writes what the feed brings once a turn, and before anything is acted upon', async () => {
    const run = driven();
    toTrading(run);
    await nextTurn();
    run.events.length = 0;
    for (const bid of [46, 45, 44]) run.driver.submit(book(1, bid, 53));
    expect(run.events).toEqual([]);
    await nextTurn();
    expect(run.events).toEqual(['journal book,book,book']);
    run.scripted.script.push([quoteIntent(1, [['BUY', 42, 10]])]);
    run.driver.submit(book(1, 43, 53));
    run.driver.submit(book(1, 44, 53));
    await run.timers.pass(10_000);
    const placed = run.events.indexOf('act place');
    expect(placed).toBeGreaterThan(0);
    const before = run.events.slice(1, placed).filter((event) => event.startsWith('journal'));
    expect(before.join(',')).toContain('book,book');
    expect(before.join(',')).toContain('place');
  });

  it('writes an answer of the venue at once', () => {
    const run = driven();
    run.driver.submit(runStarted());
    run.driver.submit(book(1, 47, 53));
    run.driver.submit({ kind: 'ordersPrepared', orders: [] });
    expect(run.entries.map(({ kind }) => kind).slice(-2)).toEqual(['book', 'ordersPrepared']);
  });

  it('tells of a write that failed at the end of a turn', async () => {
    const run = driven(2);
    run.driver.submit(runStarted());
    run.driver.submit(book(1, 47, 53));
    expect(run.fatal).toEqual([]);
    await nextTurn();
    expect(run.fatal).toMatchObject([{ message: 'disk full' }]);
    expect(run.timers.waiting()).toBe(0);
  });

  it('takes inputs one at a time, in the order they came, also those that an effect answers at once', () => {
    const run = driven();
    run.answers.push({ kind: 'operator', order: 'pause', by: 'effect', reason: 'first' });
    run.driver.submit(runStarted());
    run.driver.submit({ kind: 'operator', order: 'resume', by: 'test', reason: 'second' });
    const inputs = run.entries.filter(({ dir }) => dir === 'in').map(({ kind }) => kind);
    expect(inputs).toEqual(['runStarted', 'operator', 'operator']);
    // The effect's answer waited until all commands of its step had been acted on.
    const firstPause = run.events.findIndex((event) => event.startsWith('journal operator'));
    expect(run.events.slice(0, firstPause).filter((event) => event.startsWith('act')).length).toBeGreaterThan(
      0,
    );
  });

  it('stamps times that never go back, though the clock does', () => {
    const run = driven();
    run.driver.submit(runStarted());
    const startMs = run.timers.nowMs();
    run.timers.set(startMs - 60_000);
    run.driver.submit({ kind: 'operator', order: 'pause', by: 'test', reason: 'test' });
    const stamps = run.entries.map(({ atMs }) => atMs);
    expect([...stamps].sort((a, b) => a - b)).toEqual(stamps);
    expect(stamps.at(-1)).toBeGreaterThanOrEqual(startMs);
  });

  it('sends nothing more once the journal cannot be written', () => {
    const run = driven(3);
    run.driver.submit(runStarted());
    run.driver.submit({ kind: 'feed', feed: 'user', up: true, reason: 'connected' });
    const acted = run.events.filter((event) => event.startsWith('act')).length;
    run.driver.submit({ kind: 'operator', order: 'halt', by: 'test', reason: 'test' });
    run.driver.submit({ kind: 'operator', order: 'stop', by: 'test', reason: 'test' });
    expect(run.fatal).toMatchObject([{ message: 'disk full' }]);
    expect(run.events.filter((event) => event.startsWith('act'))).toHaveLength(acted);
    expect(run.timers.waiting()).toBe(0);
  });

  it('stops at a broken invariant, and tells of it once', () => {
    const run = driven();
    run.driver.submit({ kind: 'wake' });
    run.driver.submit(runStarted());
    expect(run.fatal).toHaveLength(1);
    expect(run.entries).toEqual([]);
  });

  it('wakes the kernel when it is due, and journals no wake that is not', async () => {
    const run = driven();
    toTrading(run);
    const before = run.entries.filter(({ kind }) => kind === 'wake').length;
    await run.timers.pass(35_000);
    const wakes = run.entries.filter(({ kind }) => kind === 'wake').length - before;
    expect(wakes).toBeGreaterThanOrEqual(3);
    expect(wakes).toBeLessThanOrEqual(5);
  });

  it('drops what comes after it was closed', async () => {
    const run = driven();
    toTrading(run);
    run.driver.close();
    const count = run.driver.entryCount();
    run.driver.submit({ kind: 'wake' });
    await run.timers.pass(60_000);
    expect(run.driver.entryCount()).toBe(count);
    expect(run.timers.waiting()).toBe(0);
  });

  it('leaves a journal that replays to the same outputs', async () => {
    const run = driven();
    const intents = [
      quoteIntent(1, [
        ['BUY', 48, 10],
        ['SELL', 52, 10],
      ]),
    ];
    run.scripted.script.push(intents, intents);
    toTrading(run);
    await run.timers.pass(30_000);
    const again = scriptedLoop();
    again.script.push(intents, intents);
    const lines = run.entries.map((entry) => JSON.parse(JSON.stringify(entry)) as JournalEntry);
    const replayed = await replayJournal(createKernel([again.loop], null), each(lines), false);
    expect(replayed.difference).toBeNull();
    expect(replayed.entries).toBe(lines.length);
    expect(replayed.outputs).toBeGreaterThanOrEqual(5);
  });
});

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

describe('a process that did not run for a while', () => {
  const feedDown: Input = { kind: 'feed', feed: 'user', up: false, reason: 'did not run' };

  it('takes that in before anything else, whatever wakes it, and decides nothing on what it believed before', () => {
    const run: ReturnType<typeof driven> = driven(Infinity, () => run.driver.submit(feedDown));
    toTrading(run);
    expect(run.driver.kernel.state.trading.mode).toBe('active');
    run.scripted.script.push([quoteIntent(1, [['BUY', 48, 10]])]);
    run.events.length = 0;
    // What a stop and a continue look like from inside: the clock is far ahead, and no timer has fired.
    run.timers.set(run.timers.nowMs() + 60_000);
    expect(run.driver.isBackFromAbsence()).toBe(true);
    run.driver.submit({ kind: 'wake' });
    expect(run.events[0]).toBe('absent 60000');
    expect(run.driver.isBackFromAbsence()).toBe(false);
    const kinds = run.entries.filter(({ dir }) => dir === 'in').map(({ kind }) => kind);
    expect(kinds.slice(-2)).toEqual(['feed', 'wake']);
    expect(run.driver.kernel.state.trading.mode).toBe('halted');
    expect(run.events.filter((event) => event === 'act place')).toEqual([]);
  });

  it('is not what a quiet driver looks like, which has a turn every second', async () => {
    const run = driven();
    run.driver.submit(runStarted());
    run.events.length = 0;
    await run.timers.pass(120_000);
    expect(run.driver.isBackFromAbsence()).toBe(false);
    expect(run.events.filter((event) => event.startsWith('absent'))).toEqual([]);
  });

  it('notices it by its own timer, too', async () => {
    const run = driven();
    run.driver.submit(runStarted());
    await endOfTurn();
    run.timers.set(run.timers.nowMs() + 10_000);
    await run.timers.pass(0);
    expect(run.events.filter((event) => event.startsWith('absent'))).toEqual(['absent 10000']);
  });
});

import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileJournal } from '../../adapters/node/file-journal.ts';
import type { ConditionId } from '../../domain/market.ts';
import { isTerminal, type OrderState } from '../../domain/order.ts';
import type { Command, Input } from '../../kernel/messages.ts';
import type { KernelState } from '../../kernel/state.ts';
import type { MarketMakingMemory } from '../../loops/market-making/memory.ts';
import type { JournalEntry } from '../../ports/journal.ts';
import { openScenario, type Scenario } from '../../simulation/run-seed.ts';
import type { OrderExplanation } from './explain-order.ts';
import { explanationLines, NO_PAINT } from './render.ts';
import { type RecordedRun, recordRun } from './testing/recorded-run.ts';
import { checkEveryOrder, type Explanation, why } from './why.ts';

const HOUR_MS = 3_600_000;
const END_OF_TIME = Number.POSITIVE_INFINITY;

/** A quarter of an hour in virtual time, with losses and failures of every kind, stopped in the end, and all of it on disk. */
let dataDir: string;
let run: RecordedRun;
let state: KernelState;
/** What became of each order by the kernel itself, noted while it still remembered. */
const states = new Map<string, OrderState>();
const placed = new Set<string>();
let listed: Extract<Input, { kind: 'marketsListed' }>['markets'] = [];
let fills = 0;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-why-'));
  run = recordRun(dataDir, {}, 400_000);
  let kernel: Scenario['kernel'] | null = null;
  function note(atMs: number, input: Input, commands: readonly Command[]): void {
    run.record(atMs, input, commands);
    if (input.kind === 'marketsListed') listed = input.markets;
    for (const command of commands)
      if (command.kind === 'place') for (const { request } of command.orders) placed.add(request.clientId);
    for (const [clientId, record] of kernel?.state.orders.byClientId ?? [])
      states.set(clientId, record.state);
  }
  const scenario = openScenario({
    seed: 'why',
    hours: 0.25,
    markets: 6,
    engine: 'legacy',
    informed: null,
    faults: 'many',
    settings: { MM_MAX_MARKETS: '4', MM_MULTI_LEVEL_COUNT: '2', MM_CYCLE_SECONDS: '5' },
    onStep: note,
  });
  kernel = scenario.kernel;
  const { world, driver } = scenario;
  const startMs = world.nowMs;
  driver.runUntil(startMs + 0.25 * HOUR_MS);
  world.deliver({ kind: 'operator', order: 'stop', by: 'test', reason: 'the end' });
  driver.runUntil(startMs + 0.25 * HOUR_MS + 180_000);
  state = kernel.state;
  fills = state.counts.fills;
  await run.close();
}, 120_000);
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const ask = (word: string, directory = dataDir, atMs = END_OF_TIME) =>
  why(word, { directory, atMs, onProgress: () => undefined });
const check = (directory = dataDir) =>
  checkEveryOrder({ directory, atMs: END_OF_TIME, onProgress: () => undefined });

async function explained(word: string, directory = dataDir, atMs = END_OF_TIME): Promise<Explanation> {
  const answer = await ask(word, directory, atMs);
  if (answer.found !== 'one') throw new Error(`${word}: expected one, found ${JSON.stringify(answer)}`);
  return answer.explanation;
}
async function explainedOrder(word: string, directory = dataDir): Promise<OrderExplanation> {
  const explanation = await explained(word, directory);
  if (explanation.kind !== 'order') throw new Error(`${word}: expected an order, found a market`);
  return explanation;
}

describe('every order of a recorded run', () => {
  it('has a whole chain, over compressed segments, and ends as the kernel says', async () => {
    expect(readdirSync(run.directory).filter((name) => name.endsWith('.gz')).length).toBeGreaterThan(0);
    expect(placed.size).toBeGreaterThan(100);
    expect(fills).toBeGreaterThan(0);
    const checked = await check();
    expect(checked).toMatchObject({
      orders: placed.size,
      unexplained: 0,
      examples: [],
      tornLines: 0,
      open: 0,
    });
    const ends: Record<string, number> = {};
    for (const ended of states.values()) ends[ended] = (ends[ended] ?? 0) + 1;
    expect(checked.ends).toEqual(ends);
    expect(await check(run.directory)).toEqual(checked);
  });

  it('answers one by one, by our name and by the beginning of its id, with inputs, stages, verdict and end', async () => {
    const every = Math.ceil(placed.size / 12);
    const sample = [...placed].filter((_, index) => index % every === 0);
    for (const clientId of sample) {
      const order = await explainedOrder(clientId);
      expect(order.missing).toEqual([]);
      expect(order.inputs).toMatchObject({ fairPts: expect.any(Number), tickPts: expect.any(Number) });
      expect(order.engine?.name).toBe('legacy');
      expect(order.stages.map(({ stage }) => stage)).toContain('budget constraint');
      // What the last stage leaves is what was ordered, price for price, and never less than it.
      expect(order.stages.at(-1)?.after?.pts).toBe(order.order?.yesPts);
      expect(order.stages.at(-1)?.after?.shares).toBeGreaterThanOrEqual(order.order?.shares ?? Infinity);
      expect(order.binding.map(({ what }) => what)).toEqual(['price', 'size']);
      expect(order.gate?.marketExposureUsd).toBeLessThanOrEqual(order.gate?.marketLimitUsd ?? 0);
      expect(order.state).toBe(states.get(clientId));
      expect(isTerminal(order.state) && order.end?.why).not.toBe('');
      if (order.orderId !== null)
        expect((await explainedOrder(order.orderId.slice(0, 40))).clientId).toBe(clientId);
      expect(explanationLines(await explained(clientId), NO_PAINT).join('\n')).not.toMatch(
        /undefined|NaN|\[object/,
      );
    }
  });

  it('is as it was then, when asked about an earlier time', async () => {
    const order = await explainedOrder('o-1');
    const [first] = order.life;
    const then = await explained('o-1', dataDir, first?.atMs);
    expect(then).toMatchObject({ state: 'approved', end: null, missing: [], life: [first] });
  });
});

describe('a market', () => {
  const chosen = (): readonly ConditionId[] => {
    const memory = state.loops.get('market-making')?.memory as MarketMakingMemory | undefined;
    return [...(memory?.chosen ?? [])];
  };

  it('that was quoted is explained as it was before the stop, and afterwards by the trading state', async () => {
    const slug = listed.find(({ conditionId }) => chosen().includes(conditionId))?.slug ?? '';
    const now = await explained(slug);
    expect(now).toMatchObject({ kind: 'market', isQuoted: false, selection: { isChosen: true } });
    if (now.kind !== 'market') throw new Error('expected a market');
    expect(now.notQuotedBecause[0]?.text).toMatch(/^trading state is stopping/);
    const before = await explained(slug, dataDir, now.tradingState === null ? 0 : now.tradingState.atMs - 1);
    expect(before).toMatchObject({ decision: { engine: { name: 'legacy' } } });
  });

  it('that is not quoted says why: the scanner left it out', async () => {
    const left = listed.filter(({ conditionId }) => !chosen().includes(conditionId));
    expect(left.length).toBeGreaterThan(0);
    for (const { conditionId } of left) {
      const market = await explained(conditionId);
      if (market.kind !== 'market') throw new Error('expected a market');
      expect(market.selection?.isChosen).toBe(false);
      const texts = market.notQuotedBecause.map(({ text }) => text);
      expect(texts).toContain(`the scanner leaves it out: ${market.selection?.text}`);
      expect(explanationLines(market, NO_PAINT).join('\n')).not.toMatch(/undefined|NaN/);
    }
  });
});

describe('a word', () => {
  it('that means several things lists them, and one that means nothing finds nothing', async () => {
    const several = await ask('0x');
    if (several.found !== 'several') throw new Error(`expected several, found ${several.found}`);
    expect(several.candidates.length).toBeGreaterThan(10);
    const markets = await ask(listed[0]?.slug.slice(0, 3) ?? '');
    expect(markets.found).toBe('several');
    expect(await ask('o-999999')).toEqual({ found: 'none', runs: 1 });
    expect(await ask('no such thing')).toEqual({ found: 'none', runs: 1 });
  });
});

/** The lines of the recorded run that pass, until one is the last wanted, as the journal of a run of its own. */
async function copyOf(status: 'running' | 'stopped', keep: (entry: JournalEntry) => boolean, last: string) {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-why-copy-'));
  const copy = recordRun(folder, { status });
  await copy.close();
  const file = join(copy.directory, 'journal-00001.jsonl');
  let text = '';
  for await (const entry of readFileJournal(run.directory)) {
    if (keep(entry)) text += `${JSON.stringify(entry)}\n`;
    if (entry.kind === last) break;
  }
  writeFileSync(file, text);
  return { folder, file };
}

describe('a journal that is being written', () => {
  it('is read up to its torn last line, and its live orders are open, not unexplained', async () => {
    const { folder, file } = await copyOf('running', () => true, 'ordersAnswered');
    appendFileSync(file, '{"seq":601,"atMs":1800000000000,"dir":"out","kind":"place","v":1,"cause"');
    const checked = await check(folder);
    expect(checked).toMatchObject({ unexplained: 0, tornLines: 0 });
    expect(checked.open).toBeGreaterThan(0);
    expect(await explainedOrder('o-1', folder)).toMatchObject({ missing: [], end: null });
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('a journal that lacks something', () => {
  it('names each order whose decision or end is not there', async () => {
    const withoutDecisions = await copyOf('stopped', ({ kind }) => kind !== 'decision', 'none');
    const checked = await check(withoutDecisions.folder);
    expect(checked).toMatchObject({ orders: placed.size, explained: 0, unexplained: placed.size });
    expect(checked.examples[0]?.missing).toEqual(['inputs', 'planner', 'gate']);
    rmSync(withoutDecisions.folder, { recursive: true, force: true });
    const cutOff = await copyOf('stopped', () => true, 'ordersAnswered');
    expect((await check(cutOff.folder)).examples[0]?.missing).toEqual(['end']);
    rmSync(cutOff.folder, { recursive: true, force: true });
  });
});

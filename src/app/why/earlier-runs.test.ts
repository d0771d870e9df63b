import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Input } from '../../kernel/messages.ts';
import {
  cents,
  conditionId,
  market,
  placed,
  quoteIntent,
  runStarted,
  scriptedLoop,
  shares,
  strategySettings,
  T0,
  type TestKernel,
  trading,
  wakes,
} from '../../kernel/test-support/test-kernel.ts';
import { type RecordedRun, recordRun } from './testing/recorded-run.ts';
import { checkEveryOrder, type Explanation, why } from './why.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-why-runs-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Writes every input and what the kernel answers; what came before is written first. */
function recorded(test: TestKernel, run: RecordedRun): (input: Input, afterMs?: number) => void {
  return (input, afterMs = 1) => run.record(test.nowMs + afterMs, input, test.step(input, afterMs));
}

const options = () => ({
  directory: dataDir,
  atMs: Number.POSITIVE_INFINITY,
  onProgress: () => undefined,
});

async function explained(word: string): Promise<Explanation> {
  const answer = await why(word, options());
  if (answer.found !== 'one') throw new Error(`expected one, found ${JSON.stringify(answer)}`);
  return answer.explanation;
}

const quoted = { why: null, explain: () => ({ reason: 'the test wants it' }) };

describe('an order of an earlier run', () => {
  it('is followed into the run that took it over', async () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop], strategySettings(), [market(1)]);
    const first = recordRun(dataDir, { runId: 'run-1', status: 'crashed', startedAtMs: T0 });
    first.record(T0, runStarted(), []);
    first.record(test.nowMs, { kind: 'marketsListed', markets: [market(1)] }, []);
    script.push([{ ...quoteIntent(1, [['BUY', 48, 10]]), ...quoted }]);
    const commands = wakes(test, 1, 10_000);
    first.record(test.nowMs, { kind: 'wake' }, commands);
    const [order] = placed(commands);
    if (order === undefined) throw new Error('expected an order');
    const orderId = `0x${'ab'.repeat(32)}` as const;
    const step = recorded(test, first);
    step({ kind: 'ordersPrepared', orders: [[order.clientId, orderId as never]] });
    await first.close();
    // The process dies here: the answer never came.
    const second = recordRun(dataDir, { runId: 'run-2', parentRunId: 'run-1', startedAtMs: test.nowMs + 1 });
    const heir = recorded(test, second);
    heir({ ...runStarted('run-2'), parentRunId: 'run-1' });
    heir({
      kind: 'orderRead',
      orderId: orderId as never,
      order: {
        orderId: orderId as never,
        conditionId: conditionId(1),
        tokenId: order.tokenId,
        side: 'BUY',
        price: cents(48),
        originalSize: shares(10),
        matchedSize: shares(0),
        status: 'CANCELED',
        createdAtMs: T0,
      },
      askedAtMs: test.nowMs,
    });
    await second.close();
    const story = await explained('0xabab');
    expect(story).toMatchObject({
      kind: 'order',
      runId: 'run-1',
      clientId: order.clientId,
      state: 'canceled',
      market: { slug: 'market-1' },
      missing: [],
      inputs: { reason: 'the test wants it' },
    });
    if (story.kind !== 'order') throw new Error('expected an order');
    expect(story.life.map(({ text }) => text)).toContain('run run-2 starts and takes it over');
    expect(await checkEveryOrder(options())).toMatchObject({ runs: 2, orders: 1, explained: 1, open: 0 });
  });
});

describe('an order that was decided when its loop broke', () => {
  it('was never sent, and says so', async () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop], strategySettings(), [market(1), market(2)]);
    const run = recordRun(dataDir, { runId: 'run-1', startedAtMs: T0 });
    run.record(T0, runStarted(), []);
    const broken = { ...quoteIntent(2, [['BUY', 48, 10]]), explain: () => JSON.parse('no JSON') };
    script.push([{ ...quoteIntent(1, [['BUY', 48, 10]]), ...quoted }, broken]);
    run.record(test.nowMs + 10_000, { kind: 'wake' }, wakes(test, 1, 10_000));
    await run.close();
    expect(await checkEveryOrder(options())).toMatchObject({ orders: 1, explained: 1, ends: { refused: 1 } });
  });
});

describe('a quote that the gate refuses', () => {
  it('is why its market is not quoted, with code, value and limit in units', async () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop], strategySettings(), [market(1)]);
    const run = recordRun(dataDir, { runId: 'run-1', startedAtMs: T0 });
    run.record(T0, runStarted(), []);
    run.record(T0 + 1, { kind: 'marketsListed', markets: [market(1)] }, [
      { kind: 'notify', level: 'note', text: 'trading state: starting to active' },
    ]);
    script.push([
      { ...quoteIntent(1, [['BUY', 53, 10]]), why: null, explain: () => ({ inputs: {}, stages: [] }) },
    ]);
    run.record(test.nowMs + 10_000, { kind: 'wake' }, wakes(test, 1, 10_000));
    await run.close();
    const story = await explained('Question 1');
    if (story.kind !== 'market') throw new Error('expected a market');
    expect(story.notQuotedBecause.map(({ text }) => text)).toEqual([
      'the gate refuses: BUY YES 53 pts x 10: crossesBook (53 pts, limit 53 pts), post-only order would cross',
    ]);
  });
});

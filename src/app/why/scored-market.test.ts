import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKernel } from '../../kernel/kernel.ts';
import { T0, type TestKernel } from '../../kernel/test-support/test-kernel.ts';
import { LOOPS } from '../../loops/market-making/test-support/quoting-run.ts';
import { reply, type Said, scoringRun } from '../../loops/market-making/test-support/scoring-run.ts';
import { explanationLines, NO_PAINT } from './render.ts';
import { recordRun } from './testing/recorded-run.ts';
import { why } from './why.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-why-scored-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Writes the run as a driver would have. */
async function record(test: TestKernel): Promise<void> {
  const run = recordRun(dataDir, { startedAtMs: T0 });
  const kernel = createKernel(LOOPS, null);
  for (const [atMs, input] of test.inputs) run.record(atMs, input, kernel.step(atMs, input));
  await run.close();
}

async function linesAfter(said: Said): Promise<string> {
  const test = scoringRun();
  reply(test, { 'market-1': said });
  await record(test);
  const answer = await why('market-1', {
    directory: dataDir,
    atMs: Number.POSITIVE_INFINITY,
    onProgress: () => undefined,
  });
  if (answer.found !== 'one') throw new Error('expected one market');
  return explanationLines(answer.explanation, NO_PAINT).join('\n');
}

it('a market that a score keeps out says which score, which flag, and in the words of the model why', async () => {
  const lines = await linesAfter({ clarity: 2, flags: ['ambiguousResolution'], note: 'who decides?' });
  expect(lines).toMatch(
    /because +the scanner leaves it out: flagged: ambiguous resolution \(scored 5\.6 of 10, ambiguousResolution: "who decides\?"\)/,
  );
  expect(lines).toMatch(/scorer +scored 5\.6 of 10/);
});

it('a market that a score widens shows score and flag beside what it saw', async () => {
  const lines = await linesAfter({ flags: ['lowLiquidity'] });
  expect(lines).toMatch(/quoted +yes/);
  expect(lines).toMatch(/scorer +scored 8 of 10, lowLiquidity/);
  expect(lines).toMatch(/flags +event risk/);
  expect(lines).toMatch(/scorer flags +lowLiquidity/);
});

import { expect, it } from 'vitest';
import { scorerStatus } from '../app/scorer-status.ts';
import { market, type TestKernel } from '../kernel/test-support/test-kernel.ts';
import { memoryOf, pass, quotingRun } from '../loops/market-making/test-support/quoting-run.ts';
import { failReply, reply, scoringRun } from '../loops/market-making/test-support/scoring-run.ts';
import { scorerLines } from './scorer-lines.ts';

const linesOf = (test: TestKernel) => scorerLines(scorerStatus(test.state, memoryOf(test)), test.nowMs);

it('says nothing of a scorer that is off', () => {
  expect(linesOf(quotingRun())).toEqual([]);
});

it('says how asking goes, what unscored markets do, and shows the worst scores first', () => {
  const test = scoringRun({}, [market(1), market(2), market(3)]);
  while (memoryOf(test).scorer.pending !== null) {
    reply(test, {
      'market-1': { note: 'clear' },
      'market-2': { clarity: 1, quality: 1, profitability: 1 },
      'market-3': { flags: ['lowLiquidity'], note: 'thin' },
    });
    pass(test, 1_000);
  }
  expect(linesOf(test)).toEqual([
    'scorer: 3 markets scored, 5 of 10 needed, no question under way; markets without a score are quoted',
    '  2 of 60 questions this hour; 2 in all, 0 failed, 2000 tokens in, 200 out',
    '   1.0 market-2                         left out ',
    '   8.0 market-1                         quoted   clear',
    '   8.0 market-3                         widened  lowLiquidity, thin',
  ]);
});

it('says that it fails, why, and when it asks again', () => {
  const test = scoringRun({ scorerFailOpen: false });
  failReply(test);
  expect(linesOf(test)).toEqual([
    'scorer: 0 markets scored, 5 of 10 needed, no question under way; markets without a score are left out',
    '  1 of 60 questions this hour; 1 in all, 1 failed, 0 tokens in, 0 out',
    '  FAILING 1 times: overloaded: status 529; asked again in 30 s',
  ]);
});

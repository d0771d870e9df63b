import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startWorkerChild } from '../../src/app/demo/programs.ts';
import { temporaryFolder } from '../support/demo-pieces.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** What the real command says to these settings; there is no venue, and none is asked. */
async function refusalOf(settings: Record<string, string>): Promise<{ code: number | null; text: string }> {
  const errors: string[] = [];
  const worker = startWorkerChild(
    {
      POLYMARKET_PRIVATE_KEY: `0x${'11'.repeat(32)}`,
      EVENKEEL_DATA_DIR: join(folder.path, 'data'),
      ...settings,
    },
    ['--yes'],
    (line) => errors.push(line),
  );
  try {
    const answer = JSON.parse(await worker.firstLine(40_000)) as { ok: boolean; message: string };
    expect(answer.ok).toBe(false);
    return { code: await worker.ended, text: `${errors.join('\n')}\n${answer.message}` };
  } finally {
    await worker.stop(2_000);
  }
}

it('limits that contradict each other, or themselves, refuse the start with the whole list', {
  timeout: 60_000,
}, async () => {
  const { code, text } = await refusalOf({
    MM_DD_REDUCE_PCT: '30',
    MM_DD_RESUME_PCT: '26',
    STOP_LOSS_PERCENT: '40',
    MM_DD_MAX_RECOVERIES_PER_DAY: '-1',
    MM_MAX_PER_MARKET_USD: '-50',
    MM_MAX_PER_EVENT_USD: 'lots',
    MAX_TOTAL_EXPOSURE_PCT: '120',
  });
  expect(code).toBe(2);
  for (const line of [
    /MM_DD_REDUCE_PCT: found "?30"?.*less than MM_DD_KILL_PCT, which is 25/,
    /MM_DD_RESUME_PCT: found "?26"?.*less than MM_DD_KILL_PCT, which is 25/,
    /STOP_LOSS_PERCENT: found "?40"?.*at most DRAWDOWN_STOP_LOSS_PERCENT, which is 25/,
    /MM_DD_MAX_RECOVERIES_PER_DAY: found "?-1"?/,
    /MM_MAX_PER_MARKET_USD: found "?-50"?/,
    /MM_MAX_PER_EVENT_USD: found "?lots"?/,
    /MAX_TOTAL_EXPOSURE_PCT: found "?120"?/,
  ])
    expect(text).toMatch(line);
  // What is wrong by itself is not blamed for contradicting others, too.
  expect(text).not.toMatch(/MM_QUOTE_SIZE_USD/);
});

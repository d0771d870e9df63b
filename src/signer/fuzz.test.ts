import { expect, it } from 'vitest';
import { DEVELOPMENT_KEY } from '../adapters/polymarket/testing/orders.ts';
import { SPOIL_NAMES } from './testing/fuzz-orders.ts';
import { fuzzSession } from './testing/fuzz-session.ts';

it('signs nothing of 20,000 requests outside its policy, and everything inside it', async () => {
  const outcome = await fuzzSession(process.env.EVENKEEL_TEST_SEED ?? 'fuzz', 20_000);
  expect(outcome).toMatchObject({ asked: 19_960, refused: 19_960, signedOutside: 0 });
  expect(outcome).toMatchObject({ goodAsked: 40, goodSigned: 40, keyUsed: 40 });
  for (const rule of [...SPOIL_NAMES, 'transaction', 'proof', 'noise'])
    expect(outcome.broken.get(rule) ?? 0, rule).toBeGreaterThan(rule === 'spend' ? 20 : 200);
  for (const text of outcome.texts) expect(text).not.toContain(DEVELOPMENT_KEY.slice(2));
});

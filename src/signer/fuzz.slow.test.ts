import { expect, it } from 'vitest';
import { fuzzSession } from './testing/fuzz-session.ts';

it('signs nothing of a million requests outside its policy', async () => {
  const seed = process.env.EVENKEEL_TEST_SEED ?? String(Date.now());
  console.log(`fuzz of the signer: EVENKEEL_TEST_SEED=${seed}`);
  const outcome = await fuzzSession(seed, 1_010_000);
  expect(outcome.asked).toBeGreaterThan(1_000_000);
  expect(outcome).toMatchObject({ signedOutside: 0, refused: outcome.asked });
  expect(outcome).toMatchObject({ goodSigned: outcome.goodAsked, keyUsed: outcome.goodAsked });
});

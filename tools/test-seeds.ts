import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs all property tests again and again, each time from a new seed: `./run test:seeds [COUNT]` (10 unless told, at
 * most 1,000). Each round prints its seed, which `EVENKEEL_TEST_SEED=SEED ./run test FILE` repeats. Exit code 1 if a
 * round fails, 2 for bad input.
 */
const root = join(import.meta.dirname, '..');
const DEFAULT_ROUNDS = 10;
const MOST_ROUNDS = 1_000;

const asked = process.argv[2] ?? String(DEFAULT_ROUNDS);
const rounds = Number(asked);
if (process.argv.length > 3 || !Number.isInteger(rounds) || rounds < 1 || rounds > MOST_ROUNDS) {
  console.error(
    `test:seeds: found "${process.argv.slice(2).join(' ')}"; expected one whole number of rounds, 1 to ${MOST_ROUNDS}`,
  );
  process.exit(2);
}

const files = ['src', 'test']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((path) => path.endsWith('.test.ts') && !path.endsWith('.slow.test.ts'))
  .filter((path) => readFileSync(join(root, path), 'utf8').includes("from 'fast-check'"));

let failed = 0;
for (let round = 1; round <= rounds; round += 1) {
  const seed = randomInt(2 ** 31);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...files],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, EVENKEEL_TEST_SEED: String(seed) },
      maxBuffer: 64 * 2 ** 20,
    },
  );
  const counted = stdout.trimEnd().split('\n').at(-1) ?? '';
  console.log(`round ${round} of ${rounds}, seed ${seed}: ${counted}`);
  if (status !== 0) {
    failed += 1;
    console.log(stdout, stderr);
  }
}
console.log(failed === 0 ? `all ${rounds} rounds passed` : `${failed} of ${rounds} rounds failed`);
process.exitCode = failed === 0 ? 0 : 1;

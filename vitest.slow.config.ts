import { defineConfig } from 'vitest/config';

/** The long tests: many seeds, many crashes. They are not part of `./run test`. */
export default defineConfig({
  test: {
    include: ['src/**/*.slow.test.ts', 'test/**/*.slow.test.ts'],
    setupFiles: ['./test/support/property-seed.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 120_000,
    passWithNoTests: true,
    reporters: ['default', './test/support/count-reporter.ts'],
  },
});

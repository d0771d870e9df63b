import { defineConfig } from 'vitest/config';
import WholeFirst from './test/support/whole-first.ts';

/** Whole programs mostly wait for each other, so twice as many files as processors run at once. */
const FILES_AT_ONCE = 4;

export default defineConfig({
  test: {
    setupFiles: ['./test/support/property-seed.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: FILES_AT_ONCE,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { sequencer: WholeFirst },
    reporters: ['default', './test/support/count-reporter.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: ['**/*.slow.test.ts'] },
      },
      {
        // Modules are loaded once for many files: most of these files take less time than it takes to load them.
        extends: true,
        test: {
          name: 'pieces',
          include: ['src/**/*.test.ts'],
          exclude: ['**/*.slow.test.ts'],
          isolate: false,
        },
      },
    ],
  },
});

import { defineConfig } from 'vitest/config';

const common = { environment: 'node', testTimeout: 30_000, hookTimeout: 60_000 } as const;
const withPostgres = { ...common, globalSetup: ['test/support/postgres-setup.ts'] };

/** Groups of tests, from the quickest to those that need a browser. See docs/testing.md. */
export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      { test: { ...common, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      { test: { ...withPostgres, name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      { test: { ...withPostgres, name: 'integration', include: ['test/integration/**/*.test.ts'] } },
      { test: { ...withPostgres, name: 'protocol', include: ['test/protocol/**/*.test.ts'] } },
      {
        test: {
          ...withPostgres,
          name: 'process',
          include: ['test/process/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 90_000,
        },
      },
      {
        test: {
          ...withPostgres,
          globalSetup: [...withPostgres.globalSetup, 'test/support/interface-setup.ts'],
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 90_000,
        },
      },
    ],
  },
});

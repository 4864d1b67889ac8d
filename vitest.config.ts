import { defineConfig } from 'vitest/config';

const common = { environment: 'node', testTimeout: 30_000, hookTimeout: 60_000 } as const;
const withPostgres = { ...common, globalSetup: ['test/support/postgres-setup.ts'] };

/** One copy of the library, the one that the GraphQL server loads: its classes are compared. */
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] };

/** Groups of tests, from the quickest to those that need a browser. See docs/testing.md. */
export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      { resolve, test: { ...common, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      { resolve, test: { ...withPostgres, name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      { resolve, test: { ...withPostgres, name: 'integration', include: ['test/integration/**/*.test.ts'] } },
      { resolve, test: { ...withPostgres, name: 'protocol', include: ['test/protocol/**/*.test.ts'] } },
      {
        resolve,
        test: {
          ...withPostgres,
          name: 'process',
          include: ['test/process/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 90_000,
        },
      },
      {
        resolve,
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

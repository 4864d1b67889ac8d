/** Who may import whom. The folders and their rules are explained in docs/architecture.md. */
const only = (name, from, allowed, packages) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: {
    pathNot: [...allowed.map((path) => `^${path}`), ...packages.map((pkg) => `^node_modules/${pkg}(/|$)`)],
  },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('domain-is-pure', '^domain/', ['domain/'], ['zod']),
    {
      name: 'domain-without-node',
      severity: 'error',
      from: { path: '^domain/' },
      to: { dependencyTypes: ['core'] },
    },
    only('commands-import-domain', '^commands/', ['commands/', 'domain/'], ['zod']),
    only('projections-import-domain', '^projections/', ['projections/', 'domain/'], ['kysely']),
    {
      name: 'adapters-import-ports',
      severity: 'error',
      from: { path: '^adapters/' },
      to: {
        path: '^(api|workers|outposts|bin|ui|test|projections|commands|domain)/',
        pathNot: ['^commands/((delivery|place|privacy|signing|sink|ssf)-)?ports\\.ts$', '^domain/kernel/'],
      },
    },
    {
      name: 'api-and-workers-see-queries-only',
      severity: 'error',
      from: { path: '^(api|workers)/' },
      to: {
        path: '^(adapters|outposts|bin|ui|test|projections)/',
        pathNot: [
          '^projections/[^/]+/(query|table)\\.ts$',
          '^projections/audit/(volume|places)\\.ts$',
          '^projections/projection\\.ts$',
        ],
      },
    },
    {
      name: 'nobody-imports-bin',
      severity: 'error',
      from: { pathNot: '^(bin|test)/' },
      to: { path: '^bin/' },
    },
    {
      name: 'product-without-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'ui-imports-generated-types-only',
      severity: 'error',
      from: { path: '^ui/' },
      to: { path: '^(domain|commands|projections|adapters|api|workers|bin)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data|coverage)/' },
  },
};

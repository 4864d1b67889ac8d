// Checks that need no running product: generated files, formatting, types, lint, import rules, dead code.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tool = (...path) => join(root, 'node_modules', ...path);
const folders = [
  'domain',
  'commands',
  'projections',
  'adapters',
  'api',
  'workers',
  'bin',
  'ui',
  'test',
].filter((folder) => existsSync(join(root, folder)));

const checks = [
  ['index of models', ['bin/generate-models.mjs', '--check']],
  ['formatting', [tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  ['types', [tool('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.test.json']],
  ...(existsSync(join(root, 'ui', 'tsconfig.json'))
    ? [
        [
          'types of the interface',
          [
            tool('svelte-check', 'bin', 'svelte-check'),
            '--tsconfig',
            'ui/tsconfig.json',
            '--fail-on-warnings',
            '--output',
            'human',
          ],
        ],
      ]
    : []),
  ['build of the server', [tool('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']],
  ['generated files', ['dist/bin/write-generated.js', '--check']],
  ['types of the schema', ['bin/generate-schema-types.mjs', '--check']],
  ['lint', [tool('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']],
  [
    'import rules',
    [
      tool('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      ...folders,
    ],
  ],
  ['dead code', [tool('knip', 'bin', 'knip.js'), '--no-progress']],
];

/** Runs every check. Returns how many passed and failed; what a failed one says goes to stdout. */
export const check = () => {
  let passed = 0;
  let failed = 0;
  for (const [name, [command, ...args]] of checks) {
    const started = Date.now();
    const result = spawnSync(process.execPath, [command, ...args], { cwd: root, encoding: 'utf8' });
    const ok = result.status === 0;
    if (ok) passed += 1;
    else failed += 1;
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    if (!ok) console.log(`${result.stdout}${result.stderr}`);
  }
  return { passed, failed };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(check().failed === 0 ? 0 : 1);

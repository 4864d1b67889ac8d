// Writes the types of the GraphQL schema that the interface's queries are checked against, from docs/api/schema.graphql.
// Part of: npm run generate
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'ui', 'src', 'generated', 'schema-types.d.ts');
const folder = mkdtempSync(join(tmpdir(), 'muniment-schema-types-'));
const output = join(folder, 'schema-types.d.ts');

const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules', 'gql.tada', 'bin', 'cli.js'),
    'generate-output',
    '--tsconfig',
    join(root, 'ui', 'tsconfig.json'),
    '--output',
    output,
  ],
  { cwd: root, encoding: 'utf8' },
);
if (status !== 0) {
  console.error(`${stdout}${stderr}`);
  process.exit(1);
}
const made = readFileSync(output, 'utf8');
rmSync(folder, { recursive: true });

const current = () => {
  try {
    return readFileSync(target, 'utf8');
  } catch {
    return '';
  }
};
if (made !== current()) {
  if (process.argv.includes('--check')) {
    console.error('out of date, run npm run generate: ui/src/generated/schema-types.d.ts');
    process.exit(1);
  }
  writeFileSync(target, made);
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema } from '../api/graphql/schema.js';
import { queryFields } from '../domain/audit/query-fields.js';
import { describeFamily, describeModel } from '../domain/kernel/describe.js';
import { brokenShapes, storedShapes, type StoredShapes } from '../domain/kernel/upcast/stored-shape.js';
import { families, models } from '../domain/models.generated.js';
import { projectRoot } from './configuration.js';

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

const outputs: Record<string, string> = {
  'docs/api/schema.graphql': `${printSchema(lexicographicSortSchema(buildSchema(models, families)))}\n`,
  'ui/src/generated/models.json': json({
    models: models.map(describeModel),
    families: families.map((family) => describeFamily(family, models)),
  }),
  'ui/src/generated/audit.json': json({
    fields: queryFields.filter(({ kind }) => kind === 'text' || kind === 'choice').map(({ name }) => name),
    values: Object.fromEntries(
      queryFields.filter(({ values }) => values.length > 0).map(({ name, values }) => [name, values]),
    ),
  }),
};

const current = (path: string): string => {
  try {
    return readFileSync(join(projectRoot, path), 'utf8');
  } catch {
    return '';
  }
};

const lockPath = 'domain/models.lock.json';
const shapes = storedShapes(models);
const lock = current(lockPath);
const broken = lock === '' ? [] : brokenShapes(JSON.parse(lock) as StoredShapes, shapes);
if (broken.length > 0) {
  process.stderr.write(
    `Old events would not fold into these models: ${broken.join(', ')}.\nA new field needs \`absent\`; any other change needs an upcaster in the model, which makes a new version.\n`,
  );
  process.exit(1);
}
outputs[lockPath] = json(shapes);

/** Files that follow from the code and that people review: the API's schema, what the interface knows of models. */
const stale = Object.entries(outputs).filter(([path, content]) => current(path) !== content);
if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    process.stderr.write(`out of date, run npm run generate: ${stale.map(([path]) => path).join(', ')}\n`);
    process.exit(1);
  }
} else
  for (const [path, content] of stale) {
    mkdirSync(dirname(join(projectRoot, path)), { recursive: true });
    writeFileSync(join(projectRoot, path), content);
  }

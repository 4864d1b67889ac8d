// How long a fresh process takes to build the schema of the API, without loading the modules.
import { buildSchema } from '../../dist/api/graphql/schema.js';
import { families, models } from '../../dist/domain/models.generated.js';

const begun = performance.now();
buildSchema(models, families);
process.send({ ms: performance.now() - begun });

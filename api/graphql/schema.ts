import type { GraphQLSchema } from 'graphql';
import type { Family, Model } from '../../domain/kernel/model.js';
import { addAccessMutations } from './access/access-mutations.js';
import { createSessionTypes } from './access/session.js';
import { createAuditTypes } from './audit/entry.js';
import { addAuditQueries } from './audit/queries.js';
import { createBuilder } from './builder.js';
import { deriveModelMutations } from './derive/model-mutations.js';
import { deriveModelQueries } from './derive/model-queries.js';
import { deriveModelTypes } from './derive/model-types.js';
import { addUserFields } from './directory/user-fields.js';
import { addUserMutations } from './directory/user-mutations.js';
import { addUserQueries } from './directory/user-queries.js';
import { createUserTypes, implementUser } from './directory/user.js';
import { enforceDeclaredAccess } from './guard.js';
import { addLibrary } from './library.js';
import { addMe } from './me.js';

/** The admin API: what is declared comes from the models, what has meaning of its own from the folders beside. */
export const buildSchema = (models: readonly Model[], families: readonly Family[]): GraphQLSchema => {
  const builder = createBuilder();
  const audit = createAuditTypes(builder);
  const users = createUserTypes(builder);
  const sessions = createSessionTypes(builder);
  const types = deriveModelTypes(builder, models, families, users, audit);
  implementUser(users);
  deriveModelQueries(builder, types, models, families);
  deriveModelMutations(builder, types, models, families);
  addUserFields(builder, users, types, audit, sessions);
  addUserQueries(builder, users, types);
  addUserMutations(builder, users);
  addAccessMutations(builder);
  addAuditQueries(builder, audit);
  addMe(builder, users, types);
  addLibrary(builder);
  const schema = builder.toSchema();
  enforceDeclaredAccess(schema);
  return schema;
};

import { labelOf, type ConfigObject } from '../../../domain/kernel/config-view.js';
import type { FieldSpec } from '../../../domain/kernel/field.js';
import type { Family, Model } from '../../../domain/kernel/model.js';
import type { SecretRef } from '../../../domain/kernel/secret.js';
import { type Builder, shortList } from '../builder.js';
import type { GraphqlContext } from '../context.js';
import { maySeeObject } from '../guard.js';
import type { AuditTypes } from '../audit/entry.js';
import type { UserTypes } from '../directory/user.js';
import { listAudit } from '../audit/list.js';
import { ofPast, pastViewOf, viewOf } from '../time/past-views.js';
import { resolvePoint } from '../time/point-in-time.js';
import { NestedTypes } from './nested-types.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- types that are derived at start-up cannot be known to the compiler */

/** What a referring object does when the one it refers to is deleted. */
export interface Usage {
  readonly object: ConfigObject;
  readonly field: string;
  readonly effect: string;
}

/** GraphQL types of all declared models: one object type per model, one interface per family, `Model` above all. */
export interface ModelTypes {
  readonly nested: NestedTypes;
  readonly model: any;
  readonly ofModel: (model: Model) => any;
  readonly ofFamily: (family: Family) => any;
}

/** Objects that refer to one, with what its deletion would do to them; those the caller may not see are counted only. */
export const usagesOf = (context: GraphqlContext, of: { readonly id: string }): readonly Usage[] =>
  viewOf(context, of)
    .referrers(of.id)
    .map(({ object, field }) => {
      const spec = object.model.specs[field]!;
      return {
        object,
        field,
        effect: spec.kind === 'ref' || spec.kind === 'refs' ? spec.onDelete : 'restrict',
      };
    });

const visible = (context: GraphqlContext, object: ConfigObject | undefined): ConfigObject | null =>
  object && maySeeObject(context, object) ? object : null;

const values = (object: ConfigObject): Record<string, unknown> => object.values;

export const deriveModelTypes = (
  builder: Builder,
  models: readonly Model[],
  families: readonly Family[],
  users: UserTypes,
  audit: AuditTypes,
): ModelTypes => {
  const nested = new NestedTypes(builder);
  const modelRef = builder.interfaceRef<ConfigObject>('Model');
  const usageRef = builder.objectRef<Usage>('Usage');
  const usageListRef = builder.objectRef<{ readonly seen: readonly Usage[]; readonly hidden: number }>(
    'UsageList',
  );
  const secretRef = builder.objectRef<SecretRef>('StoredSecret');

  secretRef.implement({
    description: 'A secret that the vault holds. Its value is read by a command of its own.',
    fields: (t) => ({ version: t.exposeInt('version') }),
  });
  modelRef.implement({
    description: 'Anything that administrators configure.',
    resolveType: (object) => object.model.typeName,
    fields: (t) => ({
      id: t.exposeID('id'),
      model: t.string({ description: 'Name of the declared model.', resolve: (object) => object.model.name }),
      displayName: t.string({
        description: 'How the object is named to people.',
        resolve: (object) => labelOf(object),
      }),
      revision: t.exposeInt('revision'),
      createdAt: t.field({ type: 'DateTime', resolve: (object) => object.createdAt }),
      changedAt: t.field({ type: 'DateTime', resolve: (object) => object.changedAt }),
      usedBy: t.field({
        type: usageListRef,
        description: 'What refers to this object, and what its deletion would do there.',
        complexity: 10,
        resolve: (object, _args, context) => {
          const all = usagesOf(context, object);
          const seen = all.filter((usage) => maySeeObject(context, usage.object));
          return { seen, hidden: all.length - seen.length };
        },
      }),
      asOf: t.field({
        type: modelRef,
        nullable: true,
        description:
          'The object as it was at a time, or at a position of the log, and what it refers to as that was; null when it did not exist. Rights are those of now.',
        args: { at: t.arg({ type: 'DateTime' }), position: t.arg.string() },
        complexity: 20,
        resolve: async (object, args, context) => {
          const view = await context.loaders.past.at(await resolvePoint(context, args, 'at'));
          return ofPast(view.byId(object.id) ?? null, view);
        },
      }),
      history: t.field({
        type: audit.connection,
        args: { first: t.arg.int({ defaultValue: 20, required: true }), after: t.arg.string() },
        complexity: (args) => ({ field: 1, multiplier: args.first }),
        resolve: (object, args, context) =>
          listAudit(
            context,
            {
              all: [
                { field: 'target.type', is: [object.model.category] },
                { field: 'target.id', is: [object.id] },
              ],
            },
            args,
          ),
      }),
    }),
  });
  const effects = nested.enumOf('DeleteEffect', ['cascade', 'restrict', 'set_null', 'disconnect']);
  usageRef.implement({
    fields: (t) => ({
      object: t.field({ type: modelRef, resolve: (usage) => usage.object }),
      field: t.exposeString('field'),
      effect: t.field({ type: effects, resolve: (usage) => usage.effect as never }),
    }),
  });
  usageListRef.implement({
    fields: (t) => ({
      objects: t.field({ complexity: shortList, type: [usageRef], resolve: (list) => list.seen }),
      hidden: t.exposeInt('hidden', { description: 'How many more there are that the caller may not see.' }),
    }),
  });

  const familyRefs = new Map(
    families.map((family) => [family.name, builder.interfaceRef<ConfigObject>(family.typeName)]),
  );
  const modelRefs = new Map(
    models.map((model) => [model.name, builder.objectRef<ConfigObject>(model.typeName)]),
  );

  const targetRef = (target: string): any => {
    if (target === 'user') return users.user;
    return modelRefs.get(target) ?? familyRefs.get(target) ?? modelRef;
  };
  const load = (context: GraphqlContext, from: ConfigObject, target: string, id: string | null): unknown => {
    if (id === null) return null;
    if (target === 'user') return users.load(context, id);
    const past = pastViewOf(from);
    return visible(context, past ? ofPast(past.byId(id), past) : context.dependencies.ports.config.byId(id));
  };

  const fieldsOf = (t: any, name: string, spec: FieldSpec): [string, unknown][] => {
    switch (spec.kind) {
      case 'secret':
        return [
          [
            name,
            t.field({
              type: secretRef,
              nullable: true,
              resolve: (object: ConfigObject) => values(object)[name],
            }),
          ],
        ];
      case 'ref':
        return [
          [
            `${name}Id`,
            t.field({
              type: 'ID',
              nullable: spec.nullable,
              resolve: (object: ConfigObject) => values(object)[name],
            }),
          ],
          [
            name,
            t.field({
              type: targetRef(spec.target),
              nullable: true,
              resolve: (object: ConfigObject, _args: unknown, context: GraphqlContext) =>
                load(context, object, spec.target, values(object)[name] as string | null),
            }),
          ],
        ];
      case 'refs':
        return [
          [
            `${name.replace(/s$/, '')}Ids`,
            t.field({ type: ['ID'], resolve: (object: ConfigObject) => values(object)[name] }),
          ],
          [
            name,
            t.field({
              type: [targetRef(spec.target)],
              complexity: shortList,
              resolve: (object: ConfigObject, _args: unknown, context: GraphqlContext) =>
                (values(object)[name] as string[]).flatMap(
                  (id) => load(context, object, spec.target, id) ?? [],
                ),
            }),
          ],
        ];
      default:
        return [
          [
            name,
            t.field({
              type: nested.scalarOf(spec),
              nullable: spec.nullable,
              resolve: (object: ConfigObject) => values(object)[name],
            }),
          ],
        ];
    }
  };
  const allFields = (t: any, specs: Readonly<Record<string, FieldSpec>>): any =>
    Object.fromEntries(Object.entries(specs).flatMap(([name, spec]) => fieldsOf(t, name, spec)));

  for (const family of families) {
    const specs = Object.fromEntries(Object.entries(family.base).map(([name, field]) => [name, field.spec]));
    familyRefs.get(family.name)!.implement({
      interfaces: [modelRef],
      resolveType: (object: ConfigObject) => object.model.typeName,
      fields: (t: any) => ({
        kind: t.string({ resolve: (object: ConfigObject) => object.model.kind ?? '' }),
        ...allFields(t, specs),
      }),
    });
  }
  for (const model of models) {
    const base = model.family ? Object.keys(model.family.base) : [];
    const own = Object.fromEntries(Object.entries(model.specs).filter(([name]) => !base.includes(name)));
    modelRefs.get(model.name)!.implement({
      interfaces: model.family ? [modelRef, familyRefs.get(model.family.name)!] : [modelRef],
      isTypeOf: (value: unknown) => (value as ConfigObject).model.name === model.name,
      fields: (t: any) => allFields(t, own),
    });
  }
  return {
    nested,
    model: modelRef,
    ofModel: (model) => modelRefs.get(model.name),
    ofFamily: (family) => familyRefs.get(family.name),
  };
};

import type { Access } from '../../../domain/kernel/rights.js';
import {
  admits,
  labelOf,
  labelText,
  type ConfigObject,
  type ConfigView,
} from '../../../domain/kernel/config-view.js';
import { normalise } from '../../../domain/kernel/claims.js';
import type { Family, ListOptions, Fields, Model } from '../../../domain/kernel/model.js';
import { type Builder, countedElsewhere, knownId } from '../builder.js';
import { compareKeys, pageOf, pageSize, type Page } from '../connection.js';
import type { GraphqlContext } from '../context.js';
import { demands, maySeeModel, maySeeObject, sightOf } from '../guard.js';
import { ofPast } from '../time/past-views.js';
import { resolvePoint, type PointInTime, type PointType } from '../time/point-in-time.js';
import type { ModelTypes } from './model-types.js';
import { pluralField, singularField } from '../../../domain/kernel/api-names.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- types that are derived at start-up cannot be known to the compiler */

interface ListArgs {
  readonly first: number;
  readonly after?: string | null;
  readonly search?: string | null;
  readonly filter?: Readonly<Record<string, unknown>> | null;
  readonly orderBy?: { readonly field: string; readonly direction: 'asc' | 'desc' } | null;
  readonly asOf?: PointInTime | null;
}

/** A model, or a family as a whole: what one query field and one list stand for. */
interface Listed {
  readonly thing: Model | Family;
  readonly ref: any;
  readonly list: Required<ListOptions<Fields>>;
  readonly specs: Model['specs'];
  readonly access: Access;
  readonly all: (context: GraphqlContext, view: ConfigView) => readonly ConfigObject[];
}

const matchesFilter = (object: ConfigObject, filter: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(filter).every(([field, wanted]) => {
    if (wanted === null || wanted === undefined) return true;
    if (field === 'kind') return object.model.kind === wanted;
    return object.values[field] === wanted;
  });

const matchesSearch = (object: ConfigObject, fields: readonly string[], search: string): boolean =>
  fields.some((field) => normalise(labelText(object.values[field])).includes(search));

const sortValue = (object: ConfigObject, field: string): string | number | boolean | null => {
  if (field === 'createdAt') return object.createdAt.toISOString();
  if (field === 'changedAt') return object.changedAt.toISOString();
  const value = object.values[field];
  return typeof value === 'string'
    ? normalise(value)
    : typeof value === 'number' || typeof value === 'boolean'
      ? value
      : null;
};

const listObjects = (
  context: GraphqlContext,
  listed: Listed,
  args: ListArgs,
  past: ConfigView | null,
): Page<ConfigObject> => {
  const search = normalise(args.search ?? '');
  const field = args.orderBy?.field ?? listed.list.order[0] ?? 'createdAt';
  const descending = args.orderBy?.direction === 'desc';
  const keyOf = (object: ConfigObject): readonly (string | number | boolean | null)[] => [
    sortValue(object, field),
    object.id,
  ];
  const nodes = listed
    .all(context, past ?? context.dependencies.ports.config)
    .map((object) => (past ? ofPast(object, past) : object))
    .filter(
      (object) =>
        matchesFilter(object, args.filter ?? {}) &&
        (search === '' || matchesSearch(object, listed.list.search, search)),
    )
    .sort((a, b) => compareKeys(keyOf(a), keyOf(b)) * (descending ? -1 : 1));
  return pageOf(
    context,
    `${listed.thing.name} ${field} ${String(descending)} ${past ? String(past.position) : ''}`,
    nodes,
    args,
    keyOf,
    descending,
  );
};

const addListed = (builder: Builder, types: ModelTypes, point: PointType, listed: Listed): void => {
  const { thing, ref, list, specs, access } = listed;
  const isFamily = 'base' in thing;
  const connection = builder.objectRef<Page<ConfigObject>>(`${thing.typeName}Connection`).implement({
    fields: (t) => ({
      nodes: t.field({
        complexity: countedElsewhere,
        type: [ref],
        resolve: (page: Page<ConfigObject>) => page.nodes as any,
      }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
      totalCount: t.exposeInt('totalCount'),
      totalCountExact: t.exposeBoolean('totalCountExact'),
    }),
  });
  const filterFields = [...(isFamily ? ['kind'] : []), ...list.filter];
  const filter =
    filterFields.length === 0
      ? null
      : builder.inputType(`${thing.typeName}Filter`, {
          fields: (t) =>
            Object.fromEntries(
              filterFields.map((field) => [
                field,
                (t as any).field({
                  type: field === 'kind' ? 'String' : types.nested.scalarOf(specs[field]!),
                  required: false,
                }),
              ]),
            ) as any,
        });
  const order = builder.inputType(`${thing.typeName}Order`, {
    fields: (t) => ({
      field: t.field({
        type: types.nested.enumOf(`${thing.typeName}OrderField`, [...list.order, 'createdAt', 'changedAt']),
        required: true,
      }),
      direction: t.field({ type: types.nested.enumOf('SortDirection', ['asc', 'desc']), required: true }),
    }),
  });
  const single = (_root: unknown, args: { id: string }, context: GraphqlContext): ConfigObject | null => {
    const id = knownId(args.id);
    const object = id === null ? undefined : context.dependencies.ports.config.byId(id);
    return object && listed.all(context, context.dependencies.ports.config).includes(object) ? object : null;
  };
  const many = async (
    _root: unknown,
    args: ListArgs,
    context: GraphqlContext,
  ): Promise<Page<ConfigObject>> => {
    const past = args.asOf
      ? await context.loaders.past.at(await resolvePoint(context, args.asOf, 'asOf'))
      : null;
    return listObjects(context, listed, args, past);
  };
  builder.queryField(singularField(thing), (t) =>
    (t as any).field({
      type: ref,
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      ...demands(access),
      resolve: single,
    }),
  );
  builder.queryField(pluralField(thing), (t) =>
    (t as any).field({
      type: connection,
      args: {
        first: t.arg.int({ defaultValue: 20 }),
        after: t.arg.string(),
        search: t.arg.string(),
        ...(filter ? { filter: t.arg({ type: filter }) } : {}),
        orderBy: t.arg({ type: order }),
        asOf: t.arg({ type: point, description: 'The list as it was then.' }),
      },
      complexity: (args: { first: number }) => ({ field: 1, multiplier: Math.max(1, args.first / 10) }),
      ...demands(access),
      resolve: many,
    }),
  );
};

/** Whether an object may stand in a list, also in one of the past: rights are those of now. */
const mayList = (context: GraphqlContext, object: ConfigObject): boolean => {
  const now = context.dependencies.ports.config.byId(object.id);
  return maySeeObject(context, object) && (now === undefined || maySeeObject(context, now));
};

/** One query field and one list for each model without family, and for each family as a whole. */
export const deriveModelQueries = (
  builder: Builder,
  types: ModelTypes,
  models: readonly Model[],
  families: readonly Family[],
  point: PointType,
): void => {
  for (const model of models)
    if (!model.family)
      addListed(builder, types, point, {
        thing: model,
        ref: types.ofModel(model),
        list: model.list,
        specs: model.specs,
        access: sightOf(model),
        all: (context, view) => view.all(model).filter((object) => mayList(context, object)),
      });
  for (const family of families)
    addListed(builder, types, point, {
      thing: family,
      ref: types.ofFamily(family),
      list: family.list,
      specs: Object.fromEntries(Object.entries(family.base).map(([name, field]) => [name, field.spec])),
      access: { kind: 'authenticated' },
      all: (context, view) => view.family(family).filter((object) => maySeeObject(context, object)),
    });
  builder.queryField('models', (t) =>
    t.field({
      type: [types.model],
      description:
        'Objects a reference may name, whatever their kind: a model, a family, one kind, or a trait.',
      args: {
        target: t.arg.string({ required: true }),
        search: t.arg.string(),
        first: t.arg.int({ defaultValue: 50, required: true }),
      },
      complexity: 20,
      ...demands({ kind: 'authenticated' }),
      resolve: (_root, args, context) => {
        const admitted = models.filter((model) => maySeeModel(context, model) && admits(args.target, model));
        const search = normalise(args.search ?? '');
        return admitted
          .flatMap((model) => context.dependencies.ports.config.all(model) as readonly ConfigObject[])
          .filter((object) => maySeeObject(context, object))
          .filter((object) => search === '' || normalise(labelOf(object)).includes(search))
          .sort((a, b) => compareKeys([normalise(labelOf(a)), a.id], [normalise(labelOf(b)), b.id]))
          .slice(0, pageSize(args.first));
      },
    }),
  );
};

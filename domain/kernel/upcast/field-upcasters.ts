import type { Upcaster } from '../event.js';
import type { FieldSpec } from '../field.js';
import type { Model } from '../model.js';

type Values = Readonly<Record<string, unknown>>;
type Specs = Readonly<Record<string, FieldSpec>>;

/** Rows of lists are whole wherever they stand; what they lack is added in each. */
const completeRows = (specs: Specs, values: Values): Values => {
  const rows = Object.entries(specs).flatMap(([name, spec]) =>
    spec.kind === 'list' && hasAbsent(spec.fields) && Array.isArray(values[name])
      ? [[name, (values[name] as Values[]).map((row) => completeState(spec.fields, row))] as const]
      : [],
  );
  return rows.length === 0 ? values : { ...values, ...Object.fromEntries(rows) };
};

const completeState = (specs: Specs, values: Values): Values => {
  const lacking = Object.entries(specs).filter(
    ([name, spec]) => spec.absent !== undefined && !Object.hasOwn(values, name),
  );
  return {
    ...Object.fromEntries(lacking.map(([name, spec]) => [name, spec.absent])),
    ...completeRows(specs, values),
  };
};

const hasAbsent = (specs: Specs): boolean =>
  Object.values(specs).some(
    (spec) => spec.absent !== undefined || (spec.kind === 'list' && hasAbsent(spec.fields)),
  );

/** Applies a change to every set of fields that an event of a model holds: the whole state, or parts before and after. */
const onValues = (
  data: Values,
  whole: (values: Values, kind: string | null) => Values,
  part: (values: Values, kind: string | null) => Values,
): Values => {
  const { kind, set, was, ...state } = data;
  const name = (kind as string | undefined) ?? null;
  const head = kind === undefined ? {} : { kind };
  if (set !== undefined) return { ...head, set: part(set as Values, name), was: part(was as Values, name) };
  if (was !== undefined) return { ...head, was: whole(was as Values, name) };
  return { ...head, ...whole(state, name) };
};

/** How events of one model, or of the kinds of one family, are read that older declarations wrote. */
export const fieldUpcasters = (
  kinds: readonly Model[],
): { upcasters: readonly Upcaster[]; complete: Upcaster } => {
  const specs = new Map(
    kinds.filter((model) => hasAbsent(model.specs)).map((model) => [model.kind, model.specs]),
  );
  return {
    upcasters: kinds[0]!.upcasters.map((step) => (data) => onValues(data, step, step)),
    complete: (data) => {
      const of = specs.get((data['kind'] as string | undefined) ?? null);
      if (!of) return data;
      return onValues(
        data,
        (values) => completeState(of, values),
        (values) => completeRows(of, values),
      );
    },
  };
};

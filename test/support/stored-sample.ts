import type { FieldSpec } from '../../domain/kernel/field.js';
import type { Model } from '../../domain/kernel/model.js';
import { someId } from './valid-values.js';

const rowOf = (fields: Readonly<Record<string, FieldSpec>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, spec]) => [name, valueOf(spec, name)]));

const valueOf = (spec: FieldSpec, name: string): unknown => {
  switch (spec.kind) {
    case 'text':
      return name;
    case 'flag':
      return true;
    case 'number':
      return 7;
    case 'duration':
      return 'minutes=5';
    case 'choice':
      return spec.values[0];
    case 'choices':
      return [spec.values[0]];
    case 'secret':
      return { ref: 'ref', version: 7, fingerprint: 'fingerprint' };
    case 'ref':
      return someId;
    case 'refs':
      return [someId];
    case 'texts':
      return [name];
    case 'list':
      return [rowOf(spec.fields)];
    case 'json':
      return { key: 'value' };
    case 'condition':
      return { all: [] };
  }
};

/** State of an object as events of today hold it, every field filled: what a new entry of the frozen samples looks like. */
export const storedSample = (model: Model): Record<string, unknown> => rowOf(model.specs);

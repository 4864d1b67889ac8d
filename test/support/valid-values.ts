import { createSelfSigned } from '../../adapters/tls/self-signed.js';
import type { FieldSpec } from '../../domain/kernel/field.js';
import type { Model } from '../../domain/kernel/model.js';

/** A key pair, for fields that take no other text. */
const pair = await createSelfSigned({ commonName: 'test', days: 1, use: 'signing' });

/** A value for a secret field, and a part of it that nothing may show. */
export const secretValue = (model: Model, field: string): { value: string; canary: string } => {
  if (model.name === 'certificate')
    return { value: pair.privateKey, canary: pair.privateKey.split('\n')[1]! };
  const value = `canary-${model.name}-${field}`;
  return { value, canary: value };
};

export const someId = '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f';

const textOf = (spec: FieldSpec & { kind: 'text' }, seed: string): string => {
  switch (spec.format) {
    case 'http_url':
    case 'launch_url':
    case 'image':
      return `https://${seed}.example.com/`;
    case 'domain':
      return `${seed}.example.com`;
    case 'pem':
      return pair.certificate;
    default:
      return `x${seed}`.padEnd(spec.min, 'x').slice(0, spec.max);
  }
};

const valueOf = (spec: FieldSpec, seed: string, refer: (target: string) => string): unknown => {
  switch (spec.kind) {
    case 'text':
      return textOf(spec, seed);
    case 'flag':
      return false;
    case 'number':
      return spec.min;
    case 'duration':
      return 'minutes=5';
    case 'choice':
      return spec.values[0];
    case 'choices':
      return [spec.values[0]];
    case 'secret':
      return `secret-${seed}`;
    case 'ref':
      return refer(spec.target);
    case 'refs':
      return [];
    case 'texts':
      return ['one'];
    case 'list':
      return [];
    case 'json':
      return {};
    case 'condition':
      return { all: [] };
  }
};

/** Values that fit the required fields of a model; optional ones are left to their defaults. */
export const validValues = (
  model: Model,
  seed = 'a',
  refer: (target: string) => string = () => someId,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(model.specs)
      .filter(
        ([name, spec]) =>
          spec.initial === undefined && !(spec.kind === 'secret' && spec.generated) && name !== '',
      )
      .map(([name, spec]) => [name, valueOf(spec, seed, refer)]),
  );

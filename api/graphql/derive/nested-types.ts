import type { FieldSpec } from '../../../domain/kernel/field.js';
import type { Builder } from '../builder.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- types that are derived at start-up cannot be known to the compiler */

/** Makes each enum and nested type once; the same name with another shape stops the start. */
export class NestedTypes {
  readonly #builder: Builder;
  readonly #made = new Map<string, { readonly shape: string; readonly ref: any }>();

  constructor(builder: Builder) {
    this.#builder = builder;
  }

  #once(name: string, shape: string, make: () => any): any {
    const known = this.#made.get(name);
    if (known && known.shape !== shape)
      throw new Error(`the GraphQL type ${name} is declared with two shapes`);
    if (known) return known.ref;
    const ref = make();
    this.#made.set(name, { shape, ref });
    return ref;
  }

  enumOf(name: string, values: readonly string[]): any {
    return this.#once(name, values.join(), () => this.#builder.enumType(name, { values: [...values] }));
  }

  /** Output type of a list item. */
  itemOf(spec: FieldSpec & { kind: 'list' }): any {
    return this.#once(spec.typeName, JSON.stringify(spec.fields), () =>
      this.#builder.objectRef<Record<string, unknown>>(spec.typeName).implement({
        fields: (t) =>
          Object.fromEntries(
            Object.entries(spec.fields).map(([field, item]) => [
              field,
              (t as any).field({
                type: this.scalarOf(item),
                nullable: item.nullable,
                resolve: (parent: Record<string, unknown>) => parent[field],
              }),
            ]),
          ) as any,
      }),
    );
  }

  /** Input type of a list item. */
  itemInputOf(spec: FieldSpec & { kind: 'list' }): any {
    return this.#once(`${spec.typeName}Input`, JSON.stringify(spec.fields), () =>
      this.#builder.inputType(`${spec.typeName}Input`, {
        fields: (t) =>
          Object.fromEntries(
            Object.entries(spec.fields).map(([field, item]) => [
              field,
              (t as any).field({ type: this.scalarOf(item), required: item.initial === undefined }),
            ]),
          ) as any,
      }),
    );
  }

  /** Type of a value that stands alone: scalars, enums, lists of them. Secrets go in as text. */
  scalarOf(spec: FieldSpec): any {
    switch (spec.kind) {
      case 'text':
      case 'duration':
      case 'secret':
        return 'String';
      case 'flag':
        return 'Boolean';
      case 'number':
        return 'Int';
      case 'choice':
        return this.enumOf(spec.typeName, spec.values);
      case 'choices':
        return [this.enumOf(spec.typeName, spec.values)];
      case 'texts':
        return ['String'];
      case 'ref':
        return 'ID';
      case 'refs':
        return ['ID'];
      case 'json':
      case 'condition':
        return 'JSON';
      case 'list':
        return [this.itemOf(spec)];
    }
  }

  inputOf(spec: FieldSpec): any {
    return spec.kind === 'list' ? [this.itemInputOf(spec)] : this.scalarOf(spec);
  }
}

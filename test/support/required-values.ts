import type { Model } from '../../domain/kernel/model.js';
import type { Client } from './client.js';
import { secretValue } from './valid-values.js';

/** Objects that values may refer to although they are no models. */
export interface Furniture {
  readonly groupId: string;
  readonly userId: string;
}

export const findFurniture = async (client: Client): Promise<Furniture> => {
  const { groups, me } = await client.admin('{ groups { nodes { id } } me { user { id } } }');
  return { groupId: groups.nodes[0].id as string, userId: me.user.id as string };
};

const ofRules = (model: Model, key: string, { groupId, userId }: Furniture): Record<string, unknown> => {
  switch (model.name) {
    case 'policy_binding':
      return { group: groupId };
    case 'prompt':
      return { fieldKey: key };
    case 'saved_search':
      return { owner: userId };
    case 'sink.kafka':
      return { brokers: ['broker.example:9092'] };
    case 'ssf_stream':
      return { issuer: 'https://id.example.com/' };
    default:
      return {};
  }
};

/** What a model demands beyond the declaration of its single fields. `key` is told apart from those of other objects. */
export const requiredValues = (model: Model, key: string, furniture: Furniture): Record<string, unknown> => {
  const secrets = model.required.filter((field) => model.specs[field]?.kind === 'secret');
  return {
    ...Object.fromEntries(secrets.map((field) => [field, secretValue(model, field).value])),
    ...ofRules(model, key, furniture),
  };
};

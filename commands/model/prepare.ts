import { group } from '../../domain/directory/group/model.js';
import type { Fields, Model, StateOf } from '../../domain/kernel/model.js';
import type { GuardDeletion, Prepare } from './preparation.js';
import { guardGroupDeletion, prepareGroup } from './prepare-group.js';

const entry = <F extends Fields>(model: Model<F>, prepare: Prepare<StateOf<F>>): [string, Prepare] => [
  model.name,
  prepare as unknown as Prepare,
];

/** Models whose writes need more than their declaration says. */
export const preparations: ReadonlyMap<string, Prepare> = new Map([entry(group, prepareGroup)]);

export const deletionGuards: ReadonlyMap<string, GuardDeletion> = new Map([[group.name, guardGroupDeletion]]);

import { flag, maybeRef, number, ref } from '../../kernel/field.js';
import { defineModel } from '../../kernel/model.js';

/** Binds a policy, a group or a user to something that it guards. */
export const policyBinding = defineModel('policy_binding', {
  fields: {
    target: ref('trait:bindable', { onDelete: 'cascade', immutable: true }),
    policy: maybeRef('policy', { onDelete: 'cascade' }),
    group: maybeRef('group', { onDelete: 'cascade' }),
    user: maybeRef('user', { onDelete: 'cascade' }),
    order: number({ max: 100_000, default: 0 }),
    enabled: flag({ default: true }),
    negate: flag({ default: false }),
    failureResult: flag({ default: false }),
  },
  label: 'order',
  unique: [{ fields: ['target', 'policy', 'order'] }],
  rules: [
    {
      fields: ['policy', 'group', 'user'],
      code: 'EXACTLY_ONE',
      message: 'Set exactly one of policy, group and user.',
      holds: (state) =>
        [state.policy, state.group, state.user].filter((value) => value !== null).length === 1,
    },
  ],
  list: {
    columns: ['order', 'policy', 'group', 'user', 'enabled'],
    filter: ['target', 'enabled'],
    search: [],
    order: ['order'],
  },
});

import { choices, flag, maybeRef } from '../../kernel/field.js';
import { stage } from '../family.js';

export const userFields = ['username', 'email', 'upn'] as const;
export type UserField = (typeof userFields)[number];

/** Asks who somebody is. */
export const identificationStage = stage.kind('identification', {
  fields: {
    userFields: choices('UserField', userFields, { default: ['username', 'email'] }),
    passwordStage: maybeRef('stage.password'),
    caseInsensitiveMatching: flag({ default: true }),
    showMatchedUser: flag({ default: true }),
    pretendUserExists: flag({ default: true }),
    enrollmentFlow: maybeRef('flow'),
    recoveryFlow: maybeRef('flow'),
  },
  rules: [
    {
      fields: ['userFields'],
      code: 'AT_LEAST_ONE',
      message: 'Choose at least one field by which people are identified.',
      holds: (state) => state.userFields.length > 0,
    },
  ],
  form: [
    { title: 'main', open: true, fields: ['name', 'userFields', 'passwordStage'] },
    {
      title: 'behaviour',
      open: true,
      fields: ['caseInsensitiveMatching', 'pretendUserExists', 'showMatchedUser'],
    },
    { title: 'flows', fields: ['enrollmentFlow', 'recoveryFlow'] },
  ],
});

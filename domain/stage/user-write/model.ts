import { choice, flag, maybeRef, text } from '../../kernel/field.js';
import { stage } from '../family.js';

/** Writes what the flow collected to an existing or a new user. */
export const userWriteStage = stage.kind('user_write', {
  fields: {
    userCreationMode: choice('UserCreationMode', ['never_create', 'create_when_required', 'always_create'], {
      default: 'create_when_required',
    }),
    createUsersAsInactive: flag({ default: false }),
    createUsersGroup: maybeRef('group'),
    userType: choice('NewUserType', ['internal', 'external', 'service_account'], { default: 'external' }),
    userPath: text({ default: 'users' }),
  },
  when: {
    createUsersAsInactive: { userCreationMode: ['create_when_required', 'always_create'] },
    createUsersGroup: { userCreationMode: ['create_when_required', 'always_create'] },
    userType: { userCreationMode: ['create_when_required', 'always_create'] },
    userPath: { userCreationMode: ['create_when_required', 'always_create'] },
  },
});

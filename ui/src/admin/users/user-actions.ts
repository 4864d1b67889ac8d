import Eraser from '@lucide/svelte/icons/eraser';
import KeyRound from '@lucide/svelte/icons/key-round';
import Scale from '@lucide/svelte/icons/scale';
import UserCheck from '@lucide/svelte/icons/user-check';
import UserCog from '@lucide/svelte/icons/user-cog';
import UserX from '@lucide/svelte/icons/user-x';
import { setActive } from '../../client/people.js';
import { confirmation } from '../../design/overlay/confirmation.svelte.js';
import type { MenuItem } from '../../design/overlay/Menu.svelte';
import { toasts } from '../../design/overlay/toasts.svelte.js';
import { problemText } from '../../messages/problem.js';
import { t } from '../../messages/t.js';
import type { ModelObject } from '../model/objects.js';
import { erasureDialog } from '../privacy/erasure-dialog.svelte.js';
import { holdDialog } from '../privacy/hold-dialog.svelte.js';
import { impersonationDialog } from './impersonation-dialog.svelte.js';
import { passwordDialog } from './password-dialog.svelte.js';

const toggle = async (user: ModelObject, isActive: boolean, onchanged: () => void): Promise<void> => {
  const agreed =
    isActive ||
    (await confirmation.ask({
      title: t('user.deactivate.title', { name: user.displayName }),
      text: t('user.deactivate.text'),
      action: t('user.deactivate'),
      danger: true,
    }));
  if (!agreed) return;
  try {
    await setActive(user.id, isActive);
    toasts.success(t(isActive ? 'user.activated' : 'user.deactivated', { name: user.displayName }));
    onchanged();
  } catch (error) {
    toasts.error(problemText(error));
  }
};

/** What can be done to a user beside editing. */
export const userActions = (user: ModelObject, onchanged: () => void): readonly MenuItem[] => {
  const isActive = user['isActive'] === true;
  return [
    ...(user['canImpersonate'] === true
      ? [
          {
            key: 'impersonate',
            label: t('impersonate'),
            icon: UserCog,
            onselect: () => impersonationDialog.show(user),
          },
        ]
      : []),
    {
      key: 'password',
      label: t('password.set'),
      icon: KeyRound,
      onselect: () => passwordDialog.show(user, onchanged),
    },
    {
      key: 'active',
      label: t(isActive ? 'user.deactivate' : 'user.activate'),
      icon: isActive ? UserX : UserCheck,
      onselect: () => void toggle(user, !isActive, onchanged),
    },
    ...(user['canHold'] === true
      ? [
          {
            key: 'hold',
            label: t('hold.place'),
            icon: Scale,
            onselect: () => holdDialog.show(user, null, onchanged),
          },
        ]
      : []),
    ...(user['canErase'] === true
      ? [
          {
            key: 'erase',
            label: t('erase'),
            icon: Eraser,
            danger: true,
            onselect: () => erasureDialog.show(user, onchanged),
          },
        ]
      : []),
  ];
};

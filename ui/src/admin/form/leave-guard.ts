import { router } from '../../client/router.svelte.js';
import { confirmation } from '../../design/overlay/confirmation.svelte.js';
import { t } from '../../messages/t.js';

/** Asks before a page with unsaved changes is left, until the returned function is called. */
export const guardLeaving = (): (() => void) =>
  router.block(() =>
    confirmation.ask({
      title: t('leave.title'),
      text: t('leave.text'),
      action: t('leave.action'),
      danger: true,
    }),
  );

import { changeAt, restoreEntity, revertEvent } from '../../client/history.js';
import { newestPosition } from '../../client/position.js';
import { toasts, type ToastAction } from '../../design/overlay/toasts.svelte.js';
import { problemText } from '../../messages/problem.js';
import { t } from '../../messages/t.js';

const undoing = (work: () => Promise<void>, done: () => void): ToastAction => ({
  label: t('undo'),
  run: async () => {
    try {
      await work();
      toasts.success(t('undo.done'));
      done();
    } catch (error) {
      toasts.error(problemText(error));
    }
  },
});

/** Takes the change back that this tab has just saved. To be made right after saving. */
export const undoOfEdit = (category: string, id: string, done: () => void): ToastAction | null => {
  const position = newestPosition();
  if (position === null) return null;
  return undoing(async () => {
    const entry = await changeAt(category, id, position);
    if (entry === null) throw new Error('the change is not in the log yet');
    await revertEvent(entry);
  }, done);
};

/** Brings objects back that were just deleted. */
export const undoOfDeletion = (
  objects: readonly { readonly category: string; readonly id: string }[],
  done: () => void,
): ToastAction =>
  undoing(async () => {
    // The last first: what went because of another may depend on it.
    for (const { category, id } of objects.toReversed()) await restoreEntity(category, id);
  }, done);

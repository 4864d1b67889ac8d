import { ApiError } from '../../client/api-error.js';
import { setPassword } from '../../client/people.js';
import { toasts } from '../../design/overlay/toasts.svelte.js';
import { problemText } from '../../messages/problem.js';
import { t } from '../../messages/t.js';
import type { ModelObject } from '../model/objects.js';

/** The dialog that sets somebody's password. One for all pages, since menus open it. */
class PasswordDialog {
  user = $state.raw<ModelObject | null>(null);
  problem = $state<string | null>(null);
  busy = $state(false);
  #onchanged: () => void = () => undefined;

  show(user: ModelObject, onchanged: () => void): void {
    this.user = user;
    this.problem = null;
    this.#onchanged = onchanged;
  }

  close(): void {
    this.user = null;
  }

  async save(password: string, repeated: string): Promise<void> {
    if (!this.user || this.busy) return;
    if (password !== repeated) {
      this.problem = t('password.differ');
      return;
    }
    this.busy = true;
    try {
      await setPassword(this.user.id, password);
      toasts.success(t('password.done', { name: this.user.displayName }));
      this.close();
      this.#onchanged();
    } catch (error) {
      this.problem = (error instanceof ApiError ? error.fields[0]?.message : undefined) ?? problemText(error);
    }
    this.busy = false;
  }
}

export const passwordDialog = new PasswordDialog();

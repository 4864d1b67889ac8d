import { ApiError } from '../../client/api-error.js';
import { startImpersonation } from '../../client/people.js';
import { problemText } from '../../messages/problem.js';
import { t } from '../../messages/t.js';
import type { ModelObject } from '../model/objects.js';

/** The dialog that asks why somebody wants to act as somebody else. One for all pages, since menus open it. */
class ImpersonationDialog {
  user = $state.raw<ModelObject | null>(null);
  /** What is wrong with the reason. */
  wrong = $state<string | null>(null);
  problem = $state<string | null>(null);
  /** The login is too long ago for this. */
  stale = $state(false);
  busy = $state(false);

  show(user: ModelObject): void {
    this.user = user;
    this.wrong = null;
    this.problem = null;
    this.stale = false;
  }

  close(): void {
    this.user = null;
  }

  async start(reason: string): Promise<void> {
    if (!this.user || this.busy) return;
    this.wrong = reason.trim() === '' ? t('problem.required') : null;
    if (this.wrong !== null) return;
    this.busy = true;
    this.problem = null;
    try {
      await startImpersonation(this.user.id, reason.trim());
      location.assign('/if/user/');
    } catch (error) {
      this.stale = error instanceof ApiError && error.code === 'STALE_AUTHENTICATION';
      this.problem = this.stale ? null : problemText(error);
      this.busy = false;
    }
  }
}

export const impersonationDialog = new ImpersonationDialog();

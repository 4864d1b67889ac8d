import { startImpersonation } from '../../client/people.js';
import { t } from '../../messages/t.js';
import type { ModelObject } from '../model/objects.js';
import { SensitiveWork } from './sensitive-work.svelte.js';

/** The dialog that asks why somebody wants to act as somebody else. One for all pages, since menus open it. */
class ImpersonationDialog {
  readonly work = new SensitiveWork();
  user = $state.raw<ModelObject | null>(null);
  reason = $state('');
  /** What is wrong with the reason. */
  wrong = $state<string | null>(null);

  show(user: ModelObject): void {
    this.user = user;
    this.reason = '';
    this.wrong = null;
    this.work.reset();
  }

  close(): void {
    this.user = null;
  }

  async start(): Promise<void> {
    const { user } = this;
    if (!user) return;
    const reason = this.reason.trim();
    this.wrong = reason === '' ? t('problem.required') : null;
    if (this.wrong !== null) return;
    await this.work.run(async () => {
      await startImpersonation(user.id, reason);
      location.assign('/if/user/');
    });
  }
}

export const impersonationDialog = new ImpersonationDialog();

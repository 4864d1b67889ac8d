import { placeLegalHold, releaseLegalHold } from '../../client/privacy.js';
import { toasts } from '../../design/overlay/toasts.svelte.js';
import { t } from '../../messages/t.js';
import type { ModelObject } from '../model/objects.js';
import { SensitiveWork } from '../users/sensitive-work.svelte.js';
import type { LegalHold } from './legal-holds.js';

interface Wrong {
  readonly matter?: string;
  readonly reason?: string;
}

/** The dialog that places a legal hold, or releases one. One for all pages, since menus open it. */
class HoldDialog {
  readonly work = new SensitiveWork();
  user = $state.raw<ModelObject | null>(null);
  /** The hold that is to be released; null when one is to be placed. */
  hold = $state.raw<LegalHold | null>(null);
  matter = $state('');
  reason = $state('');
  wrong = $state.raw<Wrong>({});
  #onchanged: () => void = () => undefined;

  show(user: ModelObject, hold: LegalHold | null, onchanged: () => void): void {
    this.user = user;
    this.hold = hold;
    this.matter = '';
    this.reason = '';
    this.wrong = {};
    this.work.reset();
    this.#onchanged = onchanged;
  }

  close(): void {
    this.user = null;
  }

  async submit(): Promise<void> {
    const { user, hold } = this;
    if (!user) return;
    const matter = this.matter.trim();
    const reason = this.reason.trim();
    this.wrong = {
      ...(hold === null && matter === '' ? { matter: t('problem.required') } : {}),
      ...(reason === '' ? { reason: t('problem.required') } : {}),
    };
    if (Object.keys(this.wrong).length > 0) return;
    await this.work.run(async () => {
      if (hold === null) await placeLegalHold(user.id, matter, reason);
      else await releaseLegalHold(user.id, hold.id, reason);
      toasts.success(t(hold === null ? 'hold.placed' : 'hold.released', { matter: hold?.matter ?? matter }));
      this.close();
      this.#onchanged();
    });
  }
}

export const holdDialog = new HoldDialog();

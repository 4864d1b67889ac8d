import { eraseSubject, type ErasureOrder, type ErasureReport } from '../../client/privacy.js';
import { router } from '../../client/router.svelte.js';
import { t } from '../../messages/t.js';
import type { ModelObject } from '../model/objects.js';
import { SensitiveWork } from '../users/sensitive-work.svelte.js';

type Basis = ErasureOrder['legalBasis'];
type Requester = NonNullable<ErasureOrder['requestedBy']>;

export const bases: readonly Basis[] = [
  'consent_withdrawn',
  'no_longer_needed',
  'objection',
  'unlawful_processing',
  'legal_obligation',
  'retention_ended',
];
export const requesters: readonly Requester[] = ['subject', 'controller', 'authority', 'retention'];

interface Wrong {
  readonly basis?: string;
  readonly reason?: string;
  readonly username?: string;
}

/** The dialog that erases somebody, and then tells what was destroyed. One for all pages, since menus open it. */
class ErasureDialog {
  readonly work = new SensitiveWork();
  user = $state.raw<ModelObject | null>(null);
  report = $state.raw<ErasureReport | null>(null);
  basis = $state<Basis | ''>('');
  requester = $state<Requester>('subject');
  reason = $state('');
  username = $state('');
  wrong = $state.raw<Wrong>({});
  #onchanged: () => void = () => undefined;

  show(user: ModelObject, onchanged: () => void): void {
    this.user = user;
    this.report = null;
    this.basis = '';
    this.requester = 'subject';
    this.reason = '';
    this.username = '';
    this.wrong = {};
    this.work.reset();
    this.#onchanged = onchanged;
  }

  /** The page of somebody who is gone shows nothing; a list is read again. */
  close(): void {
    const { user, report } = this;
    this.user = null;
    if (!user || !report) return;
    if (router.path.endsWith(`/${user.id}`)) void router.go(router.path.slice(0, -user.id.length - 1));
    else this.#onchanged();
  }

  async erase(): Promise<void> {
    const { user, basis, requester } = this;
    if (!user || this.report) return;
    const reason = this.reason.trim();
    this.wrong = {
      ...(basis === '' ? { basis: t('problem.required') } : {}),
      ...(reason === '' ? { reason: t('problem.required') } : {}),
      ...(this.username.trim() === user.displayName ? {} : { username: t('erase.username.wrong') }),
    };
    if (basis === '' || Object.keys(this.wrong).length > 0) return;
    this.report = await this.work.run(() =>
      eraseSubject({ userId: user.id, legalBasis: basis, requestedBy: requester, reason }),
    );
  }
}

export const erasureDialog = new ErasureDialog();

import { live } from '../client/live.svelte.js';
import {
  countUnseen,
  followNotifications,
  loadNotifications,
  markSeen,
  markUnseen,
  mostUnmarked,
  type Notification,
} from '../client/notifications.js';
import { toasts } from '../design/overlay/toasts.svelte.js';
import { problemText } from '../messages/problem.js';
import { t } from '../messages/t.js';

/** Notifications of whoever is signed in: how many are unseen, always; which, once somebody has looked. */
export class Inbox {
  #cursor: string | null = null;
  #opened = false;
  unseen = $state(0);
  list = $state.raw<readonly Notification[]>([]);
  hasMore = $state(false);
  loading = $state(false);
  error = $state.raw<unknown>(null);

  /** Counts, and follows what arrives until the returned function is called. */
  start(): () => void {
    const count = async (): Promise<void> => {
      this.unseen = await countUnseen().catch(() => this.unseen);
    };
    void count();
    const unfollow = followNotifications((notification) => this.#receive(notification));
    const forget = live.onResumed(() => void (this.#opened ? this.open() : count()));
    return () => {
      unfollow();
      forget();
    };
  }

  /** Reads the newest ones. */
  async open(): Promise<void> {
    this.#opened = true;
    this.#cursor = null;
    await this.#read([]);
  }

  async more(): Promise<void> {
    await this.#read(this.list);
  }

  /** Marks some as seen. */
  async see(ids: readonly string[]): Promise<void> {
    await this.#mark(ids);
  }

  /** Marks all as seen, and offers to take that back. */
  async seeAll(): Promise<void> {
    const marked = await this.#mark(null);
    if (marked.length === 0) return;
    const text = t('notifications.seen_all', { count: marked.length });
    const undo = { label: t('undo'), run: () => this.#unsee(marked) };
    toasts.success(text, marked.length > mostUnmarked ? null : undo);
  }

  async #mark(ids: readonly string[] | null): Promise<readonly string[]> {
    const seenAt = new Date().toISOString();
    try {
      const marked = new Set(await markSeen(ids));
      this.unseen = ids === null ? 0 : Math.max(0, this.unseen - marked.size);
      this.list = this.list.map((item) => (marked.has(item.id) ? { ...item, seenAt } : item));
      return [...marked];
    } catch (error) {
      toasts.error(problemText(error));
      return [];
    }
  }

  async #unsee(ids: readonly string[]): Promise<void> {
    try {
      await markUnseen(ids);
      await this.open();
    } catch (error) {
      toasts.error(problemText(error));
    }
  }

  async #read(before: readonly Notification[]): Promise<void> {
    this.loading = true;
    this.error = null;
    try {
      const { notifications, unseenNotificationCount } = await loadNotifications(this.#cursor);
      const known = new Set(before.map(({ id }) => id));
      this.list = [...before, ...notifications.nodes.filter(({ id }) => !known.has(id))];
      this.#cursor = notifications.endCursor;
      this.hasMore = notifications.hasNextPage;
      this.unseen = unseenNotificationCount;
    } catch (error) {
      this.error = error;
    }
    this.loading = false;
  }

  #receive(notification: Notification): void {
    if (this.list.some(({ id }) => id === notification.id)) return;
    this.unseen += 1;
    if (this.#opened) this.list = [notification, ...this.list];
  }
}

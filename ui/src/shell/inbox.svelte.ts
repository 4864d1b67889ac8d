import { live } from '../client/live.svelte.js';
import {
  countUnseen,
  followNotifications,
  loadNotifications,
  markSeen,
  type Notification,
} from '../client/notifications.js';
import { toasts } from '../design/overlay/toasts.svelte.js';
import { problemText } from '../messages/problem.js';

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

  /** Marks some as seen, or all. */
  async see(ids: readonly string[] | null): Promise<void> {
    const seenAt = new Date().toISOString();
    const isMeant = ({ id, seenAt: before }: Notification): boolean =>
      before === null && (ids === null || ids.includes(id));
    try {
      await markSeen(ids);
      this.unseen = ids === null ? 0 : Math.max(0, this.unseen - this.list.filter(isMeant).length);
      this.list = this.list.map((item) => (isMeant(item) ? { ...item, seenAt } : item));
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

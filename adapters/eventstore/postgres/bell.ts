import type { Notifications } from '../../postgres/notifications.js';

export const logChannel = 'muniment_log';
const pollMs = 5000;

/** Tells when there is something beyond a position: as soon as it is announced, and every five seconds in case that was lost. */
export class Bell {
  readonly #notifications: Notifications;
  #announced = 0n;
  /** A connection was made anew: what was announced meanwhile is unknown. */
  #unsure = false;
  #wake: () => void = () => undefined;
  readonly #listen = (position?: string): void => {
    if (position === undefined) this.#unsure = true;
    else if (BigInt(position) > this.#announced) this.#announced = BigInt(position);
    else return;
    this.#wake();
  };

  constructor(notifications: Notifications) {
    this.#notifications = notifications;
    notifications.on(logChannel, this.#listen);
  }

  /** To be called before a read, which sees all that was announced so far. */
  heard(): void {
    this.#unsure = false;
  }

  /** What was announced so far no longer rings: the next announcement, connection or poll does. */
  forget(): void {
    this.#announced = 0n;
    this.#unsure = false;
  }

  /** Waits for something beyond a position. */
  async rings(after: bigint, signal: AbortSignal): Promise<void> {
    if (this.#unsure || this.#announced > after || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const stop = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(stop, pollMs);
      this.#wake = () => {
        if (this.#unsure || this.#announced > after) stop();
      };
      signal.addEventListener('abort', stop);
    });
  }

  close(): void {
    this.#notifications.off(logChannel, this.#listen);
  }
}

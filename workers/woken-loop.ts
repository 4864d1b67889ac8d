const retryMs = [100, 500, 1000, 2000, 5000];

export interface WokenLoop {
  readonly wake: () => void;
  /** Lets a running round end and starts no other. */
  readonly stop: () => Promise<void>;
}

/**
 * Does a piece of work when it is woken, one round at a time; a call that comes meanwhile makes one more round. The
 * work may ask to be called again after some milliseconds. What fails is tried again after growing pauses.
 */
export const startWokenLoop = (
  work: () => Promise<number | null>,
  onFailure: (error: unknown) => void,
): WokenLoop => {
  let stopped = false;
  let again = false;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  const round = async (): Promise<number | null> => {
    try {
      const inMs = await work();
      failures = 0;
      return inMs;
    } catch (error) {
      if (!stopped) onFailure(error);
      return retryMs[Math.min(failures++, retryMs.length - 1)]!;
    }
  };
  const run = async (): Promise<void> => {
    let inMs: number | null;
    do {
      again = false;
      inMs = await round();
    } while (wanted());
    running = null;
    if (inMs !== null && !stopped) timer = setTimeout(wake, inMs);
  };
  const wanted = (): boolean => again && !stopped;
  const wake = (): void => {
    again = true;
    if (running || stopped) return;
    clearTimeout(timer);
    running = run();
  };
  wake();
  return {
    wake,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
};

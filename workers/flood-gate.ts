import type { FloodGate, StrangerFact } from '../commands/flood-gate.js';
import type { Clock } from '../commands/ports.js';

const windowMs = 60_000;
const admittedPerWindow = 5;
const budgetPerSecond = 50;

/** How often something of one kind happened about one account without being recorded by itself. */
export interface FoldedFact {
  readonly kind: StrangerFact;
  readonly account: string;
  readonly count: number;
}

/** Facts that were not admitted one by one. */
export interface FoldedFacts {
  /** Takes what has gathered in windows that are over. */
  readonly take: () => readonly FoldedFact[];
}

interface Window {
  readonly kind: StrangerFact;
  readonly account: string;
  readonly endsAt: number;
  seen: number;
  folded: number;
}

/** Admits the first five facts per kind, account, address and minute, fifty a second in all; the rest is counted. */
export const createFloodGate = (clock: Clock): { readonly gate: FloodGate; readonly counts: FoldedFacts } => {
  const windows = new Map<string, Window>();
  let second = 0;
  let admittedThisSecond = 0;
  const withinBudget = (now: number): boolean => {
    const current = Math.floor(now / 1000);
    if (current !== second) [second, admittedThisSecond] = [current, 0];
    admittedThisSecond += 1;
    return admittedThisSecond <= budgetPerSecond;
  };
  return {
    gate: {
      admit: (kind, account, ip) => {
        const now = clock.now().getTime();
        const key = `${kind} ${account} ${ip} ${String(Math.floor(now / windowMs))}`;
        const window = windows.get(key) ?? { kind, account, endsAt: now + windowMs, seen: 0, folded: 0 };
        windows.set(key, window);
        window.seen += 1;
        if (window.seen <= admittedPerWindow && withinBudget(now)) return true;
        window.folded += 1;
        return false;
      },
    },
    counts: {
      take: () => {
        const now = clock.now().getTime();
        const over = [...windows].filter(([, window]) => window.endsAt <= now);
        for (const [key] of over) windows.delete(key);
        return over
          .filter(([, window]) => window.folded > 0)
          .map(([, { kind, account, folded }]) => ({ kind, account, count: folded }));
      },
    },
  };
};

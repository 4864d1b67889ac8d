import type { FloodGate, StrangerFact } from '../commands/flood-gate.js';
import type { Clock } from '../commands/ports.js';

const windowMs = 60_000;
const admittedPerWindow = 5;
const budgetPerSecond = 50;

/** How often something of one kind happened without being recorded by itself. */
export interface FoldedFact {
  readonly kind: StrangerFact;
  /** Null for what came when the budget of all accounts was spent. */
  readonly account: string | null;
  readonly count: number;
}

/** Facts that were not admitted one by one. */
export interface FoldedFacts {
  /** Takes what has gathered in windows that are over. */
  readonly take: () => readonly FoldedFact[];
}

interface Window {
  readonly kind: StrangerFact;
  readonly account: string | null;
  readonly endsAt: number;
  admitted: number;
  folded: number;
}

/**
 * Admits the first five facts per kind, account, address and minute, fifty a second in all; the rest is counted. Only
 * what was admitted opens a window for its account: what is remembered, and recorded later, is bounded by the budget.
 */
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
  const windowOf = (key: string, kind: StrangerFact, account: string | null, now: number): Window => {
    const window = windows.get(key) ?? { kind, account, endsAt: now + windowMs, admitted: 0, folded: 0 };
    windows.set(key, window);
    return window;
  };
  return {
    gate: {
      admit: (kind, account, ip) => {
        const now = clock.now().getTime();
        const minute = String(Math.floor(now / windowMs));
        const key = `${kind} ${minute} ${account} ${ip}`;
        const known = windows.get(key);
        if ((known?.admitted ?? 0) < admittedPerWindow && withinBudget(now)) {
          windowOf(key, kind, account, now).admitted += 1;
          return true;
        }
        (known ?? windowOf(`${kind} ${minute}`, kind, null, now)).folded += 1;
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

/** Whether something that the product needs answers, and how fast. */
export interface DependencyHealth {
  readonly status: 'ok' | 'unavailable';
  readonly latencyMs: number | null;
}

/** How a process and all it depends on stand. What cannot be known for want of a dependency is null. */
export interface HealthDetail {
  readonly status: 'ready' | 'unavailable';
  readonly problem: string | null;
  readonly position: string;
  readonly dependencies: {
    readonly eventStore: DependencyHealth;
    readonly postgres: DependencyHealth;
    /** Null when the site has no Redis. */
    readonly redis: DependencyHealth | null;
  };
  readonly readModels:
    | readonly {
        readonly group: string;
        readonly position: string;
        readonly lagEvents: number;
        readonly lagSeconds: number;
        readonly halted: boolean;
      }[]
    | null;
  readonly outbox: { readonly pending: number; readonly parked: number } | null;
  readonly poolWaiting: { readonly requests: number; readonly background: number };
}

export const actorTypes = ['user', 'anonymous', 'client', 'system', 'cli'] as const;

/**
 * Who caused an event. `anonymous` is a visitor who has not signed in; `system` is the product itself (`id` names
 * the job); `cli` is a person at the shell of the machine.
 */
export interface Actor {
  readonly type: (typeof actorTypes)[number];
  readonly id: string;
  /** Name for people. Personal data: sealed when stored. */
  readonly label: string | null;
}

/** An actor for work that the product does by itself. */
export const systemActor = (job: string): Actor => ({ type: 'system', id: job, label: null });

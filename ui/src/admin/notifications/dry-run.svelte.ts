import { testRule, type RuleDraft, type RuleTest } from '../../client/notification-rules.js';
import type { Values } from '../form/values.js';

const pauseMs = 600;

/** The part of a rule's form that decides when it speaks. */
export const draftOf = (values: Values): RuleDraft => ({
  when: values['when'],
  trigger: values['trigger'] as string,
  threshold: values['threshold'] as number | null,
  window: values['window'] as string,
  groupBy: [...((values['groupBy'] as readonly string[] | undefined) ?? [])],
  suppressFor: values['suppressFor'] as string | null,
  digestEvery: values['digestEvery'] as string | null,
});

/** What the rule in a form would have said, asked anew when somebody has stopped typing. */
export class DryRun {
  #asked = 0;
  result = $state.raw<RuleTest | null>(null);
  error = $state.raw<unknown>(null);
  busy = $state(false);

  /** Asks after a pause. Returns how to call it off. */
  ask(draft: RuleDraft): () => void {
    this.busy = true;
    const timer = setTimeout(() => void this.#run(draft), pauseMs);
    return () => clearTimeout(timer);
  }

  async #run(draft: RuleDraft): Promise<void> {
    const asked = (this.#asked += 1);
    try {
      const result = await testRule(draft);
      if (asked !== this.#asked) return;
      this.result = result;
      this.error = null;
    } catch (error) {
      if (asked === this.#asked) this.error = error;
    }
    if (asked === this.#asked) this.busy = false;
  }
}

import { loadBrand, type Brand } from '../client/brand.js';
import type { ChallengeBase, RedirectChallenge } from './challenge.js';
import { answerChallenge, loadChallenge, type Outcome, type Problem, type Run } from './executor.js';
import { leadsOutside, mayFollow } from './redirect.js';

/**
 * One run of a flow in this tab. Its id lives in the history entry, so that a reload goes on where it stood. A run that the
 * server began, such as an authorization, comes with its id in the address.
 */
export class FlowRun {
  readonly #slug: string;
  readonly #query: string;
  challenge = $state.raw<ChallengeBase | null>(null);
  problem = $state.raw<Problem | null>(null);
  brand = $state.raw<Brand | null>(null);
  busy = $state(true);
  /** Grows with each new question, not with a repeated one: what was typed stays beside its complaint. */
  question = $state(0);

  constructor(slug: string, query: string) {
    this.#slug = slug;
    this.#query = query;
  }

  get #run(): Run {
    const state = history.state as { execution?: string } | null;
    const begun = new URLSearchParams(this.#query).get('execution');
    return { slug: this.#slug, query: this.#query, execution: state?.execution ?? begun };
  }

  async load(): Promise<void> {
    this.busy = true;
    const [brand, outcome] = await Promise.all([this.brand ?? loadBrand(), loadChallenge(this.#run)]);
    this.brand = brand;
    this.#apply(outcome);
  }

  async answer(values: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.busy || !this.challenge) return;
    this.busy = true;
    const { component, flow_info } = this.challenge;
    this.#apply(await answerChallenge(this.#run, flow_info.step, { component, ...values }));
  }

  #apply(outcome: Outcome): void {
    if ('problem' in outcome) {
      this.problem = outcome.problem;
      this.busy = false;
      return;
    }
    const { challenge } = outcome;
    this.problem = null;
    if (!challenge.response_errors) this.question += 1;
    this.challenge = challenge;
    history.replaceState({ execution: challenge.flow_info.execution }, '');
    const target = challenge.component === 'xak-flow-redirect' ? (challenge as RedirectChallenge).to : null;
    if (target !== null && mayFollow(target)) location.assign(target);
    this.busy = target !== null && mayFollow(target) && !leadsOutside(target);
  }
}

import { ApiError } from '../../client/api-error.js';
import { createWithProvider, type GuideFlows } from '../../client/application-guide.js';
import { problemText } from '../../messages/problem.js';
import { t } from '../../messages/t.js';
import { problemAt, problemsOf, type Problems } from '../form/problems.js';
import { slugOf } from '../form/values.js';
import { modelNamed } from '../model/listing.js';

interface Answers {
  readonly name: string;
  readonly slug: string;
  readonly launchUrl: string;
  /** One address a line. */
  readonly redirects: string;
  readonly isPublic: boolean;
  readonly authorizationFlow: string | null;
}

const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The few questions behind an application that people sign in to, and what came of them. */
export class Guide {
  answers = $state.raw<Answers>({
    name: '',
    slug: '',
    launchUrl: '',
    redirects: '',
    isPublic: false,
    authorizationFlow: null,
  });
  problems = $state.raw<Problems>({});
  general = $state<string | null>(null);
  busy = $state(false);
  /** Provider that was made; then there is nothing more to answer. */
  provider = $state<string | null>(null);
  /** Grows with each refusal, so that the form can show the first one. */
  refusals = $state(0);

  get touched(): boolean {
    return this.provider === null && (this.answers.name !== '' || this.answers.redirects !== '');
  }

  problem(field: string): string | null {
    return problemAt(this.problems, field);
  }

  answer(given: Partial<Answers>): void {
    const { name, slug } = this.answers;
    const follows = given.name !== undefined && slug === slugOf(name);
    this.answers = { ...this.answers, ...given, ...(follows ? { slug: slugOf(given.name ?? '') } : {}) };
  }

  async create(flows: GuideFlows): Promise<void> {
    if (this.busy) return;
    const { name, slug, launchUrl, redirects, isPublic, authorizationFlow } = this.answers;
    const missing = Object.entries({ name, slug, redirectUris: lines(redirects).join('') }).filter(
      ([, text]) => text.trim() === '',
    );
    const flow = authorizationFlow ?? flows.authorization[0]?.id;
    this.general = flow === undefined ? t('guide.no_flow') : null;
    this.problems = Object.fromEntries(missing.map(([field]) => [field, t('problem.required')]));
    if (missing.length > 0 || flow === undefined) {
      this.refusals += 1;
      return;
    }
    this.busy = true;
    try {
      this.provider = await createWithProvider({
        name: name.trim(),
        slug,
        launchUrl,
        redirectUris: lines(redirects),
        isPublic,
        authorizationFlow: flow,
        invalidationFlow: flows.invalidation,
      });
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields : [];
      this.problems = {
        ...problemsOf(modelNamed('provider.oauth2')!, fields),
        ...problemsOf(modelNamed('application')!, fields),
      };
      if (fields.length === 0) this.general = problemText(error);
      this.refusals += 1;
    }
    this.busy = false;
  }
}

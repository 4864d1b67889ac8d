import type { StateOf } from '../kernel/model.js';
import type { application } from './model.js';

type ApplicationState = StateOf<(typeof application)['fields']>;

/** What placeholders of a launch address may show of a user. */
export interface LaunchUser {
  readonly username: string;
  readonly email: string;
  readonly name: string;
  readonly id: string;
}

const allowed = (user: LaunchUser): Readonly<Record<string, string>> => ({
  username: user.username,
  email: user.email,
  name: user.name,
  uuid: user.id,
});

/**
 * Address that opens an application for a user: its own, with placeholders filled in and percent-encoded, else the one
 * its provider knows. Null when there is none to show.
 */
export const launchUrl = (
  state: ApplicationState,
  user: LaunchUser,
  providerUrl: string | null,
): string | null => {
  const template = state.launchUrl === '' ? providerUrl : state.launchUrl;
  if (template === null || template === 'blank://blank') return null;
  const values = allowed(user);
  const url = template.replace(/%\((\w+)\)s/g, (whole, field: string) =>
    Object.hasOwn(values, field) ? encodeURIComponent(values[field]!) : whole,
  );
  return /^https?:\/\//i.test(url) && URL.canParse(url) ? url : null;
};

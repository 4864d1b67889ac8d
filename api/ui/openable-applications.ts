import { mayUseApplication, type ApplicationObject } from '../../domain/application/access.js';
import { launchUrl } from '../../domain/application/launch-url.js';
import { application } from '../../domain/application/model.js';
import { effectiveGroups, groupTree } from '../../domain/directory/group/effective-groups.js';
import type { ConfigView } from '../../domain/kernel/config-view.js';
import { launchOrigin } from '../../domain/provider/oauth2/launch-origin.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import type { UserWithGroups } from '../../projections/directory/query.js';

/** An application with the address that opens it for one person. */
export interface OpenableApplication {
  readonly object: ApplicationObject;
  readonly launchUrl: string;
}

/** Applications that a person may use and that have an address to open. */
export const openableApplications = (config: ConfigView, user: UserWithGroups): OpenableApplication[] => {
  const subject = {
    userId: user.id as never,
    groupIds: effectiveGroups(groupTree(config), user.group_ids),
  };
  return config
    .all(application)
    .filter((object) => mayUseApplication(config, object, subject).passing)
    .flatMap((object) => {
      const { provider } = object.values;
      const known = provider === null ? undefined : config.get(oauth2Provider, provider);
      const url = launchUrl(object.values, user, known ? launchOrigin(known.values) : null);
      return url === null ? [] : [{ object, launchUrl: url }];
    });
};

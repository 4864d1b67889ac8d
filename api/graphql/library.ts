import { mayUseApplication, type ApplicationObject } from '../../domain/application/access.js';
import { launchUrl } from '../../domain/application/launch-url.js';
import { application } from '../../domain/application/model.js';
import { effectiveGroups, groupTree } from '../../domain/directory/group/effective-groups.js';
import { authenticated } from '../../domain/kernel/rights.js';
import { shortList, type Builder } from './builder.js';
import { demands } from './guard.js';

interface LibraryApplication {
  readonly object: ApplicationObject;
  readonly launchUrl: string;
}

/** `library`: the applications that the caller may open, as he sees them. */
export const addLibrary = (builder: Builder): void => {
  const item = builder.objectRef<LibraryApplication>('LibraryApplication').implement({
    fields: (t) => ({
      id: t.id({ resolve: (app) => app.object.id }),
      name: t.string({ resolve: (app) => app.object.values.name }),
      slug: t.string({ resolve: (app) => app.object.values.slug }),
      group: t.string({ resolve: (app) => app.object.values.group }),
      publisher: t.string({ resolve: (app) => app.object.values.publisher }),
      description: t.string({ resolve: (app) => app.object.values.description }),
      icon: t.string({ resolve: (app) => app.object.values.icon }),
      openInNewTab: t.boolean({ resolve: (app) => app.object.values.openInNewTab }),
      launchUrl: t.exposeString('launchUrl'),
    }),
  });
  builder.queryField('library', (t) =>
    t.field({
      type: [item],
      complexity: shortList,
      ...demands(authenticated),
      resolve: async (_root, _args, context) => {
        const id = context.identity.user?.id;
        const user = id === undefined ? null : await context.loaders.user.load(id);
        if (!user) return [];
        const { config } = context.dependencies.ports;
        const subject = {
          userId: user.id as never,
          groupIds: effectiveGroups(groupTree(config), user.group_ids),
        };
        return config
          .all(application)
          .filter((object) => !object.values.hidden && mayUseApplication(config, object, subject).passing)
          .flatMap((object) => {
            const url = launchUrl(object.values, user, null);
            return url === null ? [] : [{ object, launchUrl: url }];
          })
          .sort(
            (a, b) =>
              a.object.values.group.localeCompare(b.object.values.group) ||
              a.object.values.name.localeCompare(b.object.values.name),
          );
      },
    }),
  );
};

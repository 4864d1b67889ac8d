import { authenticated } from '../../domain/kernel/rights.js';
import { shortList, type Builder } from './builder.js';
import { openableApplications, type OpenableApplication } from '../ui/openable-applications.js';
import { demands } from './guard.js';

/** `library`: the applications that the caller may open, as he sees them. */
export const addLibrary = (builder: Builder): void => {
  const item = builder.objectRef<OpenableApplication>('LibraryApplication').implement({
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
        return openableApplications(context.dependencies.ports.config, user)
          .filter(({ object }) => !object.values.hidden)
          .sort(
            (a, b) =>
              a.object.values.group.localeCompare(b.object.values.group) ||
              a.object.values.name.localeCompare(b.object.values.name),
          );
      },
    }),
  );
};

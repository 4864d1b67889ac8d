import type { ConfigView } from '../kernel/config-view.js';
import { group } from '../directory/group/model.js';
import { policyBinding } from '../policy/binding/model.js';

/** How somebody reaches an application: through which groups, from his own to the bound one, and by which binding. */
export interface AccessPath {
  readonly groups: readonly string[];
  /** Null where nothing guards the application. */
  readonly binding: string | null;
}

/** The shortest way up from one of some groups to another; null when there is none. */
const wayUp = (config: ConfigView, from: readonly string[], to: string): readonly string[] | null => {
  const seen = new Set(from);
  let ways: (readonly string[])[] = from.map((id) => [id]);
  while (ways.length > 0) {
    const found = ways.find((way) => way.at(-1) === to);
    if (found && config.get(group, to)) return found;
    ways = ways.flatMap((way) =>
      (config.get(group, way.at(-1)!)?.values.parents ?? [])
        .filter((parent) => !seen.has(parent))
        .map((parent) => {
          seen.add(parent);
          return [...way, parent];
        }),
    );
  }
  return null;
};

/** Every binding that lets a user in because of who he is, with the way that leads to it. */
export const accessPaths = (
  config: ConfigView,
  applicationId: string,
  userId: string,
  directGroups: readonly string[],
): AccessPath[] => {
  const bindings = config
    .referrers(applicationId)
    .filter(({ object, field }) => field === 'target' && object.model.name === policyBinding.name)
    .map(({ object }) => config.get(policyBinding, object.id)!)
    .filter(({ values }) => values.enabled);
  if (bindings.length === 0) return [{ groups: [], binding: null }];
  return bindings.flatMap(({ id, values }): AccessPath[] => {
    if (values.negate) return [];
    if (values.user === userId) return [{ groups: [], binding: id }];
    const groups = values.group === null ? null : wayUp(config, directGroups, values.group);
    return groups ? [{ groups, binding: id }] : [];
  });
};

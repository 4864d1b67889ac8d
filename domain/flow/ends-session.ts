import type { ConfigView } from '../kernel/config-view.js';
import { userLogoutStage } from '../stage/user-logout/model.js';
import { flow } from './model.js';
import { stageBinding } from './stage-binding/model.js';

const entryPoints = ['/flows/-/default/invalidation', '/flows/-/cancel'];

/** Whether a flow of this slug has a stage that ends the session of who runs it. */
export const endsSession = (config: ConfigView, slug: string): boolean => {
  const object = config.find(flow, 'slug', slug);
  if (!object) return false;
  return config
    .referrers(object.id)
    .filter(({ object: binding, field }) => field === 'target' && binding.model.name === stageBinding.name)
    .map(({ object: binding }) => config.get(stageBinding, binding.id)!)
    .some(({ values }) => config.byId(values.stage)?.model.name === userLogoutStage.name);
};

/** Whether an address of this installation leads into such a flow, however its path is written. */
export const leadsToLogout = (config: ConfigView, address: string): boolean => {
  const path = decoded(new URL(address, 'https://base.invalid').pathname).replace(/\/+$/, '');
  if (entryPoints.includes(path)) return true;
  const slug = /^\/if\/flow\/([^/]+)$/.exec(path)?.[1];
  return slug !== undefined && endsSession(config, slug);
};

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

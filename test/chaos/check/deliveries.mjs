// What receivers got, against the event log.
import { sinkPaths } from '../furnish.mjs';

/** Everything that a rule announces has arrived, and nothing else; a repetition comes under the same id. */
const complete = function* ({ receipts, opened }) {
  const rule = opened.find(({ type, data }) => type === 'notificationrule.created' && data.name === 'groups');
  const announced = new Set(
    opened
      .filter(({ type, position }) => type === 'group.created' && position > rule.position)
      .map(({ data }) => data.name),
  );
  for (const path of sinkPaths) {
    const ids = new Map();
    for (const { id, target } of receipts.filter((receipt) => receipt.path === path)) {
      if (ids.has(target) && ids.get(target) !== id) yield `${path} got ${target} under two ids`;
      ids.set(target, id);
    }
    for (const name of announced) if (!ids.has(name)) yield `${path} never got ${name}`;
    for (const name of ids.keys())
      if (!announced.has(name)) yield `${path} got ${name}, which does not exist`;
    if (new Set(ids.values()).size !== ids.size) yield `${path} got two things under one id`;
  }
};

/** In the order of the log; a repetition comes before anything later. */
const inOrder = function* ({ receipts, opened }) {
  const positions = new Map(
    opened.filter(({ type }) => type === 'group.created').map(({ data, position }) => [data.name, position]),
  );
  for (const path of sinkPaths) {
    let last = 0n;
    for (const { target } of receipts.filter((receipt) => receipt.path === path)) {
      const position = positions.get(target) ?? last;
      if (position < last) yield `${path} got ${target} after something later`;
      last = position;
    }
  }
};

export const deliveryRules = { complete, inOrder };

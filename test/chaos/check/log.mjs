// What must hold of the log alone.

const group = (items, keyOf) => {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const members = groups.get(key);
    if (members) members.push(item);
    else groups.set(key, [item]);
  }
  return groups;
};

/** Positions are dense up to the head, ids unique, revisions gapless. */
const order = function* ({ stored, head }) {
  for (const [index, { position }] of stored.entries())
    if (position !== BigInt(index + 1)) {
      yield `position ${position} stands where ${index + 1} is due`;
      break;
    }
  if (head !== BigInt(stored.length)) yield `the head says ${head}, there are ${stored.length} events`;
  if (new Set(stored.map(({ id }) => id)).size !== stored.length) yield 'an id stands twice';
  for (const [stream, events] of group(stored, (event) => event.stream))
    if (events.some(({ revision }, index) => revision !== index)) yield `revisions of ${stream} have a gap`;
};

/** What a change says was there before is what the changes before it had left. */
const changes = function* ({ opened }) {
  const states = new Map();
  for (const { stream, type, data, position } of opened)
    if (type.endsWith('.created')) states.set(stream, { ...data });
    else if (type.endsWith('.changed') && data.set !== undefined && states.has(stream)) {
      const state = states.get(stream);
      for (const [field, was] of Object.entries(data.was))
        if (JSON.stringify(was) !== JSON.stringify(state[field]))
          yield `position ${position} says that ${field} of ${stream} was another: a change was decided on a past state`;
      Object.assign(state, data.set);
    }
};

/** A user name has one living owner at most, at every position. */
const usernames = function* ({ opened }) {
  const owners = new Map();
  const names = new Map();
  for (const { stream, type, data, position } of opened) {
    const name = type === 'user.created' || type === 'user.changed' ? data.username : undefined;
    if (name !== undefined) {
      const owner = owners.get(name);
      if (owner !== undefined && owner !== stream)
        yield `position ${position} gives a second owner to a user name`;
      owners.delete(names.get(stream));
      owners.set(name, stream);
      names.set(stream, name);
    } else if (type === 'user.deleted') owners.delete(names.get(stream));
  }
};

/** A grant begins once, each generation of its refresh token is made once, and nothing follows its end. */
const grants = function* ({ opened }) {
  for (const [stream, events] of group(
    opened.filter((event) => event.stream.startsWith('grant-')),
    (event) => event.stream,
  )) {
    let generation = 0;
    let ended = false;
    for (const [index, { type, data }] of events.entries()) {
      if (ended) yield `${stream} goes on after its end with ${type}`;
      if ((type === 'grant.opened') !== (index === 0)) yield `${stream} was opened twice`;
      if (type === 'grant.refreshed' && data.generation !== (generation += 1))
        yield `${stream} has generation ${data.generation} where ${generation} is due`;
      if (type === 'grant.revoked') ended = true;
    }
  }
};

/** A session begins and ends once. */
const sessions = function* ({ opened }) {
  for (const [stream, events] of group(
    opened.filter((event) => event.stream.startsWith('session-')),
    (event) => event.stream,
  )) {
    if (events.filter(({ type }) => type === 'session.started').length !== 1) yield `${stream} started twice`;
    const end = events.findIndex(({ type }) => type === 'session.ended');
    if (end !== -1 && end !== events.length - 1) yield `${stream} goes on after its end`;
  }
};

/** What was stored under one command was stored at once. */
const commands = function* ({ stored }) {
  for (const [id, events] of group(stored, ({ meta }) => meta.commandId))
    if (Number(events.at(-1).position - events[0].position) !== events.length - 1)
      yield `command ${id} was stored in two pieces`;
};

/** One administrator, one set of what is shipped, however often the first start was broken off. */
const bootstrap = function* ({ opened }) {
  const of = (wanted) => opened.filter(({ type }) => type === wanted);
  if (of('settings.installed').length !== 1) yield 'the product was installed more than once';
  if (of('user.created').filter(({ data }) => data.username === 'akadmin').length !== 1)
    yield 'there is not one administrator';
};

export const logRules = { order, changes, usernames, grants, sessions, commands, bootstrap };

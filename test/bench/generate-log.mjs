// A log as a site of some years has it: people with sealed names and addresses, their sign-ins, what clients were given for them.
import { randomBytes, randomUUID } from 'node:crypto';
import { identifiers } from '../../dist/adapters/clock/identifiers.js';
import { eventTypes } from '../../dist/domain/event-types.js';

const eventsPerPage = 3000;
const eventsPerPerson = 40;
const stepMs = 3000;
const agents = ['Mozilla/5.0 (X11; Linux x86_64) Firefox/141.0', 'Mozilla/5.0 (Macintosh) Safari/605.1.15'];

const pick = (list, n) => list[n % list.length];

/** Events of one person from first to last sign-in, as { stream, revision, type, data, via }. */
const lifeOf = (number, site) => {
  const userId = identifiers.next('user');
  const name = `${pick(site.names, number)} ${pick(site.names, number * 7 + 3)}`;
  const username = `user${number}`;
  const events = [];
  const revisions = new Map();
  const add = (stream, type, data, via = 'flow', actor = { type: 'user', id: userId, label: username }) => {
    const revision = revisions.get(stream) ?? 0;
    revisions.set(stream, revision + 1);
    events.push({ stream, revision, type, data: { ...data }, via, actor });
  };
  const admin = { type: 'user', id: site.adminId, label: 'akadmin' };
  const user = `user-${userId}`;
  add(
    user,
    'user.created',
    {
      userId,
      number: number + 2,
      username,
      name,
      email: `${username}@example.com`,
      type: 'internal',
      path: 'users',
      isActive: true,
      attributes: { department: pick(['sales', 'research', 'support'], number), locale: 'en' },
    },
    'admin',
    admin,
  );
  add(
    user,
    'user.password.changed',
    { userId, credential: { ref: `user/${userId}/password`, version: 1, fingerprint: null } },
    'admin',
    admin,
  );
  const groupId = pick(site.groups, number);
  add(
    `membership-${identifiers.next('membership')}`,
    'membership.granted',
    { userId, groupId },
    'admin',
    admin,
  );
  for (let n = 0; events.length < eventsPerPerson; n += 1) {
    const sessionId = identifiers.next('session');
    const session = `session-${sessionId}`;
    const expiresAt = '2030-01-01T00:00:00.000Z';
    if (n % 4 === 3)
      add(
        `activity-login.${identifiers.next('x')}`,
        'activity.login.failed',
        {
          userId,
          identifierHash: null,
          identifierLength: username.length,
          reason: 'wrong_password',
          stageId: site.stageId,
          providerId: null,
          count: 1,
        },
        'flow',
        { type: 'anonymous', id: 'anonymous', label: null },
      );
    add(session, 'session.started', {
      sessionId,
      userId,
      tokenHash: randomBytes(32).toString('hex'),
      authMethod: 'password',
      authMethodArgs: {},
      amr: ['pwd'],
      persistent: false,
      expiresAt,
    });
    const applicationId = pick(site.applications, number + n);
    const grantId = identifiers.next('grant');
    add(`activity-application.${identifiers.next('x')}`, 'activity.application.authorized', {
      userId,
      applicationId,
      flowId: site.flowId,
      scopes: ['openid', 'profile', 'email'],
    });
    add(
      `grant-${grantId}`,
      'grant.opened',
      {
        grantId,
        userId,
        providerId: pick(site.providers, number + n),
        applicationId,
        sessionId,
        scopes: ['openid', 'profile', 'email'],
        authTime: '2026-01-01T00:00:00.000Z',
        amr: ['pwd'],
        refreshHash: randomBytes(32).toString('hex'),
        refreshExpiresAt: expiresAt,
        endsAt: expiresAt,
      },
      'protocol',
    );
    if (n % 2 === 0)
      add(
        user,
        'user.attributes.changed',
        {
          userId,
          attributes: { department: 'research', locale: 'en', visit: n },
          was: { department: 'sales', locale: 'en' },
        },
        'admin',
        admin,
      );
    add(session, 'session.ended', { sessionId, userId, reason: 'logout' });
  }
  return events.slice(0, eventsPerPerson);
};

const insertion = {
  name: 'bench-generate',
  text: `insert into es.event (position, stream, revision, id, type, version, data, meta, at)
         select p, s, r, i, t, v, d, m, a
           from rows from (unnest($1::bigint[], $2::text[], $3::int[], $4::uuid[], $5::text[], $6::int[], $7::timestamptz[]),
                           jsonb_array_elements($8::jsonb), jsonb_array_elements($9::jsonb)) as x(p, s, r, i, t, v, a, d, m)`,
};

/** Writes `count` sealed events behind the end of the log, past the port: only positions, streams and shapes are as they would be. */
export const generateLog = async ({ pool, sealer, store }, count, tell = () => undefined) => {
  let position = Number(await store.head());
  const began = Date.UTC(2024, 0, 1);
  const id = () => randomUUID();
  const site = {
    adminId: id(),
    stageId: id(),
    flowId: id(),
    groups: Array.from({ length: 200 }, id),
    applications: Array.from({ length: 50 }, id),
    providers: Array.from({ length: 50 }, id),
    names: ['Ana', 'Bert', 'Cleo', 'Dora', 'Emil', 'Fay', 'Gus', 'Hana', 'Ida', 'Jon', 'Kim', 'Lea', 'Max'],
  };
  let person = 0;
  for (let written = 0; written < count;) {
    const events = [];
    // Lives run beside each other, as they do on a site: what belongs to one person does not stand together.
    const lives = Array.from({ length: Math.ceil(eventsPerPage / eventsPerPerson) }, () =>
      lifeOf(person++, site),
    );
    for (let step = 0; step < eventsPerPerson; step += 1) for (const life of lives) events.push(life[step]);
    const page = events.slice(0, count - written);
    const drafts = page.map(({ type, data, via, actor }, n) => ({
      id: randomUUID(),
      type,
      data,
      meta: {
        commandId: identifiers.next('command'),
        correlationId: randomUUID(),
        causationId: null,
        actor,
        onBehalfOf: null,
        sessionId: null,
        brandId: null,
        tenant: 'main',
        via,
        requestId: randomUUID(),
        client: {
          ip: `192.0.2.${n % 250}`,
          userAgent: pick(agents, n),
          method: 'POST',
          path: '/api/v3/flows/executor/',
          query: '',
        },
        reason: null,
        claims: [],
      },
    }));
    const sealed = await sealer.sealEvents(drafts, 'visitor-202401');
    const at = (n) => new Date(began + (position + n + 1) * stepMs).toISOString();
    await pool.query({
      ...insertion,
      values: [
        page.map((_, n) => position + n + 1),
        page.map(({ stream }) => stream),
        page.map(({ revision }) => revision),
        drafts.map((draft) => draft.id),
        page.map(({ type }) => type),
        page.map(({ type }) => eventTypes.get(type).version),
        page.map((_, n) => at(n)),
        `[${sealed.map(({ data }) => JSON.stringify(data)).join()}]`,
        `[${sealed.map(({ meta }) => JSON.stringify(meta)).join()}]`,
      ],
    });
    position += page.length;
    written += page.length;
    await pool.query('update es.head set position = $1', [position]);
    tell(written);
  }
  await pool.query('analyze es.event');
};

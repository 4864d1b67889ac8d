// What the machine can do at best: the same shape of request with nothing behind it. One scenario per process.
import { createHash, generateKeyPairSync, randomUUID, sign, timingSafeEqual } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

const app = fastify({ logger: false, keepAliveTimeout: 60_000 });

/** Appends of one process share one insert and one commit; the next flush takes what has gathered meanwhile. */
const groupCommit = async (connectionString) => {
  const pool = new pg.Pool({ connectionString, max: 2 });
  await pool.query(`create table if not exists floor_event (
    position bigint generated always as identity primary key, stream text, type text, data jsonb)`);
  let waiting = [];
  let flushing = false;
  const flush = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await pool.query({
        name: 'floor-append',
        text: 'insert into floor_event (stream, type, data) select s, $2, d::jsonb from unnest($1::text[], $3::text[]) as x(s, d)',
        values: [batch.map(({ stream }) => stream), 'token.issued', batch.map(({ data }) => data)],
      });
      for (const { done } of batch) done();
    }
    flushing = false;
  };
  return (stream, data) =>
    new Promise((done) => {
      waiting.push({ stream, data, done });
      if (flushing) return;
      flushing = true;
      setImmediate(() => void flush());
    });
};

const scenarios = {
  /** F: a bare POST of JSON. */
  post: () => {
    app.post('/', (request) => Promise.resolve({ ok: true, username: request.body.username }));
  },

  /** Tes: the cheapest honest token endpoint - secret in constant time, signed token, one durable event. */
  token: async () => {
    const append = await groupCommit(process.env.FLOOR_DATABASE);
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: '1' })).toString(
      'base64url',
    );
    const secret = createHash('sha256').update('secret').digest();
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => {
        done(null, new URLSearchParams(body));
      },
    );
    app.post('/token', async (request, reply) => {
      const [id, given] = Buffer.from(request.headers.authorization.slice(6), 'base64').toString().split(':');
      if (!timingSafeEqual(createHash('sha256').update(given).digest(), secret))
        return reply.code(401).send({});
      const iat = Math.floor(Date.now() / 1000);
      const claims = {
        iss: 'https://id.example',
        sub: id,
        client_id: id,
        aud: 'api',
        scope: '',
        iat,
        exp: iat + 900,
        jti: randomUUID(),
      };
      const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
      const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
      await append(`client-${id}`, JSON.stringify({ ...claims, actor: { id }, outcome: 'success' }));
      return {
        access_token: `${input}.${signature.toString('base64url')}`,
        token_type: 'Bearer',
        expires_in: 900,
      };
    });
  },
};

await scenarios[process.argv[2]]();
await app.listen({ port: 0, host: '127.0.0.1' });
process.send({ port: app.server.address().port });

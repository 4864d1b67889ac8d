// Goals 1, 3, 5 and 6: tokens, sign-ins, refresh, introspection and userinfo, each beside its floor in the same round.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { interleave, ratio, typical } from './measure.mjs';
import { load, spawnServer, startFloor } from './processes.mjs';
import { basic, prepare, startProduct } from './product.mjs';

const form = 'application/x-www-form-urlencoded';
const argonFile = fileURLToPath(new URL('argon-child.mjs', import.meta.url));

const verifications = async (seconds) => {
  const child = spawnServer(argonFile, [String(seconds)], { env: { UV_THREADPOOL_SIZE: '1' } });
  const [answer] = await once(child, 'message');
  return answer;
};

const clientToken = async (origin, target) => {
  const response = await fetch(`${origin}/application/o/token/`, {
    method: 'POST',
    headers: { authorization: basic(target), 'content-type': form },
    body: 'grant_type=client_credentials&scope=openid',
  });
  return (await response.json()).access_token;
};

export const name = 'requests';
export const goals = [
  { goal: '1', figure: 'client credentials, ES256', must: 0.5, aim: 0.7 },
  { goal: '3', figure: 'sign-in with password', must: 0.7, aim: 0.85 },
  { goal: '5', figure: 'refresh, ES256', must: 0.4, aim: 0.6 },
  { goal: '6', figure: 'introspection', aim: 0.5 },
  { goal: '6', figure: 'userinfo', aim: 0.5 },
];

export const run = async ({ postgres, rounds, seconds }) => {
  const [floorDatabase, database] = [await postgres.database('floor'), await postgres.database('product')];
  const servers = [
    await startFloor('post'),
    await startFloor('token', { FLOOR_DATABASE: postgres.url(floorDatabase) }),
    await startProduct({
      DATABASE_URL: postgres.url(database),
      MUNIMENT_MASTER_KEY: randomBytes(32).toString('base64'),
      MUNIMENT_DATA_DIR: postgres.folder,
    }),
  ];
  const [post, token, product] = servers;
  try {
    const { target, users } = await prepare(product);
    const secret = { authorization: basic(target), 'content-type': form };
    const accessToken = await clientToken(product.origin, target);
    const to = (server, request) => () => load(server, { request: { method: 'POST', ...request }, seconds });
    const scenarios = {
      F: to(post, {
        path: '/',
        headers: { 'content-type': 'application/json' },
        body: '{"username":"alice"}',
      }),
      Tes: to(token, {
        path: '/token',
        headers: {
          authorization: basic({ clientId: 'bench', clientSecret: 'secret' }),
          'content-type': form,
        },
        body: 'grant_type=client_credentials',
      }),
      argon: () => verifications(seconds),
      'client credentials, ES256': to(product, {
        path: '/application/o/token/',
        headers: secret,
        body: 'grant_type=client_credentials',
      }),
      'refresh, ES256': () => load(product, { job: 'refresh', target, users, seconds, connections: 16 }),
      'sign-in with password': () => load(product, { job: 'login', target, users, seconds, connections: 8 }),
      introspection: to(product, {
        path: '/application/o/introspect/',
        headers: secret,
        body: `token=${accessToken}`,
      }),
      userinfo: to(product, {
        path: '/application/o/userinfo/',
        method: 'GET',
        headers: { authorization: `Bearer ${accessToken}` },
      }),
    };
    const floors = {
      'client credentials, ES256': 'Tes',
      'refresh, ES256': 'Tes',
      'sign-in with password': 'argon',
      introspection: 'F',
      userinfo: 'F',
    };
    for (const warmUp of Object.values(scenarios)) await warmUp();
    const seen = await interleave(scenarios, rounds);
    return Object.entries(seen).map(([scenario, runs]) => ({
      scenario,
      rate: typical(runs, 'rate'),
      ...(floors[scenario]
        ? {
            floor: floors[scenario],
            ratio: ratio(runs, seen[floors[scenario]]),
            // Hardly moves when other programs use the machine too.
            cpuRatio: 1 / ratio(runs, seen[floors[scenario]], 'cpuUs'),
          }
        : {}),
      p99Ms: typical(runs, 'p99Ms'),
      cpuUs: typical(runs, 'cpuUs'),
    }));
  } finally {
    for (const server of servers) await server.stop();
  }
};

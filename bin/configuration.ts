import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { parseDuration } from '../domain/kernel/duration.js';
import { findServiceUser, isReachable } from '../adapters/embedded-postgres/service-user.js';

/** A start that cannot go on for a reason the operator can mend: one line, no stack. */
export class OperatorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OperatorError';
  }
}

const listen = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:[\]]+):\d{1,5}$/, 'write host:port');
const duration = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, 'write a duration such as minutes=60');
const kept = z
  .string()
  .refine(
    (text) => text === 'unlimited' || (parseDuration(text) ?? 0) >= 3_600_000,
    'write a duration of an hour or more, such as days=400, or unlimited',
  );
const count = z.coerce.number().int().min(1);

/** Every setting, with its default. Secrets are named in `secretNames`. */
const schema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  EVENTSTORE_URL: z
    .string()
    .regex(/^esdb(\+discover)?:\/\/[^/?]/, 'write esdb://host:port')
    // Another way of the client to tell of failures, which its version tells wrongly.
    .refine((url) => !/throwOnAppendFailure=false/i.test(url), 'leave throwOnAppendFailure out')
    .optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  MUNIMENT_DATA_DIR: z.string().min(1).optional(),
  MUNIMENT_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  MUNIMENT_LISTEN_HTTP: listen.default('127.0.0.1:9000'),
  MUNIMENT_LISTEN_HTTPS: listen.default('127.0.0.1:9443'),
  MUNIMENT_LISTEN_METRICS: listen.default('127.0.0.1:9300'),
  MUNIMENT_TRUSTED_PROXIES: z.string().default('127.0.0.0/8,::1/128'),
  MUNIMENT_MASTER_KEY: z.base64().optional(),
  MUNIMENT_MASTER_KEY_PREVIOUS: z.string().optional(),
  MUNIMENT_MASTER_KEY_FILE: z.string().min(1).optional(),
  MUNIMENT_BOOTSTRAP_PASSWORD: z.string().min(8).optional(),
  MUNIMENT_BOOTSTRAP_EMAIL: z.email().optional(),
  MUNIMENT_BOOTSTRAP_TOKEN: z.string().min(20).max(255).optional(),
  MUNIMENT_BOOTSTRAP_ADMIN_GROUP: z.string().min(1).default('authentik Admins'),
  MUNIMENT_OUTBOUND_ALLOW: z
    .string()
    .default('')
    .refine(
      (text) =>
        text.split(',').every((target) => target.trim() === '' || listen.safeParse(target.trim()).success),
      'write host:port,host:port',
    ),
  MUNIMENT_SINK_FOLDER: z.string().min(1).optional(),
  MUNIMENT_EMAIL_HOST: z.string().min(1).optional(),
  MUNIMENT_EMAIL_PORT: z.coerce.number().int().min(1).max(65_535).default(25),
  MUNIMENT_EMAIL_USERNAME: z.string().optional(),
  MUNIMENT_EMAIL_PASSWORD: z.string().optional(),
  MUNIMENT_EMAIL_USE_TLS: z.enum(['on', 'off']).default('off'),
  MUNIMENT_EMAIL_USE_SSL: z.enum(['on', 'off']).default('off'),
  MUNIMENT_EMAIL_TIMEOUT: count.max(60).default(10),
  MUNIMENT_EMAIL_FROM: z
    .string()
    .regex(/^([^<>\r\n]*<)?[^\s<>@]+@[^\s<>@]+>?$/, 'write name@example.com or Name <name@example.com>')
    .default('Muniment <muniment@localhost>'),
  MUNIMENT_LIMITS_LOGIN_FAILURES_PER_IP: count.default(50),
  MUNIMENT_LIMITS_LOGIN_FAILURES_PER_ACCOUNT: count.default(10),
  MUNIMENT_LIMITS_FLOW_STARTS_PER_IP: count.default(600),
  MUNIMENT_IMPERSONATION: z.enum(['on', 'off']).default('on'),
  MUNIMENT_IMPERSONATION_DURATION: duration.default('minutes=60'),
  MUNIMENT_ACTIVITY_RETENTION: duration.default('days=400'),
  MUNIMENT_GEOIP_CITY: z.string().min(1).optional(),
  MUNIMENT_GEOIP_ASN: z.string().min(1).optional(),
  MUNIMENT_EVENT_LOG_CONFIGURATION: kept.default('unlimited'),
  MUNIMENT_EVENT_LOG_SECURITY: kept.default('days=400'),
  MUNIMENT_EVENT_LOG_ACCESS: kept.default('days=400'),
  MUNIMENT_EVENT_LOG_DEBUG: kept.default('days=30'),
  MUNIMENT_NOTIFICATION_RETENTION: duration.default('days=30'),
  MUNIMENT_BACKUP_RETENTION: duration.default('days=30'),
  MUNIMENT_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('warn'),
});

export type Settings = z.output<typeof schema>;

const secretNames = [
  'MUNIMENT_MASTER_KEY',
  'MUNIMENT_MASTER_KEY_PREVIOUS',
  'MUNIMENT_BOOTSTRAP_PASSWORD',
  'MUNIMENT_BOOTSTRAP_TOKEN',
  'MUNIMENT_EMAIL_PASSWORD',
];

/** `file://path` anywhere a value is expected: what stands in the file, without the last line break. */
const dereference = (value: string): string =>
  value.startsWith('file://')
    ? readFileSync(value.slice('file://'.length), 'utf8').replace(/\r?\n$/, '')
    : value;

/** Reads and checks the environment. Throws `OperatorError` that names the variable. */
export const readSettings = (environment: NodeJS.ProcessEnv): Settings => {
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith('MUNIMENT_') && !name.startsWith('MUNIMENT_TEST_') && !known.includes(name),
  );
  if (unknown.length > 0)
    throw new OperatorError(`Unknown setting ${unknown.join(', ')}. "muniment config" lists the known ones.`);
  const given = Object.fromEntries(
    known.flatMap((name) =>
      environment[name] === undefined || environment[name] === ''
        ? []
        : [[name, dereference(environment[name])]],
    ),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new OperatorError(`${issue.path.join('.')}: ${issue.message}`);
};

/** Folder of keys, logs and the embedded database. Root needs one that a service account can walk into. */
export const dataFolder = (settings: Settings): string => {
  if (settings.MUNIMENT_DATA_DIR !== undefined)
    return resolve(settings.MUNIMENT_DATA_DIR.replace(/^~(?=\/)/, homedir()));
  const local = resolve('data');
  return findServiceUser() !== null && !isReachable(local) ? '/var/lib/muniment' : local;
};

/** Effective settings for people: secrets masked, passwords in addresses too. */
export const describeSettings = (settings: Settings): Record<string, string> =>
  Object.fromEntries(
    Object.keys(schema.shape).map((name) => {
      const value = settings[name as keyof Settings];
      if (value === undefined) return [name, ''];
      if (secretNames.includes(name)) return [name, '********'];
      return [
        name,
        name.endsWith('_URL') ? String(value).replace(/(\/\/[^:/@]*):[^@]*@/, '$1:********@') : String(value),
      ];
    }),
  );

export const splitListen = (text: string): { readonly host: string; readonly port: number } => {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
};

/** Folder of the package, from the sources as well as from the build. */
export const projectRoot = fileURLToPath(
  new URL(import.meta.url.includes('/dist/bin/') ? '../..' : '..', import.meta.url),
);

/** Version of the product, as its package tells it. */
export const productVersion = (): string =>
  (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version;

export const machineName = (): string => hostname();

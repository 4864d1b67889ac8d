import { OperatorError, splitListen, type Settings } from '../configuration.js';

const timeoutMs = 5000;

/** Asks the running product whether it can sign people in. Throws `OperatorError` when it cannot. */
export const healthcheck = async (settings: Settings): Promise<void> => {
  const { host, port } = splitListen(settings.MUNIMENT_LISTEN_HTTP);
  const target = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${target.includes(':') ? `[${target}]` : target}:${String(port)}/-/health/ready/`;
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }).catch(() => null);
  if (!response) throw new OperatorError(`Nothing answers at ${url}.`);
  if (response.status !== 200) throw new OperatorError(`Not ready: ${await response.text()}`);
  process.stdout.write('ready\n');
};

/** Port that a scheme stands for. */
const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

const withoutBrackets = (host: string): string => host.toLowerCase().replace(/[[\]]/g, '');

/** Targets that the operator opened, from `host:port,host:port`. */
export const parseTargets = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split(',')
      .map((target) => withoutBrackets(target.trim()))
      .filter((target) => target !== ''),
  );

/** The target of an address, as it stands in the list of open ones. */
export const targetOf = (url: {
  readonly hostname: string;
  readonly protocol: string;
  readonly port: string;
}): string => `${withoutBrackets(url.hostname)}:${url.port || (defaultPorts[url.protocol] ?? '')}`;

/** The one check of addresses that a request brings along (`next`, `rd`, `post_login`). */

const forbidden = /[\u0000-\u0020\u007f\\]/;

/**
 * Whether an address may be followed after a flow: a path on this server, or an absolute address of one of the given
 * origins. Schemes, hosts, protocol-relative and backslash variants are refused, encoded ones too.
 */
export const isSafeNext = (address: string, ownOrigins: readonly string[]): boolean => {
  if (address.length > 8000 || forbidden.test(address)) return false;
  if (address.startsWith('/')) {
    const decoded = decodeLeniently(address);
    if (/^\/[/\\]/.test(address) || /^\/[/\\]/.test(decoded)) return false;
    return (
      URL.canParse(address, 'http://base.invalid') &&
      new URL(address, 'http://base.invalid').host === 'base.invalid'
    );
  }
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.username === '' && url.password === '' && ownOrigins.includes(url.origin);
};

const decodeLeniently = (text: string): string => {
  try {
    return decodeURIComponent(text.slice(0, 20));
  } catch {
    return text;
  }
};

import Bowser from 'bowser';

/** Browser and system behind a header, such as `Firefox 128 on Linux`; null when it names neither. */
export const describeUserAgent = (header: string | null): string | null => {
  if (header === null || header === '') return null;
  const { browser, os } = Bowser.parse(header);
  const major = browser.version?.split('.')[0];
  const name = browser.name === undefined || browser.name === '' ? null : browser.name;
  const system = os.name === undefined || os.name === '' ? null : os.name;
  if (name === null) return system;
  return `${name}${major === undefined ? '' : ` ${major}`}${system === null ? '' : ` on ${system}`}`;
};

const scriptSchemes = ['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:'];

const schemeOf = (target: string): string | null => {
  const base = 'https://page.invalid';
  return URL.canParse(target, base) ? new URL(target, base).protocol : null;
};

/** Whether the page may open an address that a flow ends at. The server decides where; this refuses what runs as script. */
export const mayFollow = (target: string): boolean => {
  const scheme = schemeOf(target);
  return scheme !== null && !scriptSchemes.includes(scheme);
};

/** Whether an address opens an application on the device, while this page stays. */
export const leadsOutside = (target: string): boolean => {
  const scheme = schemeOf(target);
  return scheme !== 'https:' && scheme !== 'http:';
};

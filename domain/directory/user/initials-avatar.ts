const hueOf = (text: string): number => {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
};

const initialsOf = (name: string, username: string): string => {
  const words = (name.trim() || username.trim() || 'm').split(/\s+/);
  const first = words[0] ?? '';
  const last = words.length > 1 ? (words.at(-1) ?? '') : '';
  return `${Array.from(first)[0] ?? ''}${Array.from(last)[0] ?? ''}`.toUpperCase();
};

const escapeXml = (text: string): string =>
  text.replace(/[<>&"']/g, (character) => `&#${String(character.charCodeAt(0))};`);

/** A generated picture, as a data address: the initials on a colour that belongs to the user name. */
export const initialsAvatar = (name: string, username: string): string => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64"><rect width="64" height="64" fill="hsl(${String(hueOf(username))} 45% 38%)"/><text x="32" y="33" fill="#fff" font-family="sans-serif" font-size="26" text-anchor="middle" dominant-baseline="central">${escapeXml(initialsOf(name, username))}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
};

/** Address of a picture that the page's policy lets a browser load, else null. */
export const pictureUrl = (address: string | null | undefined): string | null => {
  if (!address) return null;
  if (address.startsWith('data:image/') || /^\/[^/\\]/.test(address)) return address;
  return URL.canParse(address) && new URL(address).protocol === 'https:' ? address : null;
};

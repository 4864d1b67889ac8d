const v4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const v6 = /^(?=.*:.*:)[0-9a-f:]{2,39}$/i;

/** An address that other products will accept as one; null for anything else, such as what stands where it was erased. */
export const ipOf = (text: string | null): { readonly text: string; readonly version: 4 | 6 } | null => {
  if (text === null) return null;
  const plain = text.replace(/^::ffff:(?=\d+\.)/i, '');
  if (v4.test(plain)) return { text: plain, version: 4 };
  return v6.test(plain) ? { text: plain, version: 6 } : null;
};

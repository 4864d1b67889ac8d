const mask = '********';
const withQuery = /(https?:\/\/[^\s?#]+)([?#])([^\s]*)/g;

/** A text in which links keep their place and lose what stands behind `?` and `#`: keys that let somebody in. */
export const maskLinks = (text: string): string => text.replace(withQuery, `$1$2${mask}`);

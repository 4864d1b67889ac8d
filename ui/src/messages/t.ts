import { IntlMessageFormat } from 'intl-messageformat';
import messages from './en.json';

export type MessageKey = keyof typeof messages;
type Values = Readonly<Record<string, string | number>>;

const formats = new Map<MessageKey, IntlMessageFormat>();

/** A text of the interface, with its values filled in. */
export const t = (key: MessageKey, values: Values = {}): string => {
  let format = formats.get(key);
  if (!format) {
    format = new IntlMessageFormat(messages[key], 'en');
    formats.set(key, format);
  }
  return String(format.format(values));
};

/** Whether the catalogue has a text, for keys that are made by convention. */
export const hasMessage = (key: string): key is MessageKey => Object.hasOwn(messages, key);

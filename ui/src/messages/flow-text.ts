import messages from './en.flow.json';

export type FlowTextKey = keyof typeof messages;

/** A text of the flow page. Placeholders only, no plurals: the login page carries no formatter. */
export const text = (key: FlowTextKey, values: Readonly<Record<string, string>> = {}): string =>
  messages[key].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

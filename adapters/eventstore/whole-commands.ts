/** What is read of an event without opening it. */
interface OfCommand {
  readonly meta: unknown;
}

const commandOf = (event: OfCommand): unknown => (event.meta as { commandId?: unknown }).commandId;

/**
 * A page without the last command, which the end of the page may have cut: read models show what a command has done all
 * at once. A page that holds one command stays as it is.
 */
export const wholeCommands = <Event extends OfCommand>(page: readonly Event[]): readonly Event[] => {
  const last = page.at(-1);
  if (!last) return page;
  const end = page.findLastIndex((event) => commandOf(event) !== commandOf(last)) + 1;
  return end === 0 ? page : page.slice(0, end);
};

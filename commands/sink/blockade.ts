/**
 * The sink for which administrative commands wait, as this process knows it: commands ask here, so that they cost no query. A
 * process that delivers nothing, such as a verb of the operator, never learns of one.
 */
export class Blockade {
  #sink: string | null = null;

  /** Name of the sink that is too far behind; null while commands may pass. */
  get sink(): string | null {
    return this.#sink;
  }

  set(sink: string | null): void {
    this.#sink = sink;
  }
}

import type { LoadOptions, Option } from './option.js';

const pauseMs = 150;

/** What a combobox shows while it is open: the hits for what was typed, and which of them is meant. */
export class ComboState {
  readonly #load: () => LoadOptions;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  open = $state(false);
  loading = $state(false);
  failed = $state(false);
  text = $state('');
  options = $state.raw<readonly Option[]>([]);
  active = $state(-1);

  constructor(load: () => LoadOptions) {
    this.#load = load;
  }

  show(): void {
    if (this.open) return;
    this.open = true;
    this.text = '';
    void this.#find();
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.open = false;
    this.active = -1;
  }

  type(text: string): void {
    this.open = true;
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#find(), pauseMs);
  }

  move(by: number): void {
    const { length } = this.options;
    if (length > 0) this.active = (this.active + by + length) % length;
  }

  async #find(): Promise<void> {
    const asked = (this.#asked += 1);
    this.loading = true;
    this.failed = false;
    try {
      const options = await this.#load()(this.text);
      if (asked !== this.#asked) return;
      this.options = options;
      this.active = options.length > 0 ? 0 : -1;
    } catch {
      if (asked === this.#asked) this.failed = true;
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }
}

import { loadAdvice, written, type Advice, type Completion } from './advice.js';

const pauseMs = 120;
const shown = 50;

/** A query while it is written: what could follow, and where it cannot be read. */
export class QueryBox {
  text = $state('');
  advice = $state.raw<Advice | null>(null);
  active = $state(-1);
  open = $state(false);
  /** The error is told once somebody wanted the answer, not while he writes. */
  tried = $state(false);
  #asked = 0;
  #cursor = $state(0);
  #adviceText = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What fits what has been written since the advice was asked for. */
  get items(): readonly Completion[] {
    if (!this.advice) return [];
    const word = this.text.slice(this.advice.from, this.#cursor).toLowerCase();
    const fits = ({ text }: Completion): boolean => text.toLowerCase().startsWith(word);
    return this.advice.items.filter((item) => !this.#isStale || fits(item)).slice(0, shown);
  }

  get #isStale(): boolean {
    return this.text !== this.#adviceText;
  }

  get error(): Advice['error'] {
    return this.tried ? (this.advice?.error ?? null) : null;
  }

  /** Shows a query that came from elsewhere. */
  async show(text: string): Promise<void> {
    if (text === this.text && this.advice !== null) return;
    this.text = text;
    this.open = false;
    this.tried = true;
    await this.#ask(text, text.length);
  }

  write(text: string, cursor: number): void {
    this.text = text;
    this.tried = false;
    this.complete(cursor);
  }

  /** Offers what could stand at the cursor, a little after the last key. */
  complete(cursor: number): void {
    this.open = true;
    this.#cursor = cursor;
    this.active = -1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(this.text, cursor), pauseMs);
  }

  move(by: number): void {
    const count = this.items.length;
    this.active = count === 0 ? -1 : (this.active + by + count + (this.active < 0 && by < 0 ? 1 : 0)) % count;
  }

  /** Writes a completion into the text. Returns where the cursor goes. */
  take(completion: Completion): number {
    const from = this.advice!.from;
    const to = this.advice!.to + this.text.length - this.#adviceText.length;
    const before = this.text.slice(0, from) + written(completion);
    const after = this.text.slice(to);
    this.text = before + (before.endsWith(' ') ? after.trimStart() : after);
    this.complete(before.length);
    return before.length;
  }

  hide(): void {
    this.open = false;
    this.active = -1;
  }

  /** Whether the text can be read as a query. */
  async isReadable(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.hide();
    await this.#ask(this.text, this.text.length);
    this.tried = true;
    return this.advice?.error === null;
  }

  async #ask(text: string, cursor: number): Promise<void> {
    const asked = (this.#asked += 1);
    const advice = await loadAdvice(text, cursor).catch(() => null);
    if (asked !== this.#asked) return;
    const chosen = this.items[this.active]?.text;
    this.advice = advice;
    this.#adviceText = text;
    this.active = this.items.findIndex((item) => item.text === chosen);
  }
}

import { findObjects, type FoundObject } from '../model/objects.js';

const pauseMs = 180;
const shortest = 2;

/** Objects of all kinds whose name has what was typed into the palette. */
export class PaletteSearch {
  text = $state('');
  hits = $state.raw<readonly FoundObject[]>([]);
  loading = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    if (text.trim().length < shortest) {
      this.#asked += 1;
      this.hits = [];
      this.loading = false;
      return;
    }
    this.loading = true;
    this.#timer = setTimeout(() => void this.#find(), pauseMs);
  }

  async #find(): Promise<void> {
    const asked = (this.#asked += 1);
    const hits = await findObjects(this.text.trim()).catch(() => []);
    if (asked !== this.#asked) return;
    this.hits = hits;
    this.loading = false;
  }
}

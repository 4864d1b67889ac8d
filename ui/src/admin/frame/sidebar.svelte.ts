const key = 'muniment.sidebar';

/** Whether the navigation shows only its icons, and whether it lies over a small screen. */
export class Sidebar {
  #narrow = $state(localStorage.getItem(key) === 'narrow');
  drawer = $state(false);

  get narrow(): boolean {
    return this.#narrow;
  }

  toggle(): void {
    this.#narrow = !this.#narrow;
    localStorage.setItem(key, this.#narrow ? 'narrow' : 'wide');
  }
}

type Changes = Readonly<Record<string, string | readonly string[] | null>>;

/** Asks whether the page may be left. */
type Guard = () => boolean | Promise<boolean>;

const withoutSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path);

/** Where this tab is: a path below the interface's base, and the query string that holds the state of the page. */
class Router {
  #base = '';
  #guard: Guard | null = null;
  #shown = '';
  path = $state('/');
  query = $state.raw(new URLSearchParams());
  /** Grows when a person goes to another path: the new page then takes the focus. */
  moves = $state(0);
  /** Grows when what the page shows has changed behind it: the page is then made anew. */
  renewals = $state(0);

  start(base: string): void {
    this.#base = base;
    this.#read();
    addEventListener('popstate', () => void this.#back());
    addEventListener('click', (event) => this.#click(event));
    addEventListener('beforeunload', (event) => {
      if (this.#guard) event.preventDefault();
    });
  }

  href(path: string, changes: Changes = {}): string {
    const text = this.#apply(new URLSearchParams(), changes).toString();
    return `${this.#base}${path === '/' ? '/' : path}${text === '' ? '' : `?${text}`}`;
  }

  renew(): void {
    this.renewals += 1;
  }

  async go(path: string, changes: Changes = {}, replace = false): Promise<void> {
    await this.#open(new URL(this.href(path, changes), location.href), replace);
  }

  /** Changes parts of the query string of this page; null takes a part away. */
  set(changes: Changes, replace = false): void {
    const text = this.#apply(new URLSearchParams(this.query), changes).toString();
    const url = `${location.pathname}${text === '' ? '' : `?${text}`}`;
    history[replace ? 'replaceState' : 'pushState'](null, '', url);
    this.#read();
  }

  /** Puts a guard before leaving the page, until the returned function is called. */
  block(guard: Guard): () => void {
    this.#guard = guard;
    return () => {
      if (this.#guard === guard) this.#guard = null;
    };
  }

  #apply(query: URLSearchParams, changes: Changes): URLSearchParams {
    for (const [name, value] of Object.entries(changes)) {
      query.delete(name);
      for (const item of value === null ? [] : [value].flat()) if (item !== '') query.append(name, item);
    }
    return query;
  }

  #read(): void {
    this.path = withoutSlash(location.pathname.slice(this.#base.length) || '/');
    this.query = new URLSearchParams(location.search);
    this.#shown = location.href;
  }

  async #mayLeave(): Promise<boolean> {
    if (!this.#guard) return true;
    const leaves = await this.#guard();
    if (leaves) this.#guard = null;
    return leaves;
  }

  async #open(url: URL, replace: boolean): Promise<void> {
    if (!(await this.#mayLeave())) return;
    const moved = withoutSlash(url.pathname) !== withoutSlash(location.pathname);
    history[replace ? 'replaceState' : 'pushState'](null, '', url);
    this.#read();
    if (!moved) return;
    this.moves += 1;
    scrollTo(0, 0);
  }

  async #back(): Promise<void> {
    const target = location.href;
    if (this.#guard) {
      history.pushState(null, '', this.#shown);
      if (await this.#mayLeave()) await this.#open(new URL(target), true);
      return;
    }
    const before = this.path;
    this.#read();
    if (this.path !== before) this.moves += 1;
  }

  #click(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest('a');
    if (!link || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin)
      return;
    const url = new URL(link.href);
    if (!url.pathname.startsWith(`${this.#base}/`) || (url.hash !== '' && url.pathname === location.pathname))
      return;
    event.preventDefault();
    void this.#open(url, false);
  }
}

export const router = new Router();

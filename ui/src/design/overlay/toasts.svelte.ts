export interface Toast {
  readonly id: number;
  readonly tone: 'success' | 'danger' | 'info';
  readonly text: string;
}

const shownMs = 8000;

/** Short messages that go away by themselves. */
class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #next = 0;

  success(text: string): void {
    this.#add('success', text);
  }

  error(text: string): void {
    this.#add('danger', text);
  }

  info(text: string): void {
    this.#add('info', text);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #add(tone: Toast['tone'], text: string): void {
    const id = (this.#next += 1);
    this.list = [...this.list, { id, tone, text }];
    setTimeout(() => this.dismiss(id), shownMs);
  }
}

export const toasts = new Toasts();

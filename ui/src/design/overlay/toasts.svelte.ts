/** What a message offers to do, once. */
export interface ToastAction {
  readonly label: string;
  readonly run: () => Promise<void>;
}

export interface Toast {
  readonly id: number;
  readonly tone: 'success' | 'danger' | 'info';
  readonly text: string;
  readonly action: ToastAction | null;
}

const shownMs = 8000;

/** Short messages that go away by themselves. */
class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #next = 0;

  success(text: string, action: ToastAction | null = null): void {
    this.#add('success', text, action);
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

  #add(tone: Toast['tone'], text: string, action: ToastAction | null = null): void {
    const id = (this.#next += 1);
    this.list = [...this.list, { id, tone, text, action }];
    setTimeout(() => this.dismiss(id), shownMs);
  }
}

export const toasts = new Toasts();

import { ApiError, type FieldProblem } from '../../../client/api-error.js';
import { toasts } from '../../../design/overlay/toasts.svelte.js';
import { numberText } from '../../../messages/moment.js';
import { problemText } from '../../../messages/problem.js';
import { t } from '../../../messages/t.js';
import { questionOf, type LogFilter } from '../log-filter.js';
import { countEntries } from './count-entries.js';
import { entryCounter } from './entry-counter.js';
import { exportAddress } from './export-address.js';
import type { ExportFormat } from './export-format.js';

/** Above this the browser takes the file by itself, straight to the disk. */
const keptAtMost = 500_000;

const refusal = async (response: Response): Promise<ApiError> => {
  const { code, message, fields } = (await response.json().catch(() => ({}))) as {
    code?: string;
    message?: string;
    fields?: readonly FieldProblem[];
  };
  return new ApiError(code ?? 'INTERNAL_ERROR', message ?? '', fields);
};

const nameIn = (response: Response): string =>
  /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'event-log';

const save = (file: Blob, name: string): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

/** Takes the event log away as a file. It goes on while the person looks at other pages, and can be stopped. */
class ExportRun {
  running = $state(false);
  /** How many entries have come in. */
  done = $state(0);
  /** How many there are; null until they are counted. */
  total = $state<number | null>(null);
  #stop: AbortController | null = null;

  async start(log: LogFilter, format: ExportFormat): Promise<void> {
    if (this.running) return;
    const stop = new AbortController();
    [this.running, this.done, this.total, this.#stop] = [true, 0, null, stop];
    try {
      const now = Date.now();
      this.total = await countEntries(questionOf(log, now), now);
      if (stop.signal.aborted) return;
      if (this.total > keptAtMost) {
        location.assign(exportAddress(log, format, now));
        toasts.info(t('log.export.browser', { count: numberText(this.total) }));
      } else await this.#fetch(exportAddress(log, format, now), format, stop.signal);
    } catch (error) {
      const problem = error instanceof TypeError ? new ApiError('UNREACHABLE', error.message) : error;
      if (!stop.signal.aborted) toasts.error(t('log.export.failed', { reason: problemText(problem) }));
    } finally {
      if (this.#stop === stop) this.running = false;
    }
  }

  cancel(): void {
    this.#stop?.abort();
    this.running = false;
    toasts.info(t('log.export.cancelled'));
  }

  async #fetch(address: string, format: ExportFormat, signal: AbortSignal): Promise<void> {
    const response = await fetch(address, { signal });
    if (!response.ok || !response.body) throw await refusal(response);
    const count = entryCounter(format);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const reader = response.body.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      chunks.push(value);
      this.done = count(value);
    }
    save(new Blob(chunks, { type: response.headers.get('content-type') ?? '' }), nameIn(response));
    toasts.success(t('log.export.saved', { count: this.done }));
  }
}

export const exportRun = new ExportRun();

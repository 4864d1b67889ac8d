const redrawMs = 200;
const lineMs = 10_000;

/** Progress of long work: one line that is written over on a terminal, a line now and then elsewhere. */
export interface Progress {
  readonly at: (done: number) => void;
  readonly end: () => void;
}

const remaining = (seconds: number): string => {
  if (seconds < 60) return `${String(Math.ceil(seconds))} s`;
  return seconds < 3600
    ? `${String(Math.ceil(seconds / 60))} min`
    : `${String(Math.floor(seconds / 3600))} h ${String(Math.ceil((seconds % 3600) / 60))} min`;
};

/** Shows `label` with how much of `total` is done and how long the rest takes at the pace so far. */
export const showProgress = (label: string, total: number): Progress => {
  const out = process.stderr;
  const started = Date.now();
  let shownAt = started;
  let drawn = false;
  const line = (done: number): string => {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const left = share === 0 ? null : ((Date.now() - started) / 1000) * (1 / share - 1);
    const bar = '#'.repeat(Math.round(share * 24)).padEnd(24, '.');
    return `${label} [${bar}] ${String(Math.floor(share * 100))} % (${String(done)} of ${String(total)})${left === null || share === 1 ? '' : `, ${remaining(left)} left`}`;
  };
  return {
    at: (done) => {
      const now = Date.now();
      if (now - shownAt < (out.isTTY ? redrawMs : lineMs)) return;
      shownAt = now;
      out.write(out.isTTY ? `\r\u001b[K${line(done)}` : `${line(done)}\n`);
      drawn = out.isTTY;
    },
    end: () => {
      if (drawn) out.write(`\r\u001b[K`);
    },
  };
};

const redrawMs = 100;
const lineMs = 5000;
const barWidth = 24;

const duration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60
    ? `${String(whole)} s`
    : `${String(Math.floor(whole / 60))} min ${String(whole % 60).padStart(2, '0')} s`;
};

/** How far some long work is, for people: one line that is drawn again on a terminal, a line now and then elsewhere. */
export interface ProgressLine {
  readonly show: (done: number, total: number, note?: string) => void;
  /** Leaves the last word standing. */
  readonly end: (text: string) => void;
}

/** Tells share, speed and the time that is left. `unit` is what is counted, in the plural. */
export const progressLine = (unit: string, out: NodeJS.WriteStream = process.stderr): ProgressLine => {
  const began = Date.now();
  let first: number | null = null;
  let shownAt = 0;
  const write = (text: string): void => {
    out.write(out.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  };
  return {
    show: (done, total, note) => {
      first ??= done;
      const now = Date.now();
      if (now - shownAt < (out.isTTY ? redrawMs : lineMs)) return;
      shownAt = now;
      const seconds = (now - began) / 1000;
      const rate = seconds > 0 ? (done - first) / seconds : 0;
      const share = total === 0 ? 1 : Math.min(done / total, 1);
      const bar = '█'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '░');
      const left = rate > 0 ? `, ${duration((total - done) / rate)} left` : '';
      write(
        `${out.isTTY ? `${bar} ` : ''}${(share * 100).toFixed(0)} %  ${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${unit}` +
          `  ${Math.round(rate).toLocaleString('en')}/s${left}${note === undefined ? '' : `  ${note}`}`,
      );
    },
    end: (text) => {
      out.write(out.isTTY ? `\r\u001b[K${text}\n` : `${text}\n`);
    },
  };
};

// The node as a process of its own: `node main.mjs --port 2113 --log events.log [--classic] [--die-before-answer n]`.
import { parseArgs } from 'node:util';
import { startNode } from './node.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    log: { type: 'string' },
    classic: { type: 'boolean', default: false },
    /** The process kills itself after the n-th append is on disk and before it is answered. */
    'die-before-answer': { type: 'string' },
  },
});

const node = await startNode({ port: Number(values.port), log: values.log, batch: !values.classic });
let left = Number(values['die-before-answer'] ?? Infinity);
node.faults.beforeAnswer = () => {
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
};
process.on('SIGTERM', () => {
  node.stop();
  process.exit(0);
});
process.stdout.write(`${node.url}\n`);

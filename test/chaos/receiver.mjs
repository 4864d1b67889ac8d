// Receives webhooks and writes down what it gets, in a process of its own. At times it behaves badly.
import { createServer } from 'node:http';
import { openHistory } from './history.mjs';
import { createRandom } from './random.mjs';

const slowMs = 400;

/** Ways to answer badly. What was received has been written down, and counts. */
const misbehaviours = {
  error: (request, response) => response.writeHead(500).end(),
  silent: () => undefined,
  reset: (request) => request.socket.resetAndDestroy(),
  slow: (request, response) => setTimeout(() => response.writeHead(204).end(), slowMs),
};

process.once('message', ({ file, seed, badly }) => {
  const history = openHistory(file);
  const random = createRandom(seed);
  const seen = new Set();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('error', () => undefined);
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      const { event } = JSON.parse(body);
      // Only the first attempt meets a bad day: a lane that pauses longer and longer would tell nothing more.
      const bad = !seen.has(request.url + id) && random.chance(badly);
      const how = bad ? random.pick(Object.keys(misbehaviours)) : 'well';
      seen.add(request.url + id);
      history.write({
        path: request.url,
        id,
        entry: event?.id ?? null,
        target: event?.target?.label ?? null,
        how,
      });
      if (bad) misbehaviours[how](request, response);
      else response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('disconnect', () => process.exit(0));
});

// The clients of an experiment: a process of its own, outside the system under test, that writes the history.
import { workAs } from './operations.mjs';
import { Browser } from './browser.mjs';
import { openHistory } from './history.mjs';
import { createRandom } from './random.mjs';

const start = ({ historyFile, seed, clients, origins, run, ...shared }) => {
  const history = openHistory(historyFile);
  let stopping = false;
  let number = 0;
  process.on('message', ({ stop }) => {
    stopping ||= stop === true;
  });
  // Whoever loses the conductor has nobody to stop it.
  process.on('disconnect', () => process.exit(1));
  const clientOf = (index) => {
    const random = createRandom(seed * 1000 + index);
    const browsers = origins.map((origin) => new Browser(origin));
    const name = `c${index}`;
    return {
      ...shared,
      name,
      random,
      history,
      stopping: () => stopping,
      anyServer: () => random.pick(browsers),
      nextId: () => (number += 1),
      nextName: (what) => `${what}-${run}-${name}-${(number += 1)}`,
      complain: (problem) => {
        history.write({
          client: name,
          op: 'complaint',
          id: (number += 1),
          phase: 'complaint',
          result: { problem },
        });
      },
    };
  };
  return Promise.all(Array.from({ length: clients }, (_, index) => workAs(clientOf(index)))).then(() => {
    history.close();
    process.exit(0);
  });
};

process.once('message', (job) => {
  start(job).catch((error) => {
    console.error(error);
    process.exit(1);
  });
});

/** A result for people. */
export const describeResult = (result) => {
  const { violations, faults, folder, seed } = result;
  const lines = [
    `${result.passed ? 'passed' : 'FAILED'}  seed ${seed}, ${result.seconds} s`,
    `  kills ${result.kills}; faults ${Object.entries(faults)
      .map(([kind, times]) => `${kind} ${times}`)
      .join(', ')}; Postgres gave up by itself ${result.postgresDeaths} times`,
    `  operations ${result.operations}: acknowledged ${result.acknowledged}, refused ${result.refused}, unknown ${result.unknown}`,
    `  events ${result.events}; webhooks ${result.deliveries}, of them repetitions ${result.repeatedDeliveries}`,
    `  starts ${result.starts}: ready after ${result.medianStartMs} ms (median), ${result.longestStartMs} ms (longest), given up ${result.failedStarts}`,
  ];
  for (const { rule, count, examples } of violations) {
    lines.push(`  violated: ${rule} (${count})`);
    for (const example of examples) lines.push(`    ${example}`);
  }
  if (!result.passed)
    lines.push(
      `  history, faults and logs: ${folder}`,
      `  the same faults again: npm run chaos -- --replay ${folder}`,
    );
  return lines.join('\n');
};

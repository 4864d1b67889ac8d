import { sendTestEmailCommand } from '../../commands/mail/send-test-email.js';
import { execute } from '../../commands/pipeline.js';
import { OperatorError, type Settings } from '../configuration.js';
import { operatorContext, withCore } from '../operator.js';

/** Sends a test mail with the settings of this installation. */
export const testEmail = async (settings: Settings, to: string): Promise<void> => {
  const { delivered, message } = await withCore(
    settings,
    async ({ ports }) => (await execute(ports, sendTestEmailCommand, { to }, operatorContext(ports))).output,
  );
  if (!delivered) throw new OperatorError(message);
  process.stdout.write(`${message}\n`);
};

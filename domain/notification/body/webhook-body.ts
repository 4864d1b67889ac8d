import type { Json } from '../../kernel/field.js';
import type { NotificationMessage } from '../message.js';
import { fillTemplate } from './fill-template.js';
import { messageJson } from './message-json.js';

/** Body of a generic webhook, or what its template makes of it. Secrets in changes and context are masked already. */
export const webhookBody = (message: NotificationMessage, template: string | null): string =>
  JSON.stringify(
    template === null
      ? messageJson(message)
      : fillTemplate(JSON.parse(template) as Json, messageJson(message)),
  );

import type { ConsentEvent } from '../access/consent/consent.js';
import { fact, type AuditFact } from './fact.js';

/** The audit meaning of what people allow applications. */
export const ofConsent = (event: ConsentEvent): AuditFact => {
  switch (event.type) {
    case 'consent.given':
      return fact(
        'model_updated',
        { type: 'consent', id: `${event.data.userId}/${event.data.applicationId}` },
        {
          namedAfter: { type: 'application', id: event.data.applicationId },
          changes: [{ field: 'scopes', before: null, after: event.data.scopes }],
          context: { application: event.data.applicationId },
        },
      );
    case 'consent.revoked':
      return fact(
        'model_deleted',
        { type: 'consent', id: `${event.data.userId}/${event.data.applicationId}` },
        {
          namedAfter: { type: 'application', id: event.data.applicationId },
          context: { application: event.data.applicationId },
        },
      );
  }
};

import { certificate } from '../../domain/certificate/model.js';
import { group } from '../../domain/directory/group/model.js';
import type { Fields, Model, StateOf } from '../../domain/kernel/model.js';
import { models } from '../../domain/models.generated.js';
import { sink } from '../../domain/sink/family.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import { ssfStream } from '../../domain/ssf/model.js';
import type { GuardDeletion, Prepare } from './preparation.js';
import { guardCertificateDeletion, prepareCertificate } from './prepare-certificate.js';
import { guardGroupDeletion, prepareGroup } from './prepare-group.js';
import { prepareNotificationTransport } from './prepare-notification-transport.js';
import { prepareOAuth2Provider } from './prepare-oauth2-provider.js';
import { prepareSink } from './prepare-sink.js';
import { prepareSsfStream } from './prepare-ssf-stream.js';

const entry = <F extends Fields>(model: Model<F>, prepare: Prepare<StateOf<F>>): [string, Prepare] => [
  model.name,
  prepare as unknown as Prepare,
];

const sinkModels = models.filter(({ family }) => family?.name === sink.family.name);

/** Models whose writes need more than their declaration says. */
export const preparations: ReadonlyMap<string, Prepare> = new Map([
  entry(group, prepareGroup),
  entry(certificate, prepareCertificate),
  entry(oauth2Provider, prepareOAuth2Provider),
  entry(notificationTransport, prepareNotificationTransport),
  entry(ssfStream, prepareSsfStream),
  ...sinkModels.map((model): [string, Prepare] => [model.name, prepareSink(model)]),
]);

export const deletionGuards: ReadonlyMap<string, GuardDeletion> = new Map([
  [group.name, guardGroupDeletion],
  [certificate.name, guardCertificateDeletion],
]);

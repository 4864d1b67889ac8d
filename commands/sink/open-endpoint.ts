import type { ConfigObject } from '../../domain/kernel/config-view.js';
import { OutboundFailure } from '../sink-ports.js';
import {
  failed,
  type EndpointContext,
  type OpenEndpoint,
  type SinkEndpoint,
  type SinkOutcome,
} from './endpoint.js';
import { openDatadog } from './kinds/datadog.js';
import { openElastic } from './kinds/elastic.js';
import { openFile } from './kinds/file.js';
import { openHttp } from './kinds/http.js';
import { openKafka } from './kinds/kafka.js';
import { openS3 } from './kinds/s3.js';
import { openSplunkHec } from './kinds/splunk-hec.js';
import { openSumo } from './kinds/sumo.js';
import { openSyslog } from './kinds/syslog.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each kind knows its own values; the table joins them
const kinds: Readonly<Record<string, OpenEndpoint<any>>> = {
  syslog: openSyslog,
  http: openHttp,
  file: openFile,
  splunk_hec: openSplunkHec(),
  elastic: openElastic,
  s3: openS3,
  datadog: openDatadog,
  sumo: openSumo,
  kafka: openKafka,
};

/** A secret that is lost is a failure like others: the sink says so, and tries again. */
const asOutcome = async <Answer>(work: Promise<Answer>): Promise<Answer | SinkOutcome> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OutboundFailure) return failed(`Nothing was sent: ${error.message}.`);
    throw error;
  }
};

/** The receiving end of a sink, as it is configured now. */
export const openEndpoint = (context: EndpointContext, sink: ConfigObject): SinkEndpoint => {
  const open = kinds[sink.model.kind ?? ''];
  if (!open) throw new Error(`there is no endpoint for ${sink.model.name}`);
  const endpoint = open(context, sink);
  const connect = endpoint.connect?.bind(endpoint);
  return {
    ...endpoint,
    ...(connect ? { connect: (signal: AbortSignal) => asOutcome(connect(signal)) } : {}),
    deliver: (batch, signal) => asOutcome(endpoint.deliver(batch, signal)),
  };
};

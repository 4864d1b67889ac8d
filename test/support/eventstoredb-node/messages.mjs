// From the log's records to the messages of the wire and back.
import { createRequire } from 'node:module';
import { Metadata, status } from '@grpc/grpc-js';

const require = createRequire(import.meta.url);
const load = (name) => require(`@eventstore/db-client/generated/${name}`);

export const streams = load('streams_pb.js');
export const streamsService = load('streams_grpc_pb.js').StreamsService;
export const shared = load('shared_pb.js');
export const gossip = load('gossip_pb.js');
export const gossipService = load('gossip_grpc_pb.js').GossipService;
export const features = load('serverfeatures_pb.js');
export const featuresService = load('serverfeatures_grpc_pb.js').ServerFeaturesService;
const { Status } = load('status_pb.js');
const { Any } = require('google-protobuf/google/protobuf/any_pb.js');
const { Empty: GoogleEmpty } = require('google-protobuf/google/protobuf/empty_pb.js');

export const identifier = (stream) => {
  const message = new shared.StreamIdentifier();
  message.setStreamName(Buffer.from(stream).toString('base64'));
  return message;
};

export const streamOf = (options) =>
  Buffer.from(options.getStreamIdentifier().getStreamName_asU8()).toString('utf8');

const idMessage = (id) => {
  const message = new shared.UUID();
  message.setString(id);
  return message;
};

const idOf = (message) => {
  const structured = message.getStructured();
  if (!structured) return message.getString();
  const half = (text) => BigInt.asUintN(64, BigInt(text)).toString(16).padStart(16, '0');
  const hex = half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** A proposed message as the log keeps it. */
export const proposed = (message) => ({
  id: idOf(message.getId()),
  type: message.getMetadataMap().get('type'),
  contentType: message.getMetadataMap().get('content-type'),
  data: message.getData_asB64(),
  meta: message.getCustomMetadata_asB64(),
});

export const sizeOf = (events) =>
  events.reduce((sum, { data, meta }) => sum + (data.length + meta.length) * 0.75, 0);

const expectedRevision = (options, exact) => {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream_exists';
  return BigInt(exact());
};
export const expectedOf = (options) => expectedRevision(options, () => options.getRevision());
export const expectedOfBatch = (options) => expectedRevision(options, () => options.getStreamPosition());

const dotNetTicks = (ms) => String(BigInt(ms) * 10_000n + 0n);

/** An event as reads and subscriptions answer it. */
export const readEvent = (record) => {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(idMessage(record.id));
  recorded.setStreamIdentifier(identifier(record.stream));
  recorded.setStreamRevision(String(record.revision));
  recorded.setPreparePosition(String(record.position));
  recorded.setCommitPosition(String(record.position));
  const metadata = recorded.getMetadataMap();
  metadata.set('type', record.type);
  metadata.set('content-type', record.contentType);
  metadata.set('created', dotNetTicks(record.created));
  recorded.setData(record.data);
  recorded.setCustomMetadata(record.meta);
  const event = new streams.ReadResp.ReadEvent();
  event.setEvent(recorded);
  event.setCommitPosition(String(record.position));
  const answer = new streams.ReadResp();
  answer.setEvent(event);
  return answer;
};

export const readAnswer = (what, message) => {
  const answer = new streams.ReadResp();
  answer[`set${what}`](message);
  return answer;
};

export const position = (Message, at) => {
  const message = new Message();
  message.setCommitPosition(String(at));
  message.setPreparePosition(String(at));
  return message;
};

const codes = {
  'wrong-expected-version': status.FAILED_PRECONDITION,
  'stream-deleted': status.FAILED_PRECONDITION,
  'maximum-append-size-exceeded': status.INVALID_ARGUMENT,
  'not-leader': status.NOT_FOUND,
};

/** A refusal as a failed call: code, and the name in the trailers. */
export const callError = (refusal) => {
  const metadata = new Metadata();
  if (refusal.exception) metadata.set('exception', refusal.exception);
  for (const [name, value] of Object.entries(refusal.details ?? {})) metadata.set(name, String(value));
  return Object.assign(new Error(refusal.message), {
    code: codes[refusal.exception] ?? status.UNKNOWN,
    details: refusal.message,
    metadata,
  });
};

/** A refusal as the batch answers it: a status inside the stream. */
export const batchError = (refusal, expected) => {
  const details = new Any();
  const pack = (message, name) => details.pack(message.serializeBinary(), `event_store.client.${name}`);
  switch (refusal.exception) {
    case 'wrong-expected-version': {
      const message = new shared.WrongExpectedVersion();
      if (refusal.details.last >= 0n) message.setCurrentStreamRevision(String(refusal.details.last));
      else message.setCurrentNoStream(new GoogleEmpty());
      if (typeof expected === 'bigint') message.setExpectedStreamPosition(String(expected));
      else if (expected === 'no_stream') message.setExpectedNoStream(new GoogleEmpty());
      else message.setExpectedStreamExists(new GoogleEmpty());
      pack(message, 'WrongExpectedVersion');
      break;
    }
    case 'stream-deleted':
      pack(new shared.StreamDeleted(), 'StreamDeleted');
      break;
    case 'maximum-append-size-exceeded': {
      const message = new shared.MaximumAppendSizeExceeded();
      message.setMaxappendsize(refusal.details['maximum-append-size']);
      pack(message, 'MaximumAppendSizeExceeded');
      break;
    }
    case 'timeout':
      pack(new shared.Timeout(), 'Timeout');
      break;
    default:
      pack(new shared.Unknown(), 'Unknown');
  }
  const result = new Status();
  result.setCode(codes[refusal.exception] ?? status.UNKNOWN);
  result.setMessage(refusal.message);
  result.setDetails(details);
  return result;
};

export const emptyOfGoogle = () => new GoogleEmpty();

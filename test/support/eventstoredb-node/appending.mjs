// Streams.Append, BatchAppend, Delete and Tombstone.
import { Refusal } from './event-log.mjs';
import {
  batchError,
  callError,
  expectedOf,
  expectedOfBatch,
  position,
  proposed,
  shared,
  sizeOf,
  streamOf,
  streams,
} from './messages.mjs';

const maxAppendSize = 1024 * 1024;

const appendWithinLimits = async (node, stream, expected, events) => {
  if (sizeOf(events) > maxAppendSize)
    throw new Refusal('maximum-append-size-exceeded', { 'maximum-append-size': maxAppendSize });
  await node.faults.beforeAppend?.(stream);
  const appended = await node.log.append(stream, expected, events);
  await node.faults.beforeAnswer?.(stream);
  return appended;
};

const notLeader = (node) => {
  const leader = node.faults.leader;
  return leader
    ? new Refusal('not-leader', { 'leader-endpoint-host': leader.host, 'leader-endpoint-port': leader.port })
    : null;
};

const classicAnswer = ({ revision, position: at }) => {
  const success = new streams.AppendResp.Success();
  success.setCurrentRevision(String(revision));
  if (at === null) success.setNoPosition(new shared.Empty());
  else success.setPosition(position(streams.AppendResp.Position, at));
  const answer = new streams.AppendResp();
  answer.setSuccess(success);
  return answer;
};

const classicRefusal = ({ details }) => {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (details.last >= 0n) wrong.setCurrentRevision(String(details.last));
  else wrong.setCurrentNoStream(new shared.Empty());
  if (typeof details.expected === 'bigint') wrong.setExpectedRevision(String(details.expected));
  else if (details.expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
  else wrong.setExpectedStreamExists(new shared.Empty());
  const answer = new streams.AppendResp();
  answer.setWrongExpectedVersion(wrong);
  return answer;
};

/** One call an append: the options first, then the events. */
export const append = (node) => (call, answer) => {
  let options = null;
  const events = [];
  call.on('data', (message) => {
    if (message.hasOptions()) options = message.getOptions();
    else events.push(proposed(message.getProposedMessage()));
  });
  call.on('error', () => undefined);
  call.on('end', async () => {
    try {
      const refusal = notLeader(node);
      if (refusal) throw refusal;
      const appended = await appendWithinLimits(node, streamOf(options), expectedOf(options), events);
      await node.speak();
      answer(null, classicAnswer(appended));
    } catch (error) {
      await node.speak();
      if (error.exception === 'wrong-expected-version') answer(null, classicRefusal(error));
      else answer(callError(error));
    }
  });
};

const batchSuccess = ({ revision, position: at }) => {
  const success = new streams.BatchAppendResp.Success();
  success.setCurrentRevision(String(revision));
  if (at !== null) success.setPosition(position(shared.AllStreamPosition, at));
  return success;
};

/** One call for many appends, told apart by their correlation ids. */
export const batchAppend = (node) => (call) => {
  const waiting = new Map();
  const respond = async (correlation, options, fill) => {
    const answer = new streams.BatchAppendResp();
    answer.setCorrelationId(correlation);
    answer.setStreamIdentifier(options.getStreamIdentifier());
    fill(answer);
    await node.speak();
    call.write(answer);
    if (node.faults.duplicateAnswers) call.write(answer);
  };
  const run = async ({ correlation, options, events }) => {
    const expected = expectedOfBatch(options);
    try {
      const deadline = options.getDeadline();
      if (deadline && deadline.toDate() < new Date()) throw new Refusal('timeout');
      const appended = await appendWithinLimits(node, streamOf(options), expected, events);
      await respond(correlation, options, (answer) => answer.setSuccess(batchSuccess(appended)));
    } catch (error) {
      await respond(correlation, options, (answer) => answer.setError(batchError(error, expected)));
    }
  };
  call.on('error', () => undefined);
  call.on('data', (message) => {
    const refusal = notLeader(node);
    if (refusal) {
      call.emit('error', callError(refusal));
      return;
    }
    const id = message.getCorrelationId().getStructured()
      ? Buffer.from(message.getCorrelationId().serializeBinary()).toString('hex')
      : message.getCorrelationId().getString();
    const entry = waiting.get(id) ?? { correlation: message.getCorrelationId(), options: null, events: [] };
    waiting.set(id, entry);
    if (message.hasOptions()) entry.options = message.getOptions();
    entry.events.push(...message.getProposedMessagesList().map(proposed));
    if (!message.getIsFinal()) return;
    waiting.delete(id);
    void run(entry);
  });
  call.on('end', () => call.end());
};

const removal = (node, Response, remove) => async (call, answer) => {
  try {
    const stream = streamOf(call.request.getOptions());
    const expected = expectedOf(call.request.getOptions());
    const last = node.log.lastRevision(stream);
    if (typeof expected === 'bigint' && expected !== last)
      throw new Refusal('wrong-expected-version', {
        'stream-name': stream,
        'expected-version': expected,
        'actual-version': last,
      });
    await remove(stream);
    await node.speak();
    const response = new Response();
    response.setNoPosition(new shared.Empty());
    answer(null, response);
  } catch (error) {
    answer(callError(error));
  }
};

export const deleteStream = (node) =>
  removal(node, streams.DeleteResp, (stream) => node.log.softDelete(stream));
export const tombstone = (node) =>
  removal(node, streams.TombstoneResp, (stream) => node.log.tombstone(stream));

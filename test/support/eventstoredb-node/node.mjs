// A stand-in for an EventStoreDB server: the parts of its gRPC protocol that the adapter uses. For tests only.
import { randomUUID } from 'node:crypto';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { append, batchAppend, deleteStream, tombstone } from './appending.mjs';
import { EventLog } from './event-log.mjs';
import { features, featuresService, gossip, gossipService, shared, streamsService } from './messages.mjs';
import { read } from './reading.mjs';

const states = { leader: 8, follower: 6 };

const supportedMethods = (node) => (_call, answer) => {
  const methods = new features.SupportedMethods();
  methods.setEventStoreServerVersion('23.10.0-stand-in');
  const names = ['Read', 'Append', 'Delete', 'Tombstone', ...(node.batch ? ['BatchAppend'] : [])];
  for (const name of names) {
    const method = new features.SupportedMethod();
    method.setServiceName('event_store.client.streams.Streams');
    method.setMethodName(name.toLowerCase());
    methods.addMethods(method);
  }
  void node.speak().then(() => answer(null, methods));
};

const members = (node) => (_call, answer) => {
  const info = new gossip.ClusterInfo();
  for (const { host, port, state = 'leader', alive = true } of node.faults.members ?? [
    { host: node.host, port: node.port },
  ]) {
    const member = new gossip.MemberInfo();
    const id = new shared.UUID();
    id.setString(randomUUID());
    member.setInstanceId(id);
    member.setTimeStamp('0');
    member.setState(states[state]);
    member.setIsAlive(alive);
    const endPoint = new gossip.EndPoint();
    endPoint.setAddress(host);
    endPoint.setPort(port);
    member.setHttpEndPoint(endPoint);
    info.addMembers(member);
  }
  void node.speak().then(() => answer(null, info));
};

/** Starts a node. `log` keeps what is written in a file; `shares` makes it a second node over another one's log. */
export const startNode = async ({ log, port = 0, host = '127.0.0.1', batch = true, shares } = {}) => {
  const wakes = [];
  const node = {
    host,
    port,
    batch,
    closed: false,
    log: shares?.log ?? new EventLog(log),
    faults: {},
    /** Resolves when the node may answer: at once, or when it is no longer silent. */
    speak: () => (node.faults.silent ? new Promise((resolve) => wakes.push(resolve)) : Promise.resolve()),
  };
  const server = new Server({
    'grpc.max_receive_message_length': 17 * 1024 * 1024,
    'grpc.keepalive_permit_without_calls': 1,
  });
  server.addService(featuresService, { getSupportedMethods: supportedMethods(node) });
  server.addService(gossipService, { read: members(node) });
  server.addService(streamsService, {
    read: read(node),
    append: append(node),
    delete: deleteStream(node),
    tombstone: tombstone(node),
    ...(batch ? { batchAppend: batchAppend(node) } : {}),
  });
  node.port = await new Promise((resolve, reject) =>
    server.bindAsync(`${host}:${String(port)}`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    host,
    port: node.port,
    url: `esdb://${host}:${String(node.port)}?tls=false`,
    log: node.log,
    faults: node.faults,
    silence: (silent) => {
      node.faults.silent = silent;
      if (!silent) for (const wake of wakes.splice(0)) wake();
    },
    /** Breaks every connection and stops listening; what is in the log stays. */
    stop: () => {
      node.closed = true;
      for (const wake of wakes.splice(0)) wake();
      server.forceShutdown();
      node.log.emit('appended');
      if (!shares) node.log.close();
    },
  };
};

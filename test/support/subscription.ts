import { once } from 'node:events';
import { WebSocket } from 'undici';
import type { Client } from './client.js';

export interface Subscription {
  /** What has come so far: the `data` of each answer. */
  readonly received: any[];
  readonly errors: any[];
  readonly close: () => void;
}

/** Follows a subscription as the person whose cookies the client keeps. Resolves when the server has accepted it. */
export const subscribe = async (baseUrl: string, client: Client, query: string): Promise<Subscription> => {
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const socket = new WebSocket(`${baseUrl.replace('http', 'ws')}/graphql`, {
    protocols: ['graphql-transport-ws'],
    headers: { cookie, origin: baseUrl },
  });
  const received: any[] = [];
  const errors: any[] = [];
  const say = (message: object): void => {
    socket.send(JSON.stringify(message));
  };
  let accepted = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    accepted = resolve;
  });
  socket.addEventListener('message', (event) => {
    const message = JSON.parse(String(event.data)) as { type: string; payload?: any };
    if (message.type === 'connection_ack') {
      say({ type: 'subscribe', id: '1', payload: { query } });
      // Answered in order: once it comes, the subscription stands.
      say({ type: 'ping' });
    } else if (message.type === 'pong') accepted();
    else if (message.type === 'next') received.push(message.payload.data);
    else if (message.type === 'error') errors.push(message.payload);
  });
  await once(socket, 'open');
  say({ type: 'connection_init' });
  await ready;
  return {
    received,
    errors,
    close: () => {
      socket.close();
    },
  };
};

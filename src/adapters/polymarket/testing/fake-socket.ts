import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface FakeSocketServer {
  readonly url: string;
  /** Everything clients sent, parsed where it is JSON. */
  readonly received: unknown[];
  /** Sends text as it is and anything else as JSON to every client. */
  broadcast(message: unknown): void;
  /** Breaks every connection. */
  dropAll(): void;
  readonly clients: ReadonlySet<WebSocket>;
  close(): Promise<void>;
}

/** A WebSocket server on a free local port. `onMessage` may answer through the client it is given. */
export async function startFakeSocket(
  onMessage: (message: unknown, client: WebSocket) => void = () => undefined,
): Promise<FakeSocketServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const received: unknown[] = [];
  server.on('connection', (client) => {
    client.on('error', () => client.terminate());
    client.on('message', (bytes: Buffer) => {
      const text = bytes.toString('utf8');
      const message: unknown = text.startsWith('{') ? JSON.parse(text) : text;
      received.push(message);
      onMessage(message, client);
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    received,
    clients: server.clients,
    broadcast: (message) => {
      for (const client of server.clients)
        client.send(typeof message === 'string' ? message : JSON.stringify(message));
    },
    dropAll: () => {
      for (const client of server.clients) client.terminate();
    },
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close(() => resolve());
      }),
  };
}

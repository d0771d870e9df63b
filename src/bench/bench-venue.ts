import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BenchVenue {
  readonly url: string;
  /** Requests served since the start, by method and path. */
  readonly served: Map<string, number>;
  /** Orders in every `POST /orders` so far. */
  ordersPosted(): number;
  close(): Promise<void>;
}

/** The least a client needs to place an order: look-ups, and an answer that accepts whatever is posted. */
export async function startBenchVenue(): Promise<BenchVenue> {
  const served = new Map<string, number>();
  let posted = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '/').split('?')[0]!;
      const name = `${request.method} ${path}`;
      served.set(name, (served.get(name) ?? 0) + 1);
      response.writeHead(200, { 'content-type': 'application/json' });
      const answer = answerOf(path, Buffer.concat(chunks).toString('utf8'));
      if (Array.isArray(answer)) posted += answer.length;
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    served,
    ordersPosted: () => posted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const accepted = {
  success: true,
  errorMsg: '',
  orderID: `0x${'0'.repeat(64)}`,
  status: 'live',
  makingAmount: '',
  takingAmount: '',
};

function answerOf(path: string, body: string): unknown {
  switch (path) {
    case '/version':
      return { version: 2 };
    case '/tick-size':
      return { minimum_tick_size: 0.01 };
    case '/neg-risk':
      return { neg_risk: false };
    case '/order':
      return accepted;
    case '/orders':
      return (JSON.parse(body) as unknown[]).map(() => accepted);
    default:
      return {};
  }
}

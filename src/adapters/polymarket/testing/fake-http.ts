import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Closes the connection without an answer. */
  readonly hangUp?: boolean;
  /** Never answers; the caller's own bound has to end it. */
  readonly silent?: boolean;
}

export interface FakeHttp {
  readonly url: string;
  readonly seen: FakeRequest[];
  close(): Promise<void>;
}

/** A small HTTP server on a free local port that answers as told and remembers what it was asked. */
export async function startFakeHttp(
  answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>,
): Promise<FakeHttp> {
  const seen: FakeRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const asked: FakeRequest = {
        method: request.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(asked);
      void Promise.resolve(answer(asked)).then((told) => {
        if (told.hangUp === true) request.socket.destroy();
        else if (told.silent !== true) {
          response.writeHead(told.status ?? 200, { 'content-type': 'application/json', ...told.headers });
          response.end(typeof told.body === 'string' ? told.body : JSON.stringify(told.body ?? {}));
        }
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

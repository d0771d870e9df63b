import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { ChangeWord } from '../settings/index.ts';
import type { SettingAnswer } from './settings-desk.ts';

/** What an operator may say over the control socket. */
const operatorSchema = z.object({
  order: z.enum(['pause', 'resume', 'reduce', 'halt', 'stop']),
  reason: z.string().min(1).max(500),
  by: z.string().min(1).max(100).default('operator'),
});
export type OperatorWord = z.infer<typeof operatorSchema>;

/** A change of a setting; a value of null takes it back. Whether the setting may be changed is decided behind this. */
const settingSchema = z.object({
  name: z.string().min(1).max(100),
  value: z.string().max(500).nullable(),
  reason: z.string().min(1).max(500),
  by: z.string().min(1).max(100).default('operator'),
});

/** What is to be said of an order before it is given: why it is not, or what to look out for. */
export interface OrderCheck {
  readonly refused: string | null;
  readonly warning: string | null;
}

/** What became of an operator's order. */
export type OperatorAnswer =
  | { readonly accepted: OperatorWord['order']; readonly warning: string | null }
  | { readonly refused: string };

export interface ControlServer {
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 16 * 1024;

/**
 * HTTP over a unix socket that only this user can open: `GET /status`, `GET /portfolio`, `POST /operator`, `POST /settings`. The caller holds the
 * data folder's lease, so a socket file that is already there belongs to a worker that died.
 */
export async function startControlServer(options: {
  readonly path: string;
  readonly status: () => unknown;
  /** The books, compared with those who can say what the wallet holds. Without it nobody is told. */
  readonly portfolio?: () => Promise<unknown>;
  /** Asked before an order is given; without it every one is. */
  readonly check?: (word: OperatorWord) => Promise<OrderCheck>;
  readonly operate: (word: OperatorWord) => void;
  readonly changeSetting: (word: ChangeWord) => SettingAnswer;
}): Promise<ControlServer> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) =>
      reply(response, 500, { error: error instanceof Error ? error.message : String(error) }),
    );
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url}`;
    if (route === 'GET /status') return reply(response, 200, options.status());
    if (route === 'GET /portfolio' && options.portfolio !== undefined)
      return reply(response, 200, await options.portfolio());
    if (route === 'POST /settings') return changeSetting(request, response);
    if (route !== 'POST /operator')
      return reply(response, 404, {
        error: `found ${route}; expected GET /status, GET /portfolio, POST /operator or POST /settings`,
      });
    const word = operatorSchema.safeParse(await readJson(request));
    if (!word.success) return reply(response, 400, { error: z.prettifyError(word.error) });
    reply(response, 200, await operate(word.data));
  }

  /** A no is an answer as good as a yes, so it has the same status. */
  async function operate(word: OperatorWord): Promise<OperatorAnswer> {
    const { refused, warning } = (await options.check?.(word)) ?? { refused: null, warning: null };
    if (refused !== null) return { refused };
    options.operate(word);
    return { accepted: word.order, warning };
  }

  async function changeSetting(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const word = settingSchema.safeParse(await readJson(request));
    if (!word.success) return reply(response, 400, { error: z.prettifyError(word.error) });
    reply(response, 200, options.changeSetting(word.data));
  }

  if (existsSync(options.path)) unlinkSync(options.path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // The socket is made with the mask of this moment, so that at no time anybody else can open it.
    const mask = process.umask(0o177);
    server.listen(options.path, resolve);
    process.umask(mask);
  });
  chmodSync(options.path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    // Not JSON: the schema says what was expected.
    return null;
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}

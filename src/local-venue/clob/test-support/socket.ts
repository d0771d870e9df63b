import { WebSocket } from 'ws';

export type TestFrame = Readonly<Record<string, unknown>>;

/** A socket that keeps every frame it got, and waits for one that fits. */
export interface TestSocket {
  /** Objects in the order they came; arrays are opened. */
  readonly frames: TestFrame[];
  readonly texts: string[];
  readonly send: (message: object | string) => void;
  /** The first frame at or after `from` that fits; rejects after five seconds with what came instead. */
  readonly next: (fits: (frame: TestFrame) => boolean, from?: number) => Promise<TestFrame>;
  readonly nextText: (text: string) => Promise<void>;
  readonly closed: Promise<number>;
  readonly close: () => void;
}

const BOUND_MS = 5_000;
const POLL_MS = 5;

export async function openSocket(url: string): Promise<TestSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const frames: TestFrame[] = [];
  const texts: string[] = [];
  socket.on('message', (raw) => {
    const text = String(raw);
    texts.push(text);
    if (!text.startsWith('{') && !text.startsWith('[')) return;
    const value: TestFrame | TestFrame[] = JSON.parse(text);
    frames.push(...(Array.isArray(value) ? value : [value]));
  });
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => resolve(code));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  async function until<T>(read: () => T | undefined, what: () => string): Promise<T> {
    const deadline = performance.now() + BOUND_MS;
    for (;;) {
      const value = read();
      if (value !== undefined) return value;
      if (performance.now() > deadline) throw new Error(what());
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  return {
    frames,
    texts,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: (fits, from = 0) =>
      until(
        () => frames.slice(from).find(fits),
        () => `no such frame among ${JSON.stringify(frames.slice(from))}`,
      ),
    nextText: async (text) => {
      await until(
        () => (texts.includes(text) ? true : undefined),
        () => `no ${text} among ${JSON.stringify(texts)}`,
      );
    },
    close: () => socket.terminate(),
  };
}

import { afterEach, describe, expect, it } from 'vitest';
import { type FakeSocketServer, startFakeSocket } from '../testing/fake-socket.ts';
import { silentLog } from '../testing/silent-log.ts';
import { until, wallTimers } from '../testing/wall-timers.ts';
import { type LiveSocket, openLiveSocket } from './live-socket.ts';

let server: FakeSocketServer | null = null;
let socket: LiveSocket | null = null;
afterEach(async () => {
  socket?.close();
  await server?.close();
});

/** The waits before reconnects to a server that does `onGreeting` with every client. */
async function waitsOf(onGreeting: Parameters<typeof startFakeSocket>[0], count: number): Promise<number[]> {
  const waits: number[] = [];
  server = await startFakeSocket(onGreeting);
  socket = openLiveSocket({
    url: server.url,
    name: 'socket',
    timers: wallTimers,
    random: () => 1,
    log: {
      ...silentLog,
      note: (text) => {
        waits.push(Number(/next try in (\d+) ms/.exec(text)?.[1]));
      },
    },
    greet: () => '{"hello":true}',
    onOpen: () => undefined,
    onMessage: () => undefined,
    onDown: () => undefined,
    timing: { firstBackoffMs: 10 },
  });
  await until('reconnects', () => waits.length === count);
  return waits;
}

describe('reconnects', () => {
  it('come slower and slower to a server that hangs up on every greeting, as it does on a bad key', async () => {
    expect(await waitsOf((_, client) => client.terminate(), 4)).toEqual([10, 20, 40, 80]);
  });

  it('start again at the first wait once the server has said something', async () => {
    const waits = await waitsOf((_, client) => {
      client.send('{}', () => client.close());
    }, 3);
    expect(waits).toEqual([10, 10, 10]);
  });
});

import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createFrameWriter } from './frame-writer.ts';

/** A socket that notes what it is handed at a time. */
function notingSocket() {
  const handed: string[] = [];
  const socket = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      handed.push(chunk.toString());
      done();
    },
    writev: (chunks, done) => {
      handed.push(chunks.map(({ chunk }) => (chunk as Buffer).toString()).join('+'));
      done();
    },
  });
  return { socket, handed };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the frame writer', () => {
  it('writes the first frame of a turn at once and the others together, in their order', async () => {
    const { socket, handed } = notingSocket();
    const write = createFrameWriter(socket);
    for (const frame of ['a', 'b', 'c']) write(Buffer.from(frame));
    expect(handed).toEqual(['a']);
    await nextTurn();
    expect(handed).toEqual(['a', 'b+c']);
    write(Buffer.from('d'));
    expect(handed).toEqual(['a', 'b+c', 'd']);
    await nextTurn();
    expect(handed).toHaveLength(3);
  });

  it('writes nothing to a socket that has ended, also where it ended within the turn', async () => {
    const { socket, handed } = notingSocket();
    const write = createFrameWriter(socket);
    write(Buffer.from('a'));
    write(Buffer.from('b'));
    socket.destroy();
    write(Buffer.from('c'));
    await nextTurn();
    expect(handed).toEqual(['a']);
  });
});

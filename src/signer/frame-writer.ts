import type { Writable } from 'node:stream';

/**
 * Writes frames to a socket: the first of a turn at once, those that follow in the same turn together at its end. Each write wakes the
 * other side, which on a busy machine takes this very core to read a single frame. Whoever does not take its frames has ended, which
 * is seen elsewhere: nothing is written to it.
 */
export function createFrameWriter(socket: Writable): (frame: Uint8Array) => void {
  let isGathering = false;
  const release = (): void => {
    isGathering = false;
    socket.uncork();
  };
  return (frame) => {
    if (!socket.writable) return;
    socket.write(frame);
    if (isGathering) return;
    isGathering = true;
    socket.cork();
    process.nextTick(release);
  };
}

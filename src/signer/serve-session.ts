import type { Socket } from 'node:net';
import type { Log } from '../ports/timers.ts';
import { ProtocolFault } from './protocol.ts';
import type { SignerSession } from './signer-session.ts';

/** Lets the session answer what comes over a socket. A worker that does not speak the protocol is served no more. */
export function serveSession(socket: Socket, session: SignerSession, log: Log): void {
  socket.on('data', (bytes: Buffer) => {
    try {
      session.receive(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolFault)) throw error;
      log.alarm(`the worker breaks the signer's protocol (${error.message}): it is served no more`);
      socket.destroy();
    }
  });
  // The worker's end says the rest.
  socket.on('error', (error) => log.debug('the connection to the worker broke', { error: error.message }));
}

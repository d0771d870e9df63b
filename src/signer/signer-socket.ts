import { Socket } from 'node:net';
import { loadKeccak } from '../adapters/polymarket/signing/keccak.ts';
import { CONTRACTS } from '../adapters/polymarket/venue-facts.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import type { SignerPort } from '../ports/signer.ts';
import { createFrameWriter } from './frame-writer.ts';
import type { ParentWord } from './protocol.ts';
import { createSignerClient } from './signer-client.ts';

/** The descriptor at which a worker finds its signer; 0 to 2 are its standard streams. */
export const SIGNER_DESCRIPTOR = 3;
/** Questions of many orders come to a few hundred kilobytes; a signer that takes none of them is silent before this is full. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;
const READ_BYTES = 64 * 1024;

export interface SignerSocketOptions {
  /** Called once when the signer is gone, or is silent: nothing can be signed any more. */
  readonly onLost: (text: string) => void;
  readonly onWord: (word: ParentWord) => void;
  /** Whether to have the quotes signed that are probably asked for next; not where left out. */
  readonly signsAhead?: boolean;
  /** An open socket to the signer, where it is not at the usual descriptor. */
  readonly socket?: Socket;
  readonly answerBoundMs?: number;
}

/**
 * Connects to the signer that started this process. Throws a ForeignError where there is none. It keeps the process alive until closed.
 */
export async function connectSigner(options: SignerSocketOptions): Promise<SignerPort> {
  const keccak = await loadKeccak();
  const receive = (bytes: Uint8Array): void => client.receive(bytes);
  const socket = options.socket?.on('data', receive) ?? openSocket(SIGNER_DESCRIPTOR, receive);
  const write = createFrameWriter(socket);
  const client = createSignerClient({
    keccak,
    contracts: CONTRACTS,
    write: (frame) => {
      if (socket.writableLength > MAX_UNSENT_BYTES) client.lost('the signer takes no questions any more');
      else write(frame);
    },
    onLost: options.onLost,
    onWord: options.onWord,
    signsAhead: options.signsAhead ?? false,
    ...(options.answerBoundMs === undefined ? {} : { answerBoundMs: options.answerBoundMs }),
    close: async () => {
      socket.destroy();
    },
  });
  socket.on('error', (error) => client.lost(`the signer is gone (${error.message})`));
  socket.on('close', () => client.lost('the signer is gone'));
  return client.hello();
}

/** One buffer serves all reads: what is kept of one is copied. */
function openSocket(fd: number, onBytes: (bytes: Uint8Array) => void): Socket {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  try {
    return new Socket({
      fd,
      readable: true,
      writable: true,
      onread: {
        buffer,
        callback: (length) => {
          onBytes(buffer.subarray(0, length));
          return true;
        },
      },
    });
  } catch (error) {
    throw new ForeignError(
      'signerGone',
      'there is no signer: this program is started by ./run start, which has the key',
      'never',
      {},
      error,
    );
  }
}

import { parentPort } from 'node:worker_threads';
import { isNativeSigner, signDigests } from './sign-digest.ts';

/**
 * The thread that `openDigestThread` starts. The first message is the key's 32 bytes, each later one digests to sign, each answered
 * with their signatures in the order of the messages; null ends it. What is thrown ends the thread, and whoever waits for it signs by itself.
 */
const port = parentPort;
port?.once('message', (key: Uint8Array) => {
  // JavaScript would sign ten times slower than whoever asks.
  if (!isNativeSigner())
    throw new Error('the native secp256k1 binding could not be loaded in the signing thread');
  port.on('message', (digests: Uint8Array | null) => {
    if (digests === null) {
      port.close();
      return;
    }
    const signatures = signDigests(digests, key);
    port.postMessage(signatures, [signatures.buffer]);
  });
});

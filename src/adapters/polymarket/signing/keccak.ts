import { createKeccak } from 'hash-wasm';

/** Keccak-256. The 32 bytes returned belong to the caller. */
export type Keccak = (bytes: Uint8Array) => Uint8Array;

/** The WebAssembly hasher is made once; every hash afterwards is synchronous. */
export async function loadKeccak(): Promise<Keccak> {
  const hasher = await createKeccak(256);
  return (bytes) => hasher.init().update(bytes).digest('binary');
}

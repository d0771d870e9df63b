import { createRequire } from 'node:module';
import secp256k1 from 'secp256k1';

export const DIGEST_BYTES = 32;
/** r and s of 32 bytes each, and v. */
export const SIGNATURE_BYTES = 65;

/** Whether libsecp256k1's native binding is in use: the package falls back to JavaScript without a word. */
export function isNativeSigner(): boolean {
  const require = createRequire(import.meta.url);
  try {
    return require('secp256k1/bindings.js') === require('secp256k1');
  } catch {
    // No prebuilt binding for this machine: the answer to the question is no.
    return false;
  }
}

/** Writes the signature of a digest (RFC 6979, low s) into 65 bytes: r, s, and v of 27 or 28. */
export function signDigestInto(signature: Uint8Array, digest: Uint8Array, key: Uint8Array): void {
  const { recid } = secp256k1.ecdsaSign(digest, key, undefined, signature.subarray(0, 64));
  signature[64] = 27 + recid;
}

/** Signatures of digests that follow each other in one array, in their order. */
export function signDigests(digests: Uint8Array, key: Uint8Array): Uint8Array<ArrayBuffer> {
  const count = digests.length / DIGEST_BYTES;
  const signatures = new Uint8Array(count * SIGNATURE_BYTES);
  for (let index = 0; index < count; index += 1)
    signDigestInto(
      signatures.subarray(index * SIGNATURE_BYTES, (index + 1) * SIGNATURE_BYTES),
      digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES),
      key,
    );
  return signatures;
}

import secp256k1 from 'secp256k1';
import type { Secret } from '../../../settings/secret.ts';
import { bytesToHex, type Hex, hexToBytes } from './hex.ts';
import { type Keccak, loadKeccak } from './keccak.ts';
import { isNativeSigner, SIGNATURE_BYTES, signDigestInto } from './sign-digest.ts';
import { utf8 } from './words.ts';

/** A key that signs and never shows itself: the bytes live in the closures below and nowhere else. */
export interface SigningAccount {
  /** Checksummed address of the key. */
  readonly address: Hex;
  readonly keccak: Keccak;
  /** Signs a 32-byte digest (RFC 6979, low s): 65 bytes r, s, v with v 27 or 28. */
  readonly signDigest: (digest: Uint8Array) => Uint8Array;
  /** False when the slow JavaScript fallback signs, which the caller should warn about. */
  readonly isNative: boolean;
}

/**
 * Opens a private key (0x and 64 hex digits). Throws a RangeError that names the shape expected and never the text.
 */
export async function openAccount(privateKey: Secret): Promise<SigningAccount> {
  const key = privateKeyBytes(privateKey);
  const keccak = await loadKeccak();
  const publicKey = secp256k1.publicKeyCreate(key, false);
  const address = checksumAddress(keccak, bytesToHex(keccak(publicKey.subarray(1)).subarray(12)));
  return {
    address,
    keccak,
    isNative: isNativeSigner(),
    signDigest: (digest) => {
      const signature = new Uint8Array(SIGNATURE_BYTES);
      signDigestInto(signature, digest, key);
      return signature;
    },
  };
}

/** The key's 32 bytes, a copy of their own. Throws as `openAccount` does. */
export function privateKeyBytes(privateKey: Secret): Uint8Array<ArrayBuffer> {
  const text = privateKey.reveal();
  const isKey = /^(0x)?[0-9a-fA-F]{64}$/.test(text);
  const bytes = isKey ? hexToBytes(text, 32) : null;
  if (bytes === null || !secp256k1.privateKeyVerify(bytes))
    throw new RangeError(
      `the private key must be 0x and 64 hex digits inside the curve's order, found text of length ${text.length}`,
    );
  return bytes;
}

/** EIP-55 spelling of a 20-byte address. */
export function checksumAddress(keccak: Keccak, address: string): Hex {
  const digits = address.slice(2).toLowerCase();
  const hash = bytesToHex(keccak(utf8(digits))).slice(2);
  let spelled = '0x';
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits[index]!;
    spelled += Number.parseInt(hash[index]!, 16) >= 8 ? digit.toUpperCase() : digit;
  }
  return spelled as Hex;
}

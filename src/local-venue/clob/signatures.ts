import secp256k1 from 'secp256k1';
import { bytesToHex, getAddress, hexToBytes, keccak256 } from 'viem';
import type { Address, Hex } from '../chain/types.ts';

/** Half the order of secp256k1: contracts refuse signatures whose s lies above it. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * The address that signed a 32-byte hash, or null when the text is no signature the exchange contract would take
 * (65 bytes, v 27 or 28, low s).
 */
export function recoverSigner(hash: Hex, signature: string): Address | null {
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) return null;
  const bytes = hexToBytes(signature as Hex);
  const recovery = bytes[64]! - 27;
  if (recovery !== 0 && recovery !== 1) return null;
  if (BigInt(bytesToHex(bytes.subarray(32, 64))) > HALF_ORDER) return null;
  try {
    const publicKey = secp256k1.ecdsaRecover(bytes.subarray(0, 64), recovery, hexToBytes(hash), false);
    return getAddress(`0x${keccak256(publicKey.subarray(1)).slice(-40)}`);
  } catch {
    // r or s is no valid scalar: no address signed this.
    return null;
  }
}

/** Signs a 32-byte hash, deterministically (RFC 6979), as r, s, v with v 27 or 28. */
export function signHash(hash: Hex, privateKey: Hex): Hex {
  const { signature, recid } = secp256k1.ecdsaSign(hexToBytes(hash), hexToBytes(privateKey));
  return `${bytesToHex(signature)}${(27 + recid).toString(16)}` as Hex;
}

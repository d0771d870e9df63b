import type { Keccak } from '../adapters/polymarket/signing/keccak.ts';
import { concatBytes } from '../adapters/polymarket/signing/words.ts';
import type { TransactionClaim } from './order-claim.ts';

/** EIP-2718 type of EIP-1559 transactions. */
const TYPE = Uint8Array.of(2);

/** RLP of bytes (yellow paper, appendix B). */
function encodeBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 1 && bytes[0]! < 0x80) return bytes;
  return concatBytes([lengthPrefix(bytes.length, 0x80), bytes]);
}

/** RLP of a list whose items are encoded already. */
function encodeList(items: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(items);
  return concatBytes([lengthPrefix(body.length, 0xc0), body]);
}

function lengthPrefix(length: number, base: number): Uint8Array {
  if (length < 56) return Uint8Array.of(base + length);
  const bytes = bigEndian(BigInt(length));
  return Uint8Array.of(base + 55 + bytes.length, ...bytes);
}

/** The shortest big-endian bytes of a whole number; none for zero. */
function bigEndian(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array();
  const digits = value.toString(16);
  return Uint8Array.from(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'));
}

export interface EncodedTransaction {
  readonly digest: Uint8Array;
  /** The bytes to broadcast, with the key's 65 bytes (r, s, v of 27 or 28) over the digest. */
  readonly withSignature: (signature: Uint8Array) => Uint8Array;
}

/** An EIP-1559 transaction without an access list. */
export function encodeTransaction(keccak: Keccak, claim: TransactionClaim): EncodedTransaction {
  const number = (value: bigint): Uint8Array => encodeBytes(bigEndian(value));
  const fields = [
    number(BigInt(claim.chainId)),
    number(BigInt(claim.nonce)),
    number(claim.maxPriorityFeePerGas),
    number(claim.maxFeePerGas),
    number(claim.gas),
    encodeBytes(claim.to),
    number(claim.value),
    encodeBytes(claim.data),
    encodeList([]),
  ];
  return {
    digest: keccak(concatBytes([TYPE, encodeList(fields)])),
    withSignature: (signature) => {
      const word = (from: number): Uint8Array =>
        number(BigInt(`0x${Buffer.from(signature.subarray(from, from + 32)).toString('hex')}`));
      const parity = number(BigInt(signature[64]! - 27));
      return concatBytes([TYPE, encodeList([...fields, parity, word(0), word(32)])]);
    },
  };
}

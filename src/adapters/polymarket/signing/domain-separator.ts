import { type Hex, hexToBytes } from './hex.ts';
import type { Keccak } from './keccak.ts';
import { concatBytes, utf8, WORD, writeAddress, writeUint } from './words.ts';

export interface Eip712Domain {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  /** Absent in the L1 attestation's domain. */
  readonly verifyingContract: Hex | null;
}

const TYPE_WITH_CONTRACT =
  'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';
const TYPE_WITHOUT_CONTRACT = 'EIP712Domain(string name,string version,uint256 chainId)';

/** EIP-712 domain separator, 32 bytes. */
export function domainSeparator(keccak: Keccak, domain: Eip712Domain): Uint8Array {
  const chain = new Uint8Array(WORD);
  writeUint(new DataView(chain.buffer), 0, domain.chainId);
  const type = domain.verifyingContract === null ? TYPE_WITHOUT_CONTRACT : TYPE_WITH_CONTRACT;
  const words = [keccak(utf8(type)), keccak(utf8(domain.name)), keccak(utf8(domain.version)), chain];
  if (domain.verifyingContract !== null) {
    const contract = new Uint8Array(WORD);
    writeAddress(contract, 0, hexToBytes(domain.verifyingContract, 20));
    words.push(contract);
  }
  return keccak(concatBytes(words));
}

/** The 32 bytes that are signed: keccak of 0x1901, the domain separator and the struct hash. */
export function typedDataDigest(keccak: Keccak, separator: Uint8Array, structHash: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + 2 * WORD);
  bytes[0] = 0x19;
  bytes[1] = 0x01;
  bytes.set(separator, 2);
  bytes.set(structHash, 2 + WORD);
  return keccak(bytes);
}

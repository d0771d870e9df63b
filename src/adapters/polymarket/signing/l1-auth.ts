import { CLOB_AUTH_MESSAGE } from '../venue-facts.ts';
import type { SigningAccount } from './account.ts';
import { domainSeparator, typedDataDigest } from './domain-separator.ts';
import { type Hex, hexToBytes } from './hex.ts';
import { concatBytes, utf8, WORD, writeAddress, writeUint } from './words.ts';

const CLOB_AUTH_TYPE = 'ClobAuth(address address,string timestamp,uint256 nonce,string message)';

export type Headers = Readonly<Record<string, string>>;

/** The 32 bytes whose signature proves control of the key to the venue. The time is in unix seconds. */
export function l1Digest(
  { keccak, address: ownAddress }: Pick<SigningAccount, 'keccak' | 'address'>,
  chainId: number,
  timestampS: number,
  nonce: number,
): Uint8Array {
  const separator = domainSeparator(keccak, {
    name: 'ClobAuthDomain',
    version: '1',
    chainId,
    verifyingContract: null,
  });
  const address = new Uint8Array(WORD);
  writeAddress(address, 0, hexToBytes(ownAddress, 20));
  const nonceWord = new Uint8Array(WORD);
  writeUint(new DataView(nonceWord.buffer), 0, nonce);
  const structHash = keccak(
    concatBytes([
      keccak(utf8(CLOB_AUTH_TYPE)),
      address,
      keccak(utf8(String(timestampS))),
      nonceWord,
      keccak(utf8(CLOB_AUTH_MESSAGE)),
    ]),
  );
  return typedDataDigest(keccak, separator, structHash);
}

/** Headers of a proof, for creating and deriving API credentials. */
export const l1Headers = (address: Hex, signature: Hex, timestampS: number, nonce: number): Headers => ({
  POLY_ADDRESS: address,
  POLY_SIGNATURE: signature,
  POLY_TIMESTAMP: String(timestampS),
  POLY_NONCE: String(nonce),
});

import { CLOB_AUTH_MESSAGE } from '../venue-facts.ts';
import type { SigningAccount } from './account.ts';
import { domainSeparator, typedDataDigest } from './domain-separator.ts';
import { bytesToHex, hexToBytes } from './hex.ts';
import { concatBytes, utf8, WORD, writeAddress, writeUint } from './words.ts';

const CLOB_AUTH_TYPE = 'ClobAuth(address address,string timestamp,uint256 nonce,string message)';

export type Headers = Readonly<Record<string, string>>;

/** Headers that prove control of the key, for creating and deriving API credentials. The time is in unix seconds. */
export function l1Headers(
  account: SigningAccount,
  chainId: number,
  timestampS: number,
  nonce: number,
): Headers {
  const { keccak } = account;
  const separator = domainSeparator(keccak, {
    name: 'ClobAuthDomain',
    version: '1',
    chainId,
    verifyingContract: null,
  });
  const address = new Uint8Array(WORD);
  writeAddress(address, 0, hexToBytes(account.address, 20));
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
  return {
    POLY_ADDRESS: account.address,
    POLY_SIGNATURE: bytesToHex(account.signDigest(typedDataDigest(keccak, separator, structHash))),
    POLY_TIMESTAMP: String(timestampS),
    POLY_NONCE: String(nonce),
  };
}

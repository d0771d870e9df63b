import { getAddress, recoverTypedDataAddress } from 'viem';
import type { Address, Hex } from '../chain/types.ts';
import { invalidL1Headers } from './http-error.ts';

/** The fixed text of the attestation. */
const CLOB_AUTH_MESSAGE = 'This message attests that I control the given wallet';

const CLOB_AUTH_TYPES = {
  ClobAuth: [
    { name: 'address', type: 'address' },
    { name: 'timestamp', type: 'string' },
    { name: 'nonce', type: 'uint256' },
    { name: 'message', type: 'string' },
  ],
} as const;

export interface L1Claim {
  readonly address: Address;
  readonly nonce: bigint;
  /** Seconds since 1970, as sent. */
  readonly timestamp: string;
  readonly signature: Hex;
}

export type HeaderBag = Readonly<Record<string, string | string[] | undefined>>;

/** Reads one header as text; a repeated or absent header is null. */
export function headerText(headers: HeaderBag, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Reads the four L1 headers; throws 401 with the venue's text when one is absent or malformed. */
export function parseL1Headers(headers: HeaderBag): L1Claim {
  const address = headerText(headers, 'poly_address');
  const signature = headerText(headers, 'poly_signature');
  const timestamp = headerText(headers, 'poly_timestamp');
  const nonce = headerText(headers, 'poly_nonce') ?? '0';
  if (address === null || signature === null || timestamp === null) throw invalidL1Headers();
  if (!/^0x[0-9a-fA-F]{40}$/.test(address) || !/^0x[0-9a-fA-F]{130}$/.test(signature))
    throw invalidL1Headers();
  if (!/^\d{1,15}$/.test(timestamp) || !/^\d{1,30}$/.test(nonce)) throw invalidL1Headers();
  return { address: getAddress(address), nonce: BigInt(nonce), timestamp, signature: signature as Hex };
}

/** Whether the claim is signed by the address it names, under the chain id given. */
export async function isL1ClaimSigned(claim: L1Claim, chainId: number): Promise<boolean> {
  try {
    const recovered = await recoverTypedDataAddress({
      domain: { name: 'ClobAuthDomain', version: '1', chainId },
      types: CLOB_AUTH_TYPES,
      primaryType: 'ClobAuth',
      message: {
        address: claim.address,
        timestamp: claim.timestamp,
        nonce: claim.nonce,
        message: CLOB_AUTH_MESSAGE,
      },
      signature: claim.signature,
    });
    return recovered === claim.address;
  } catch {
    // A signature that is no curve point is a wrong signature, not a failure of the venue.
    return false;
  }
}

import type { SignatureType } from '../../adapters/polymarket/signing/order-encoder.ts';
import { DEVELOPMENT_KEY } from '../../adapters/polymarket/testing/orders.ts';
import { silentLog } from '../../adapters/polymarket/testing/silent-log.ts';
import type { Price, Usd } from '../../domain/units.ts';
import type { SignerPort } from '../../ports/signer.ts';
import type { Log } from '../../ports/timers.ts';
import { Secret } from '../../settings/secret.ts';
import type { SignerLimits } from '../limits.ts';
import { openLocalSigner } from '../open-signer.ts';

/** Limits that no test of something else comes near. */
export const WIDE_LIMITS: SignerLimits = {
  minPrice: 0 as Price,
  maxPrice: 10_000 as Price,
  maxOrder: Number.MAX_SAFE_INTEGER as Usd,
  maxMinute: Number.MAX_SAFE_INTEGER as Usd,
  maxDay: Number.MAX_SAFE_INTEGER as Usd,
  maxTransactionsPerHour: 1_000_000,
  maxFeePerGasWei: 2_000_000_000_000n,
};

/** A signer in this process, behind the real policy and protocol. The clock of the test is that of the policy. */
export function testSigner(
  given: {
    readonly privateKey?: string;
    readonly chainId?: number;
    readonly signatureType?: SignatureType;
    readonly funder?: string | null;
    readonly nowMs?: () => number;
    readonly limits?: SignerLimits;
    readonly signsInThread?: boolean;
    readonly log?: Log;
  } = {},
): Promise<SignerPort> {
  const { privateKey = DEVELOPMENT_KEY, nowMs = () => Date.now() } = given;
  return openLocalSigner({
    privateKey: new Secret(privateKey),
    chainId: given.chainId ?? 137,
    signatureType: given.signatureType ?? 0,
    funder: given.funder ?? null,
    limits: given.limits ?? WIDE_LIMITS,
    log: given.log ?? silentLog,
    clock: { nowMs, steadyMs: () => performance.now() },
    ...(given.signsInThread === undefined ? {} : { signsInThread: given.signsInThread }),
  });
}

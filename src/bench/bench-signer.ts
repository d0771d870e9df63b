import type { Price, Usd } from '../domain/units.ts';
import type { SignerPort } from '../ports/signer.ts';
import type { Log } from '../ports/timers.ts';
import { Secret } from '../settings/secret.ts';
import type { SignerLimits } from '../signer/limits.ts';
import { openLocalSigner } from '../signer/open-signer.ts';
import { BENCH_KEY } from './bench-orders.ts';

/** Every check is made as ever; only no sum is ever used up. */
const LIMITS: SignerLimits = {
  minPrice: 0 as Price,
  maxPrice: 10_000 as Price,
  maxOrder: 10_000_000_000 as Usd,
  maxMinute: Number.MAX_SAFE_INTEGER as Usd,
  maxDay: Number.MAX_SAFE_INTEGER as Usd,
  maxTransactionsPerHour: 0,
  maxFeePerGasWei: 0n,
};

/** The signer of the benchmark account. What it warns of would make the figure that of something else, so it fails the benchmark. */
export function benchSigner(signsInThread = false): Promise<SignerPort> {
  const wrong = (message: string): never => {
    throw new Error(message);
  };
  const silent = (): void => undefined;
  const log: Log = { debug: silent, note: silent, warning: wrong, alarm: wrong };
  return openLocalSigner({
    privateKey: new Secret(BENCH_KEY),
    chainId: 137,
    signatureType: 0,
    funder: null,
    limits: LIMITS,
    log,
    signsInThread,
  });
}

import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Price, Usd } from '../domain/units.ts';
import type { SignerPort } from '../ports/signer.ts';
import type { Log } from '../ports/timers.ts';
import { Secret } from '../settings/secret.ts';
import { connectSigner, SIGNER_DESCRIPTOR, type SignerLimits, type SignerSetup } from '../signer/index.ts';
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

const wrong = (message: string): never => {
  throw new Error(message);
};
const silent = (): void => undefined;
/** What is warned of would make the figure that of something else, so it fails the benchmark. */
const LOG: Log = { debug: silent, note: silent, warning: wrong, alarm: wrong };

export const benchSignerSetup = (signsInThread: boolean): SignerSetup => ({
  privateKey: new Secret(BENCH_KEY),
  chainId: 137,
  signatureType: 0,
  funder: null,
  limits: LIMITS,
  log: LOG,
  signsInThread,
});

/** The signer of the benchmark account in a process of its own, over the socket that the worker has. Closing it ends the process. */
export async function benchSigner({ signsInThread = false, signsAhead = false } = {}): Promise<SignerPort> {
  const script = fileURLToPath(new URL('./signer-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, ...(signsInThread ? ['--thread'] : [])], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const signer = await connectSigner({
    socket: child.stdio[SIGNER_DESCRIPTOR] as Socket,
    onLost: silent,
    onWord: silent,
    signsAhead,
  });
  return {
    ...signer,
    close: async () => {
      await signer.close();
      await ended;
    },
  };
}

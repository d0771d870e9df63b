import { type Abi, BaseError, decodeErrorResult, type Hex } from 'viem';
import { type ArtifactName, loadArtifact } from './artifacts.ts';

const SOURCES: readonly ArtifactName[] = [
  'CtfExchangeV2',
  'PolymarketUsd',
  'CtfCollateralAdapter',
  'NegRiskAdapter',
  'DepositWallet',
];
let errors: Abi | undefined;

/** Every custom error our contracts may answer with. */
function errorsAbi(): Abi {
  errors ??= SOURCES.flatMap((name) => loadArtifact(name).abi.filter((entry) => entry.type === 'error'));
  return errors;
}

/** The error's name, or the text of a plain revert; the bytes themselves when neither is known. */
export function revertReasonOf(output: Hex): string {
  if (output.length < 10) return 'reverted without a reason';
  try {
    const { errorName, args } = decodeErrorResult({ abi: errorsAbi(), data: output });
    return errorName === 'Error' || errorName === 'Panic' ? `${errorName}: ${String(args?.[0])}` : errorName;
  } catch (error) {
    // An error of a contract that is not ours: its bytes are all there is to say.
    if (error instanceof BaseError) return `unknown error ${output.slice(0, 10)}`;
    throw error;
  }
}

/** The revert bytes a failed call carries, or null when it failed for another reason. */
export function revertOutputOf(error: unknown): Hex | null {
  if (!(error instanceof BaseError)) return null;
  const found = error.walk((cause) => typeof outputOf(cause) === 'string');
  return outputOf(found);
}

function outputOf(cause: unknown): Hex | null {
  if (typeof cause !== 'object' || cause === null || !('data' in cause)) return null;
  const { data } = cause;
  return typeof data === 'string' && data.startsWith('0x') ? (data as Hex) : null;
}

import { bytesToHex, hexToBytes } from '../adapters/polymarket/signing/hex.ts';
import type { Keccak } from '../adapters/polymarket/signing/keccak.ts';
import { utf8, WORD } from '../adapters/polymarket/signing/words.ts';
import type { Contracts } from '../adapters/polymarket/venue-facts.ts';
import type { SignerLimits } from './limits.ts';
import type { TransactionClaim } from './order-claim.ts';

/** One argument word: free, or one of the words listed. */
type WordRule = 'any' | readonly string[];

/** A call that may be signed: its selector, and what each word after it may be. */
interface KnownCall {
  readonly name: string;
  readonly selector: string;
  readonly words: readonly WordRule[];
}

const SELECTOR_BYTES = 4;
/** A conversion of an event with many questions takes about two million. */
const MAX_GAS = 10_000_000n;
const PLAIN_TRANSFER_GAS = 21_000n;

const numberWord = (value: number): string => value.toString(16).padStart(2 * WORD, '0');
const addressWord = (address: string): string =>
  address
    .slice(2)
    .toLowerCase()
    .padStart(2 * WORD, '0');
const flat = (bytes: Uint8Array): string => bytesToHex(bytes).slice(2);

export interface TransactionPolicy {
  /** Why a transaction is not to be signed, whatever was signed before it, or null. */
  readonly refusal: (claim: TransactionClaim) => string | null;
}

/**
 * Allows the calls that the worker makes and no others: splits, merges, redemptions and conversions at the venue's adapters,
 * allowances for the venue's contracts, a pause of the own account at an exchange, and an empty transaction to oneself, which takes
 * a nonce. None of them can send anything to somebody else. Every word is compared, so nothing hides in an unusual encoding.
 */
export function createTransactionPolicy(options: {
  readonly keccak: Keccak;
  readonly chainId: number;
  readonly contracts: Contracts;
  /** Address of the key. */
  readonly address: string;
  readonly limits: Pick<SignerLimits, 'maxFeePerGasWei'>;
}): TransactionPolicy {
  const { contracts, chainId, limits } = options;
  const callsAt = knownCalls(options.keccak, contracts);
  const own = flat(hexToBytes(options.address, 20));

  function callRefusal({ to, data, gas }: TransactionClaim): string | null {
    const recipient = flat(to);
    if (recipient === own)
      return data.length === 0 && gas === PLAIN_TRANSFER_GAS
        ? null
        : 'a transaction to oneself has to be empty';
    const calls = callsAt.get(recipient);
    if (calls === undefined) return `0x${recipient} is none of the venue's contracts`;
    const selector = flat(data.subarray(0, SELECTOR_BYTES));
    const call = calls.find((known) => known.selector === selector);
    if (call === undefined)
      return `function 0x${selector} of 0x${recipient} is not one that the worker calls`;
    return wordsRefusal(call, data.subarray(SELECTOR_BYTES));
  }

  return {
    refusal: (claim) => {
      if (claim.chainId !== chainId)
        return `the transaction is for chain ${claim.chainId}, this signer signs for chain ${chainId}`;
      if (claim.value !== 0n) return `the transaction sends ${claim.value} wei`;
      if (!Number.isSafeInteger(claim.nonce) || claim.nonce < 0) return `the nonce is ${claim.nonce}`;
      if (claim.gas > MAX_GAS || claim.gas < PLAIN_TRANSFER_GAS)
        return `the transaction takes up to ${claim.gas} gas, allowed are ${PLAIN_TRANSFER_GAS} to ${MAX_GAS}`;
      if (claim.maxFeePerGas > limits.maxFeePerGasWei || claim.maxPriorityFeePerGas > claim.maxFeePerGas)
        return `gas may cost ${claim.maxFeePerGas} wei, of it ${claim.maxPriorityFeePerGas} as a tip; SIGNER_MAX_FEE_GWEI allows ${limits.maxFeePerGasWei} wei in all`;
      return callRefusal(claim);
    },
  };
}

function wordsRefusal({ name, words }: KnownCall, data: Uint8Array): string | null {
  if (data.length !== words.length * WORD)
    return `${name} takes ${words.length} words, found ${data.length} bytes`;
  for (const [index, rule] of words.entries()) {
    if (rule === 'any') continue;
    const word = flat(data.subarray(index * WORD, (index + 1) * WORD));
    if (!rule.includes(word)) return `${name}: word ${index + 1} is 0x${word}, which is not allowed there`;
  }
  return null;
}

/** By lower-case address without 0x. */
function knownCalls(keccak: Keccak, contracts: Contracts): ReadonlyMap<string, readonly KnownCall[]> {
  const call = (signature: string, words: readonly WordRule[]): KnownCall => ({
    name: signature.slice(0, signature.indexOf('(')),
    selector: flat(keccak(utf8(signature)).subarray(0, SELECTOR_BYTES)),
    words,
  });
  const exchanges = [contracts.exchange, contracts.negRiskExchange, contracts.exchangeV3];
  const adapters = [contracts.collateralAdapter, contracts.negRiskCollateralAdapter];
  const spenders = [...exchanges, ...adapters].map(addressWord);
  const collateral = [addressWord(contracts.pUsd)];
  const noParent = [numberWord(0)];
  /** The array of both outcomes' index sets: its length, then 1 and 2. */
  const bothOutcomes = [[numberWord(2)], [numberWord(1)], [numberWord(2)]];
  const pairs = [collateral, noParent, 'any', [numberWord(5 * WORD)], 'any', ...bothOutcomes] as const;
  const inventory = [
    call('splitPosition(address,bytes32,bytes32,uint256[],uint256)', pairs),
    call('mergePositions(address,bytes32,bytes32,uint256[],uint256)', pairs),
    call('redeemPositions(address,bytes32,bytes32,uint256[])', [
      collateral,
      noParent,
      'any',
      [numberWord(4 * WORD)],
      ...bothOutcomes,
    ]),
  ];
  const convert = call('convertPositions(bytes32,uint256,uint256)', ['any', 'any', 'any']);
  const pauses = [call('pauseUser()', []), call('unpauseUser()', [])];
  const isOn = [numberWord(0), numberWord(1)];
  return new Map(
    [
      ...exchanges.map((address) => [address, pauses] as const),
      [contracts.collateralAdapter, inventory] as const,
      [contracts.negRiskCollateralAdapter, [...inventory, convert]] as const,
      [contracts.pUsd, [call('approve(address,uint256)', [spenders, 'any'])]] as const,
      [contracts.conditionalTokens, [call('setApprovalForAll(address,bool)', [spenders, isOn])]] as const,
    ].map(([address, calls]) => [address.slice(2).toLowerCase(), calls]),
  );
}

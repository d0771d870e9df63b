import { concatHex, encodePacked, type Hex, keccak256, numberToHex } from 'viem';
import { CONTRACTS, KNOWN_ORACLES } from './addresses.ts';
import type { Address } from './types.ts';

/** Field prime and constant of the alt_bn128 curve y^2 = x^3 + 3, onto which Conditional Tokens hashes collections. */
const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const B = 3n;
const TOP_BIT = 1n << 255n;
/** Where the parity of y is kept in a collection id. */
const PARITY_BIT = 1n << 254n;

/** The id of a two-outcome condition: keccak(oracle, questionId, 2). */
export function conditionIdOf(oracle: Address, questionId: Hex): Hex {
  return keccak256(encodePacked(['address', 'bytes32', 'uint256'], [oracle, questionId, 2n]));
}

/**
 * The collection of one index set of a condition without parent, as `CTHelpers.getCollectionId` of Conditional
 * Tokens 1.0.3 computes it: the hash is walked up to the next x that lies on the curve.
 */
export function collectionIdOf(conditionId: Hex, indexSet: bigint): Hex {
  const hash = BigInt(keccak256(encodePacked(['bytes32', 'uint256'], [conditionId, indexSet])));
  const odd = (hash & TOP_BIT) !== 0n;
  let x = hash % P;
  for (;;) {
    x = (x + 1n) % P;
    const square = (x * x * x + B) % P;
    const root = powMod(square, (P + 1n) / 4n);
    if ((root * root) % P !== square) continue;
    const rootIsOdd = (root & 1n) === 1n;
    const y = odd === rootIsOdd ? root : P - root;
    return numberToHex((y & 1n) === 1n ? x ^ PARITY_BIT : x, { size: 32 });
  }
}

/** Decimal text of the ERC-1155 id of a collection on a collateral token. */
export function positionIdOf(collateral: Address, collectionId: Hex): string {
  return BigInt(keccak256(concatHex([collateral, collectionId]))).toString();
}

/** YES is index set 1, NO is 2. Neg-risk positions stand on wrapped collateral, all others on USDC.e. */
export function tokenIdsOf(conditionId: Hex, negRisk: boolean): { yesTokenId: string; noTokenId: string } {
  const collateral = negRisk ? CONTRACTS.wrappedCollateral : CONTRACTS.usdcE;
  return {
    yesTokenId: positionIdOf(collateral, collectionIdOf(conditionId, 1n)),
    noTokenId: positionIdOf(collateral, collectionIdOf(conditionId, 2n)),
  };
}

/** The known oracle under which the question has the expected condition id, or null. */
export function knownOracleOf(
  questionId: Hex,
  expectedConditionId: Hex,
): { readonly name: string; readonly address: Address } | null {
  const expected = expectedConditionId.toLowerCase();
  return KNOWN_ORACLES.find(({ address }) => conditionIdOf(address, questionId) === expected) ?? null;
}

function powMod(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % P;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

import { conditionIdOf, knownOracleOf } from '../chain/conditions.ts';
import type { Address, Hex } from '../chain/types.ts';

export interface OracleMatch {
  readonly address: Address;
  readonly name: string;
}

/** Finds who gives `conditionId` for `questionId`: one of the known oracles, else the `resolvedBy` that was recorded. */
export function findOracle(questionId: Hex, conditionId: Hex, resolvedBy: string | null): OracleMatch | null {
  const known = knownOracleOf(questionId, conditionId);
  if (known !== null) return known;
  if (resolvedBy === null || !isAddress(resolvedBy)) return null;
  const matches = conditionIdOf(resolvedBy, questionId) === conditionId.toLowerCase();
  return matches ? { name: 'recorded resolvedBy', address: resolvedBy } : null;
}

const isAddress = (text: string): text is Address => /^0x[0-9a-fA-F]{40}$/.test(text);

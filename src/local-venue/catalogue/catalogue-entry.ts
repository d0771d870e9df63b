import type { Price } from '../../domain/units.ts';
import type { Address, Hex } from '../chain/types.ts';
import type { CryptoPayoff } from '../spot/crypto-payoff.ts';
import type { GammaObject } from './gamma-object.ts';

/** One market that the venue will open: its Gamma object and how its condition comes to be on the chain. */
export interface CatalogueEntry {
  /** Dates already shifted, `events[0]` present when the event is known. */
  readonly gamma: GammaObject;
  readonly questionId: Hex;
  /** Who reports. Null: the chain's local oracle. */
  readonly oracle: { readonly address: Address; readonly name: string } | null;
  readonly negRisk: boolean;
  /** Ids as recorded; null for markets that were made up here. */
  readonly recorded: { readonly conditionId: Hex; readonly tokenIds: readonly [string, string] } | null;
  /** Where background makers open the book. */
  readonly openingYesPrice: Price;
  /** When the hidden path ends and the market resolves; null when it stays open for as long as the venue runs. */
  readonly endAtMs: number | null;
  /** What decides it, where that is the price of a coin. */
  readonly decidedBy?: DecidedBy;
}

export interface DecidedBy {
  readonly coin: string;
  readonly payoff: CryptoPayoff;
}

export interface Catalogue {
  readonly origin: 'synthetic' | 'crypto' | 'gamma file' | 'l2 capture';
  readonly entries: readonly CatalogueEntry[];
  /** What was chosen, shifted and changed: shown at start. */
  readonly notes: readonly string[];
}

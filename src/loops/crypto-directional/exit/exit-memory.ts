import type { DirectionalPosition, ExitCause } from '../../../domain/directional.ts';
import type { ConditionId } from '../../../domain/market.ts';
import type { ClientId } from '../../../domain/order.ts';
import type { Shares } from '../../../domain/units.ts';
import type { PricedPayoff } from '../pricing/ask-histories.ts';
import { type CoinModels, createCoinModels } from '../pricing/coin-models.ts';

/** A question about one position that is on its way. */
export interface ExitQuestion {
  readonly key: string;
  /** What the answer has to name. */
  readonly label: string;
  readonly askedAtMs: number;
  readonly edgePts: number;
}

/** What is remembered of a position while it is open. Plain data. */
export interface ExitWatch {
  readonly positionId: number;
  /** What its market pays on, and the texts that were read for it, as one text: where they change, they are read again. */
  read: { readonly texts: string; readonly payoff: PricedPayoff } | null;
  question: ExitQuestion | null;
  /** A model, or that it said nothing of use, has let the position go. It counts for a while, and only while the edge is gone. */
  confirmed: { readonly atMs: number; readonly aiValidation: string } | null;
  /** A model saw a reason to keep it, at this edge. */
  kept: { readonly atMs: number; readonly edgePts: number } | null;
  /** Sales in a row that were sent and have sold nothing, and until when none is tried. */
  fruitless: number;
  restUntilMs: number;
  /** The most that is sold at once, because the signer found more too large, and the last sale of which it said so. */
  most: Shares | null;
  tooLarge: ClientId | null;
  /** The last sale that was approved, as far as it was looked at, and what a person was told of it. */
  lastExit: ClientId | null;
  toldCause: ExitCause | null;
  /** What had been sold when the last sale was tried. */
  soldBefore: Shares;
  /** Since when a sale is wanted while shares are not free to be sold; null where none is. */
  shortSinceMs: number | null;
  /** When it is to be looked at again, whatever happens until then; null where events and beats will do. */
  lookAtMs: number | null;
  /** Whether a person knows that what is left is too little to be sold. */
  isRemnantTold: boolean;
}

/** The exit loop's memory: plain data inside the kernel state. */
export interface ExitMemory {
  /** Of open positions only. */
  readonly watches: Map<ConditionId, ExitWatch>;
  /** Markets whose books are followed for the sake of a position. */
  readonly following: Set<ConditionId>;
  readonly models: CoinModels;
  nextQuestion: number;
  /** The run in which a person was told that exits are switched off while positions are open. */
  toldOffInRun: string | null;
}

export const createExitMemory = (): ExitMemory => ({
  watches: new Map(),
  following: new Set(),
  models: createCoinModels(),
  nextQuestion: 1,
  toldOffInRun: null,
});

/** What is remembered of this position of the market; a later one begins anew. */
export function watchOf(
  memory: ExitMemory,
  { conditionId, id: positionId }: Pick<DirectionalPosition, 'conditionId' | 'id'>,
): ExitWatch {
  const known = memory.watches.get(conditionId);
  if (known?.positionId === positionId) return known;
  const fresh: ExitWatch = {
    positionId,
    read: null,
    question: null,
    confirmed: null,
    kept: null,
    fruitless: 0,
    restUntilMs: 0,
    most: null,
    tooLarge: null,
    lastExit: null,
    toldCause: null,
    soldBefore: 0 as Shares,
    shortSinceMs: null,
    lookAtMs: null,
    isRemnantTold: false,
  };
  memory.watches.set(conditionId, fresh);
  return fresh;
}

/** Asks for a look at the position no later than `atMs`. */
export function lookBy(watch: ExitWatch, atMs: number): void {
  watch.lookAtMs = Math.min(watch.lookAtMs ?? atMs, atMs);
}

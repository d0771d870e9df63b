import { type AskingTrouble, createAskingTrouble } from '../../../ai/asking-trouble.ts';
import type { Payoff } from '../../../crypto/questions/payoff.ts';
import type { Confirmations } from '../../../crypto/strategy/confirmations.ts';
import type { DirectionalSignal } from '../../../domain/directional.ts';
import type { ConditionId } from '../../../domain/market.ts';
import type { CoinSymbol } from '../../../domain/spot-price.ts';
import { createPayoffMemory, type PayoffMemory } from '../pricing/ask-payoffs.ts';
import { type CoinModels, createCoinModels } from '../pricing/coin-models.ts';

/** What a market pays on, as its texts were read. Plain data. */
export interface KnownPayoff {
  /** Of the texts: where they change, they are read again. */
  readonly fingerprint: string;
  readonly payoff: Payoff;
}

/** A trade that is wanted and not made yet. */
export interface PendingTrade {
  /** As it was told last. */
  readonly signal: DirectionalSignal;
  readonly sinceMs: number;
  /** `queued`: to be asked about. `asked`: on its way. `cleared`: to be made as soon as its market is free. */
  stage: 'queued' | 'asked' | 'cleared';
  /** The question about it, once it is asked; the label is what the answer has to name. */
  question: { readonly key: string; readonly label: string; readonly askedAtMs: number } | null;
  aiValidation: string | null;
}

/** The entry loop's memory: plain data inside the kernel state. */
export interface EntryMemory {
  readonly models: CoinModels;
  readonly payoffs: Map<ConditionId, KnownPayoff>;
  /** What a model made of questions that our own parser does not read. */
  readonly answered: PayoffMemory;
  /** Markets that the last cycle looked at; their books are watched. */
  scope: ConditionId[];
  /** The cycle under way began then; null between two. Its markets are judged together once what they need is there. */
  gatheringSinceMs: number | null;
  /** Whether the texts of all markets were read in the cycle under way. */
  isAllRead: boolean;
  lastCycleAtMs: number | null;
  /** When this loop last asked for the list of markets; null before. */
  listingAskedAtMs: number | null;
  readonly confirmations: Confirmations;
  readonly trades: Map<ConditionId, PendingTrade>;
  nextQuestion: number;
  nextSignal: number;
  readonly trouble: AskingTrouble;
  /** Coins on which nothing can be entered, with the reason that a person was told. */
  readonly stopped: Map<CoinSymbol, string>;
}

export const createEntryMemory = (): EntryMemory => ({
  models: createCoinModels(),
  payoffs: new Map(),
  answered: createPayoffMemory(),
  scope: [],
  gatheringSinceMs: null,
  isAllRead: false,
  lastCycleAtMs: null,
  listingAskedAtMs: null,
  confirmations: new Map(),
  trades: new Map(),
  nextQuestion: 1,
  nextSignal: 1,
  trouble: createAskingTrouble(),
  stopped: new Map(),
});

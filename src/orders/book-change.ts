import type { TokenId } from '../domain/market.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import { complement, notional, type Price, type Shares, type Usd } from '../domain/units.ts';
import type { WalletTransfer } from '../domain/wallet-transfer.ts';
import type { Books } from './books.ts';
import { type ConversionSide, conversionChanges } from './conversion.ts';
import { type Ledger, type Posting, post } from './ledger.ts';
import { addChange, finishChange, openPosition, type Position, yesPartOf } from './position.ts';
import type { FillMarket, TokenHome } from './types.ts';

/** Moves realised profit out of the market's cost, so that the cost stays what is held at average cost. */
export function postRealised(
  ledger: Ledger,
  position: Position,
  moved: number,
  about: string,
  atMs: number,
): void {
  const { conditionId } = position;
  const postings: Posting[] = [
    { account: `cost:${conditionId}`, asset: 'USD', amount: moved },
    { account: `realised:${conditionId}`, asset: 'USD', amount: -moved },
  ];
  post(ledger, 'realised', about, postings, atMs);
}

/** What one final change does to both tokens and to cash. */
interface BothSides {
  readonly yesShares: number;
  readonly noShares: number;
  readonly yesUsd: number;
  readonly noUsd: number;
}

/** Kinds of entries whose tokens come from or go outside. */
type ExternalKind = 'external' | 'tokensIn' | 'tokensOut';
const isExternal = (kind: string): kind is ExternalKind =>
  kind === 'external' || kind === 'tokensIn' || kind === 'tokensOut';

function bookFinalChange(
  books: Books,
  kind: 'split' | 'merge' | 'redeem' | 'convert' | ExternalKind,
  key: string,
  market: Pick<FillMarket, 'conditionId' | 'yesTokenId' | 'noTokenId'>,
  change: BothSides,
  atMs: number,
): number {
  const position = openPosition(books, market.conditionId);
  const usdIn = change.yesUsd + change.noUsd;
  // Tokens that come or go from outside carry their value with them, which is no cash of ours.
  const cashAccount = isExternal(kind) ? 'external' : 'own.final';
  const tokenAccount = isExternal(kind) ? 'external' : 'market';
  post(
    books.ledger,
    kind,
    key,
    [
      { account: cashAccount, asset: 'USD', amount: usdIn },
      { account: `cost:${market.conditionId}`, asset: 'USD', amount: -usdIn },
      { account: 'own.final', asset: market.yesTokenId, amount: change.yesShares },
      { account: tokenAccount, asset: market.yesTokenId, amount: -change.yesShares },
      { account: 'own.final', asset: market.noTokenId, amount: change.noShares },
      { account: tokenAccount, asset: market.noTokenId, amount: -change.noShares },
    ],
    atMs,
  );
  position.yes.final = (position.yes.final + change.yesShares) as Shares;
  position.no.final = (position.no.final + change.noShares) as Shares;
  const realised = addChange(position, { key, atMs, ...change, isFinal: true });
  finishChange(position, key);
  postRealised(books.ledger, position, realised, key, atMs);
  return realised;
}

/**
 * Books a confirmed split, merge or redemption; returns the profit realised, in micro-dollars. `yesPrice` says how the dollar
 * of a pair is shared between YES and NO (the fair value then, or 0.5), or for a redemption what YES paid out: 1, 0, or 0.5
 * when void. A redemption burns all final tokens of both outcomes.
 */
export function bookTransaction(
  books: Books,
  request: TransactionRequest,
  market: Pick<FillMarket, 'conditionId' | 'yesTokenId' | 'noTokenId'>,
  yesPrice: Price,
  atMs: number,
): number {
  const { amount, action, txKey } = request;
  if (action === 'redeem') {
    const position = openPosition(books, request.conditionId);
    const change = {
      yesShares: -position.yes.final,
      noShares: -position.no.final,
      yesUsd: notional(yesPrice, position.yes.final),
      noUsd: notional(complement(yesPrice), position.no.final),
    };
    return bookFinalChange(books, action, txKey, market, change, atMs);
  }
  const yesUsd = yesPartOf(amount, yesPrice);
  const noUsd = amount - yesUsd;
  const sign = action === 'split' ? 1 : -1;
  const change = {
    yesShares: sign * amount,
    noShares: sign * amount,
    yesUsd: -sign * yesUsd,
    noUsd: -sign * noUsd,
  };
  return bookFinalChange(books, action, txKey, market, change, atMs);
}

/** One market in a conversion that is booked: its tokens, and what its YES share is worth. */
export interface ConvertedMarket extends ConversionSide {
  readonly market: Pick<FillMarket, 'conditionId' | 'yesTokenId' | 'noTokenId'>;
}

/** Books a confirmed conversion of `amount` NO shares each, in every market that it moves; returns the profit realised. */
export function bookConversion(
  books: Books,
  { txKey, amount }: Pick<TransactionRequest, 'txKey' | 'amount'>,
  converted: readonly ConvertedMarket[],
  atMs: number,
): number {
  let realised = 0;
  for (const [index, change] of conversionChanges(amount, converted).entries()) {
    const { market } = converted[index] as ConvertedMarket;
    realised += bookFinalChange(books, 'convert', txKey, market, change, atMs);
  }
  return realised;
}

/** Tokens that came or went from outside, with the price at which they are taken into the books. */
export interface TokenFlow extends TokenHome {
  readonly yesTokenId: TokenId;
  readonly noTokenId: TokenId;
  readonly shares: Shares;
  readonly price: Price;
}

/** Books deposits, withdrawals and adopted differences (negative is out). `reason` must be new each time. */
export function bookExternal(
  books: Books,
  cash: Usd,
  tokens: readonly TokenFlow[],
  reason: string,
  atMs: number,
): void {
  const cashPostings: Posting[] = [
    { account: 'own.final', asset: 'USD', amount: cash },
    { account: 'external', asset: 'USD', amount: -cash },
  ];
  post(books.ledger, 'external', reason, cashPostings, atMs);
  for (const flow of tokens)
    bookFlow(books, 'external', `${reason}/${flow.conditionId}/${flow.outcome}`, flow, atMs);
}

function bookFlow(books: Books, kind: ExternalKind, key: string, flow: TokenFlow, atMs: number): void {
  const isYes = flow.outcome === 'YES';
  const value = notional(flow.price, flow.shares);
  const change = {
    yesShares: isYes ? flow.shares : 0,
    noShares: isYes ? 0 : flow.shares,
    yesUsd: isYes ? 0 - value : 0,
    noUsd: isYes ? 0 : 0 - value,
  };
  bookFinalChange(books, kind, key, flow, change, atMs);
}

/** What stands against the dollars of a transfer: what the venue paid is earned, everything else was put in or taken out. */
const COUNTER_ACCOUNT = {
  reward: 'rewards',
  rebate: 'rebates',
  deposit: 'external',
  withdrawal: 'external',
} as const;

/** Books one transfer of the wallet under its own kind. `flow` says what its tokens are worth; null for dollars. */
export function bookTransfer(
  books: Books,
  { kind, amount, key }: WalletTransfer,
  flow: TokenFlow | null,
  atMs: number,
): void {
  if (kind === 'tokensIn' || kind === 'tokensOut') {
    if (flow === null) throw new Error(`transfer ${key} moves tokens, expected to know of which market`);
    bookFlow(books, kind, key, flow, atMs);
    return;
  }
  const postings: Posting[] = [
    { account: 'own.final', asset: 'USD', amount },
    { account: COUNTER_ACCOUNT[kind], asset: 'USD', amount: -amount },
  ];
  post(books.ledger, kind, key, postings, atMs);
}

/** Opens the books with the first confirmed read of the wallet. Fills older than `askedAtMs` are contained in it. */
export function bookOpening(books: Books, cash: Usd, tokens: readonly TokenFlow[], askedAtMs: number): void {
  if (books.ledger.openedAtMs !== null)
    throw new Error(`the books were opened at ${books.ledger.openedAtMs} ms, expected to open them once`);
  books.ledger.openedAtMs = askedAtMs;
  books.fills.floorMs = askedAtMs;
  bookExternal(books, cash, tokens, 'opening', askedAtMs);
}

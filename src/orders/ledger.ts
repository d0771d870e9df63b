import type { ConditionId, TokenId } from '../domain/market.ts';
import type { Shares, Usd } from '../domain/units.ts';
import { TRANSFER_KINDS, type TransferKind } from '../domain/wallet-transfer.ts';

/** A dollar or an outcome token; each is balanced for itself. */
export type Asset = 'USD' | TokenId;

/** How sure we are of what is ours: matched by the venue, seen on chain, confirmed. */
export type Stage = 'matched' | 'mined' | 'final';

/**
 * `own.*` is what the wallet holds. `cost:` is the dollars tied up in a market at average cost, `realised:` its profit so far
 * (a credit, so negative), `fees` what the venue took, `rewards` and `rebates` what it paid for quoting (credits), `external`
 * deposits and withdrawals, `market` the tokens' counterparty.
 */
export type Account =
  | `own.${Stage}`
  | `cost:${ConditionId}`
  | `realised:${ConditionId}`
  | 'fees'
  | 'rewards'
  | 'rebates'
  | 'external'
  | 'market';

export interface Posting {
  readonly account: Account;
  readonly asset: Asset;
  /** Millionths; positive is a debit. */
  readonly amount: number;
}

export type EntryKind =
  | 'fill'
  | 'stage'
  | 'failed'
  | 'split'
  | 'merge'
  | 'redeem'
  | 'convert'
  | 'external'
  | 'realised'
  | TransferKind;

/** Entries of this kind were read from the chain at a block: every later read of the wallet contains them. */
const isTransfer = (kind: EntryKind): kind is TransferKind =>
  (TRANSFER_KINDS as readonly EntryKind[]).includes(kind);

export interface LedgerEntry {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: EntryKind;
  /** What the entry is about: a fill's key, a transaction's key, a reason. */
  readonly about: string;
  readonly postings: readonly Posting[];
}

/** `account|asset` to millionths. Zero balances are not kept. */
export type Balances = Map<string, number>;

export interface Ledger {
  /** Null until balances were read for the first time: before that nothing is known and nothing may be spent. */
  openedAtMs: number | null;
  balances: Balances;
  /** The newest entries; older ones are folded into `folded`. */
  entries: LedgerEntry[];
  folded: Balances;
  nextSeq: number;
  /** When something was booked last that a read of the wallet from before then may not show. */
  lastPostedAtMs: number;
}

/** Entries kept one by one. Twice that many are held before the older half is folded, so folding is rare. */
const KEPT_ENTRIES = 2_000;

export function createLedger(): Ledger {
  return {
    openedAtMs: null,
    balances: new Map(),
    entries: [],
    folded: new Map(),
    nextSeq: 1,
    lastPostedAtMs: 0,
  };
}

const keyOf = (account: Account, asset: Asset): string => `${account}|${asset}`;

/** Enters postings that are balanced for every asset. Anything else is a broken invariant and throws. */
export function post(
  ledger: Ledger,
  kind: EntryKind,
  about: string,
  postings: readonly Posting[],
  atMs: number,
): void {
  const moved = postings.filter((posting) => posting.amount !== 0);
  if (moved.length === 0) return;
  for (const [asset, sum] of sumsByAsset(moved))
    if (sum !== 0)
      throw new Error(`ledger entry ${kind} ${about} is off by ${sum} millionths of ${asset}, expected 0`);
  for (const posting of moved) addPosting(ledger.balances, posting);
  ledger.entries.push({ seq: ledger.nextSeq, atMs, kind, about, postings: moved });
  ledger.nextSeq += 1;
  if (!isTransfer(kind)) ledger.lastPostedAtMs = Math.max(ledger.lastPostedAtMs, atMs);
  if (ledger.entries.length >= 2 * KEPT_ENTRIES)
    for (const entry of ledger.entries.splice(0, KEPT_ENTRIES))
      for (const posting of entry.postings) addPosting(ledger.folded, posting);
}

function sumsByAsset(postings: readonly Posting[]): Map<Asset, number> {
  const sums = new Map<Asset, number>();
  for (const { asset, amount } of postings) sums.set(asset, (sums.get(asset) ?? 0) + amount);
  return sums;
}

function addPosting(balances: Balances, { account, asset, amount }: Posting): void {
  const key = keyOf(account, asset);
  const sum = (balances.get(key) ?? 0) + amount;
  if (!Number.isSafeInteger(sum))
    throw new RangeError(`balance ${key} must be a whole number of millionths below 2^53, found ${sum}`);
  if (sum === 0) balances.delete(key);
  else balances.set(key, sum);
}

export const balanceOf = (ledger: Ledger, account: Account, asset: Asset): number =>
  ledger.balances.get(keyOf(account, asset)) ?? 0;

/**
 * What does not add up, in millionths: the balances recomputed from the entries must equal the running ones, and every asset
 * must sum to nothing over all accounts. Anything but 0 is a defect of ours.
 */
export function ledgerResidual(ledger: Ledger): number {
  const recomputed: Balances = new Map(ledger.folded);
  for (const entry of ledger.entries) for (const posting of entry.postings) addPosting(recomputed, posting);
  let residual = 0;
  for (const key of new Set([...recomputed.keys(), ...ledger.balances.keys()]))
    residual += Math.abs((recomputed.get(key) ?? 0) - (ledger.balances.get(key) ?? 0));
  const sums = new Map<string, number>();
  for (const [key, amount] of recomputed) {
    const asset = key.slice(key.lastIndexOf('|') + 1);
    sums.set(asset, (sums.get(asset) ?? 0) + amount);
  }
  for (const sum of sums.values()) residual += Math.abs(sum);
  return residual;
}

/** `final`: after confirmed trades only. `withMined`: with those the chain has already shown. */
export interface Expected<Unit> {
  readonly final: Unit;
  readonly withMined: Unit;
}

export interface ExpectedChain {
  readonly cash: Expected<Usd>;
  readonly tokens: Map<TokenId, Expected<Shares>>;
}

/** What the wallet should hold on chain by our books. */
export function expectedChain(ledger: Ledger): ExpectedChain {
  const tokens = new Map<TokenId, Expected<Shares>>();
  for (const key of ledger.balances.keys()) {
    const [account, asset] = key.split('|') as [string, Asset];
    if (asset === 'USD' || !account.startsWith('own.') || tokens.has(asset)) continue;
    tokens.set(asset, expectedOf<Shares>(ledger, asset));
  }
  return { cash: expectedOf<Usd>(ledger, 'USD'), tokens };
}

function expectedOf<Unit extends number>(ledger: Ledger, asset: Asset): Expected<Unit> {
  const final = balanceOf(ledger, 'own.final', asset);
  return { final: final as Unit, withMined: (final + balanceOf(ledger, 'own.mined', asset)) as Unit };
}

/** A read of the wallet at one block. */
export interface ChainRead {
  readonly cash: Usd;
  readonly tokens: readonly (readonly [TokenId, Shares])[];
  readonly askedAtMs: number;
}

export interface ChainResidual {
  readonly asset: Asset;
  readonly expected: number;
  readonly found: number;
  /** found - expected, in millionths. */
  readonly residual: number;
}

export interface ChainComparison {
  /** Whether nothing was on its way when the read was made; only then do residuals mean something. */
  readonly quiet: boolean;
  readonly residuals: readonly ChainResidual[];
  /** Sum of the residuals without sign, in millionths. */
  readonly totalMicro: number;
}

/**
 * Compares a read of the wallet with the books, for cash and for the tokens that were read. `inMotion` counts fills that are
 * not final, transactions that are not ended and fills still awaited. A fill the venue has not told us of yet shows as a
 * residual of a quiet read, so a caller alarms only when a residual outlives a read of trades.
 */
export function reconcileChain(ledger: Ledger, read: ChainRead, inMotion: number): ChainComparison {
  const quiet = inMotion === 0 && ledger.openedAtMs !== null && read.askedAtMs > ledger.lastPostedAtMs;
  const residuals: ChainResidual[] = [];
  const compare = (asset: Asset, found: number): void => {
    const expected = balanceOf(ledger, 'own.final', asset);
    if (found !== expected) residuals.push({ asset, expected, found, residual: found - expected });
  };
  compare('USD', read.cash);
  for (const [tokenId, found] of read.tokens) compare(tokenId, found);
  const totalMicro = residuals.reduce((sum, { residual }) => sum + Math.abs(residual), 0);
  return { quiet, residuals, totalMicro };
}

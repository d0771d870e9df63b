import type { TokenId } from '../domain/market.ts';
import type { KernelState } from '../kernel/state.ts';
import { pendingTransactions } from '../kernel/transactions.ts';
import { type Asset, balanceOf, type Ledger } from '../orders/ledger.ts';

/** Who is compared with the books. */
export type WalletSource = 'chain' | 'data';

/**
 * How old what a source says may be, in milliseconds. The chain is read at its newest block, which nodes have within seconds, and
 * trades are final for us up to a minute after their block. The Data API follows the chain by one to three minutes (its documentation).
 */
export const SOURCE_LAG_MS: Readonly<Record<WalletSource, number>> = { chain: 60_000, data: 180_000 };

/** What a source says of a wallet. */
export interface WalletReading {
  readonly source: WalletSource;
  readonly askedAtMs: number;
  /** Micro-dollars; null where the source does not tell cash. */
  readonly cash: number | null;
  /** Micro-shares of the tokens it was asked for, or of all it knows of; what is not named is not held, if `isComplete`. */
  readonly tokens: ReadonlyMap<TokenId, number>;
  readonly isComplete: boolean;
}

/**
 * `agrees`: what the books hold as final. `ahead`: with trades that are matched or mined and not final yet. `behind`: what the
 * books held a while ago, no longer than the source may lag. `moving`: neither, but it moved within that time, so it is not judged
 * yet. `differs`: none of these explains it.
 */
export type Verdict = 'agrees' | 'ahead' | 'behind' | 'moving' | 'differs';

export interface ReconciledAsset {
  readonly source: WalletSource;
  readonly asset: Asset;
  /** Millionths. */
  readonly books: number;
  /** What is matched or mined and not final. */
  readonly provisional: number;
  readonly found: number;
  /** Found - books. */
  readonly residual: number;
  readonly verdict: Verdict;
  /** Where it is behind: how long ago the books last held what was found. Where it is moving: when they last moved. */
  readonly agoMs: number | null;
  readonly why: string;
}

/** Compares what a source says with the books, asset by asset. Assets that neither holds are left out. */
export function reconcileWallet(state: KernelState, reading: WalletReading): ReconciledAsset[] {
  const { ledger } = state.books;
  const assets = new Set<Asset>(reading.cash === null ? [] : ['USD']);
  for (const tokenId of reading.tokens.keys()) assets.add(tokenId);
  if (reading.isComplete) for (const tokenId of tokensOf(ledger)) assets.add(tokenId);
  return [...assets].flatMap((asset) => {
    const found = asset === 'USD' ? (reading.cash ?? 0) : (reading.tokens.get(asset) ?? 0);
    const row = compareAsset(state, reading, asset, found);
    return row.books === 0 && row.provisional === 0 && found === 0 ? [] : [row];
  });
}

/** Every token that is, or within memory was, in the books. */
export function tokensOf(ledger: Ledger): Set<TokenId> {
  const tokens = new Set<TokenId>();
  const enter = (asset: Asset): void => {
    if (asset !== 'USD') tokens.add(asset);
  };
  for (const key of ledger.balances.keys()) {
    const [account, asset] = key.split('|') as [string, Asset];
    if (account.startsWith('own.')) enter(asset);
  }
  for (const { postings } of ledger.entries)
    for (const { account, asset } of postings) if (account.startsWith('own.')) enter(asset);
  return tokens;
}

const STAGES = ['own.final', 'own.mined', 'own.matched'] as const;

function compareAsset(
  state: KernelState,
  reading: WalletReading,
  asset: Asset,
  found: number,
): ReconciledAsset {
  const { ledger } = state.books;
  const [books, mined, matched] = STAGES.map((stage) => balanceOf(ledger, stage, asset)) as [
    number,
    number,
    number,
  ];
  const row = {
    source: reading.source,
    asset,
    books,
    provisional: mined + matched,
    found,
    residual: found - books,
    agoMs: null,
  };
  if (found === books) return { ...row, verdict: 'agrees', why: '' };
  if (found === books + mined || found === books + mined + matched)
    return { ...row, verdict: 'ahead', why: 'with trades that are not final yet' };
  const lagMs = SOURCE_LAG_MS[reading.source];
  const { heldUntilMs, movedAtMs } = lookBack(ledger, asset, found, reading.askedAtMs - lagMs);
  if (heldUntilMs !== null) {
    const agoMs = Math.max(0, reading.askedAtMs - heldUntilMs);
    return {
      ...row,
      verdict: 'behind',
      agoMs,
      why: `what the books held ${seconds(agoMs)} before it was asked`,
    };
  }
  const open = isOnItsWay(state, asset);
  if (movedAtMs !== null || open !== null) {
    const agoMs = movedAtMs === null ? null : Math.max(0, reading.askedAtMs - movedAtMs);
    const why = open ?? `it last moved ${seconds(agoMs ?? 0)} before it was asked`;
    return { ...row, verdict: 'moving', agoMs, why: `${why}; ask again in ${seconds(lagMs)}` };
  }
  return { ...row, verdict: 'differs', why: `nothing of it has moved for longer than ${seconds(lagMs)}` };
}

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;

/**
 * Whether the books held so much at a moment since `fromMs`, counting final shares alone, those the chain has shown, or all that
 * was matched; and when the asset last moved since then.
 */
function lookBack(ledger: Ledger, asset: Asset, found: number, fromMs: number) {
  const held = STAGES.map((stage) => balanceOf(ledger, stage, asset));
  let movedAtMs: number | null = null;
  for (let index = ledger.entries.length - 1; index >= 0; index -= 1) {
    const { atMs, postings } = ledger.entries[index] as Ledger['entries'][number];
    // Until this entry the books held what stands now; before `fromMs` that is older than the source may be.
    if (atMs < fromMs) break;
    let isMoved = false;
    for (const posting of postings) {
      const stage = STAGES.indexOf(posting.account as (typeof STAGES)[number]);
      if (posting.asset !== asset || stage < 0) continue;
      held[stage] = (held[stage] as number) - posting.amount;
      isMoved = true;
    }
    if (!isMoved) continue;
    movedAtMs ??= atMs;
    const [final, mined, matched] = held as [number, number, number];
    if (found === final || found === final + mined || found === final + mined + matched)
      return { heldUntilMs: atMs, movedAtMs };
  }
  return { heldUntilMs: null, movedAtMs };
}

/** What is still to move the asset, in words. */
function isOnItsWay({ books, transactions, markets }: KernelState, asset: Asset): string | null {
  let trades = 0;
  for (const key of books.fills.open) {
    const fill = books.fills.byKey.get(key)?.fill;
    if (asset === 'USD' || fill?.tokenId === asset) trades += 1;
  }
  const sent = pendingTransactions(transactions).filter(({ request }) => {
    const market = markets.get(request.conditionId)?.market;
    return asset === 'USD' || market?.yesTokenId === asset || market?.noTokenId === asset;
  }).length;
  if (trades + sent === 0) return null;
  return `${trades} trades and ${sent} transactions of it are on their way`;
}

import type { DataApi } from '../adapters/polymarket/data-api.ts';
import type { TokenId } from '../domain/market.ts';
import { MICRO } from '../domain/units.ts';
import type { KernelState } from '../kernel/state.ts';
import type { ChainPort } from '../ports/chain.ts';
import { type Portfolio, portfolioOf } from '../projections/portfolio.ts';
import {
  type ReconciledAsset,
  reconcileWallet,
  SOURCE_LAG_MS,
  tokensOf,
  type Verdict,
  type WalletReading,
  type WalletSource,
} from '../projections/reconcile-wallet.ts';
import { textOf } from './preflight.ts';

/** Those who can say what a wallet holds; null where there is nobody to ask, with the reason. */
export interface PortfolioSources {
  readonly chain: Pick<ChainPort, 'balances'> | { readonly none: string };
  readonly data: Pick<DataApi, 'positions' | 'value'> | { readonly none: string };
}

export interface SourceReport {
  readonly source: WalletSource;
  readonly askedAtMs: number;
  /** How old what it says may be. */
  readonly lagSeconds: number;
  /** Null where it answered. */
  readonly trouble: string | null;
  readonly block: number | null;
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly assets: readonly ReconciledAsset[];
}

/** What `./run portfolio` shows: the books, and who agrees with them. */
export interface PortfolioReport extends Portfolio {
  /** `worker`: from the running worker. `journal`: from the journal of the newest run, which has ended. */
  readonly from: 'worker' | 'journal';
  readonly run: { readonly runId: string; readonly startedAtMs: number };
  readonly sources: readonly SourceReport[];
  /** Dollars that the Data API says everything held is worth, by its own prices; null where it was not asked. */
  readonly dataValueUsd: number | null;
  /** What no lag explains, over all sources. */
  readonly differences: number;
  /** What of the books does not add up in themselves, in micro-dollars. 0, always. */
  readonly residualMicroUsd: number;
}

const READ_MS = 15_000;

/**
 * Reads the wallet from the chain and from the Data API, and compares both with the books as they stand once the answers are here.
 * Neither changes anything: the Data API lags and may be wrong, and what the chain has is taken in by the worker's own reads.
 */
export async function portfolioReport(
  stateNow: () => KernelState,
  from: PortfolioReport['from'],
  sources: PortfolioSources,
  nowMs: () => number,
): Promise<PortfolioReport> {
  const { wallet } = stateNow().run;
  const data = await readData(sources.data, wallet, nowMs());
  const named = new Set<TokenId>([
    ...tokensOf(stateNow().books.ledger),
    ...(data.reading?.tokens.keys() ?? []),
  ]);
  const chain = await readChain(sources.chain, [...named], nowMs());
  const state = stateNow();
  const reports = [chain, data].map((read) => sourceReport(state, read));
  const portfolio = portfolioOf(state);
  return {
    ...portfolio,
    from,
    run: { runId: state.run.runId, startedAtMs: state.run.startedAtMs },
    sources: reports,
    dataValueUsd: data.valueUsd,
    differences: reports.reduce((sum, { counts }) => sum + counts.differs, 0),
    residualMicroUsd: portfolio.totals.residualMicroUsd,
  };
}

interface SourceRead {
  readonly source: WalletSource;
  readonly askedAtMs: number;
  readonly reading: WalletReading | null;
  readonly trouble: string | null;
  readonly block: number | null;
  readonly valueUsd: number | null;
}

const failed = (source: WalletSource, askedAtMs: number, trouble: string): SourceRead => ({
  source,
  askedAtMs,
  reading: null,
  trouble,
  block: null,
  valueUsd: null,
});

async function readChain(
  chain: PortfolioSources['chain'],
  tokens: readonly TokenId[],
  askedAtMs: number,
): Promise<SourceRead> {
  if ('none' in chain) return failed('chain', askedAtMs, chain.none);
  try {
    const { cash, tokens: found, blockNumber } = await chain.balances(tokens, AbortSignal.timeout(READ_MS));
    const reading = { source: 'chain', askedAtMs, cash, tokens: new Map(found), isComplete: true } as const;
    return { source: 'chain', askedAtMs, reading, trouble: null, block: blockNumber, valueUsd: null };
  } catch (error) {
    return failed('chain', askedAtMs, textOf(error));
  }
}

async function readData(
  data: PortfolioSources['data'],
  wallet: string,
  askedAtMs: number,
): Promise<SourceRead> {
  if ('none' in data) return failed('data', askedAtMs, data.none);
  try {
    const signal = AbortSignal.timeout(READ_MS);
    const [{ positions, isComplete }, value] = await Promise.all([
      data.positions(wallet, signal),
      data.value(wallet, signal),
    ]);
    const tokens = new Map(positions.map(({ tokenId, size }) => [tokenId, size as number]));
    const reading = { source: 'data', askedAtMs, cash: null, tokens, isComplete } as const;
    const trouble = isComplete
      ? null
      : 'its list is longer than it lets anybody read; what it leaves out is not judged';
    return { source: 'data', askedAtMs, reading, trouble, block: null, valueUsd: value / MICRO };
  } catch (error) {
    return failed('data', askedAtMs, textOf(error));
  }
}

function sourceReport(state: KernelState, read: SourceRead): SourceReport {
  const assets = read.reading === null ? [] : reconcileWallet(state, read.reading);
  const counts: Record<Verdict, number> = { agrees: 0, ahead: 0, behind: 0, moving: 0, differs: 0 };
  for (const { verdict } of assets) counts[verdict] += 1;
  const { source, askedAtMs, trouble, block } = read;
  return { source, askedAtMs, lagSeconds: SOURCE_LAG_MS[source] / 1_000, trouble, block, counts, assets };
}

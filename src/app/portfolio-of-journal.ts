import { readBalances } from '../adapters/chain/balances.ts';
import { createRpc } from '../adapters/chain/rpc.ts';
import { readFileJournal } from '../adapters/node/file-journal.ts';
import { listRuns, type RunManifest, readSnapshot, runFolder } from '../adapters/node/run-directory.ts';
import { createDataApi } from '../adapters/polymarket/data-api.ts';
import { CONTRACTS } from '../adapters/polymarket/venue-facts.ts';
import type { TokenId } from '../domain/market.ts';
import type { Command, Input } from '../kernel/messages.ts';
import type { KernelState } from '../kernel/state.ts';
import { applyInput, applyOutput, firstFacts, forgetEnded } from '../projections/facts.ts';
import { environmentOf, type Settings } from '../settings/index.ts';
import { type PortfolioReport, type PortfolioSources, portfolioReport } from './portfolio.ts';
import { decodeSnapshot } from './snapshot.ts';

/** Entries between two rounds of forgetting what has ended, so that memory stays bounded. */
const FORGET_EVERY = 10_000;

/**
 * What the books held at the end of a run, from the state it started from and its journal: what came in is taken in again, and
 * nothing is decided anew. Null where the run has no entry.
 */
async function factsOfRun(directory: string): Promise<KernelState | null> {
  const snapshot = readSnapshot(directory);
  let facts = snapshot === null ? null : decodeSnapshot(snapshot).state;
  let entries = 0;
  for await (const { dir, atMs, body } of readFileJournal(directory)) {
    entries += 1;
    if (dir === 'in') {
      const input = body as Input;
      if (facts === null && input.kind === 'runStarted') facts = firstFacts(input, atMs);
      if (facts !== null) applyInput(facts, atMs, input);
    } else if (facts !== null) applyOutput(facts, body as Command, () => null);
    if (facts !== null && entries % FORGET_EVERY === 0) forgetEnded(facts);
  }
  return facts;
}

/** The newest run of a data folder, of whatever wallet; null where there is none. */
export const newestRun = (dataDir: string): RunManifest | null => listRuns(dataDir).at(-1) ?? null;

/** The portfolio by the journal of a run that has ended, or whose worker does not answer. Null where its journal is empty. */
export async function portfolioOfRun(
  dataDir: string,
  run: RunManifest,
  settings: Settings | null,
  nowMs: () => number,
): Promise<PortfolioReport | null> {
  const facts = await factsOfRun(runFolder(dataDir, run.runId));
  if (facts === null) return null;
  const { sources, close } = openSources(run, settings, nowMs);
  try {
    return await portfolioReport(() => facts, 'journal', sources, nowMs);
  } finally {
    await close();
  }
}

interface OpenSources {
  readonly sources: PortfolioSources;
  close(): Promise<void>;
}

function openSources(run: RunManifest, settings: Settings | null, nowMs: () => number): OpenSources {
  if (settings === null) return nobody('not asked');
  const asked = environmentOf(settings);
  // A run on the local venue is no business of the real one, whose chain knows nothing of its wallet.
  if (run.environment !== undefined && run.environment !== asked)
    return nobody(
      `not asked: the run traded on ${run.environment} addresses, the settings name ${asked} ones`,
    );
  const rpc = createRpc({ rpcUrl: settings.chain.rpcUrl ?? '', timeoutMs: 10_000 });
  const data = createDataApi({ dataUrl: settings.polymarket.dataUrl ?? '', nowMs });
  return {
    sources: {
      chain: {
        balances: (tokens: readonly TokenId[], signal: AbortSignal) =>
          readBalances(rpc, CONTRACTS, run.wallet as `0x${string}`, tokens, signal),
      },
      data,
    },
    close: async () => {
      await Promise.all([rpc.close(), data.close()]);
    },
  };
}

const nobody = (none: string): OpenSources => ({
  sources: { chain: { none }, data: { none } },
  close: async () => undefined,
});

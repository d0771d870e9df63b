import type { ConditionId, ResolutionState } from '../../domain/market.ts';
import type { MarketResolution, Payouts } from '../../domain/resolution.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { ResolutionPort } from '../../ports/resolutions.ts';
import type { Log } from '../../ports/timers.ts';
import { resolutionOf } from './gamma-market.ts';
import { createHttpClient, type HttpCall, type HttpClient, parsed } from './http.ts';
import { asArray, asObject } from './wire/fields.ts';

export interface ResolutionOptions {
  readonly gammaUrl: string;
  /** Reads from the chain what conditions pay. */
  readonly payouts: (
    conditionIds: readonly ConditionId[],
    signal: AbortSignal,
  ) => Promise<(Payouts | null)[]>;
  readonly nowMs: () => number;
  readonly log: Log;
  readonly timeoutMs?: number;
}

/** A condition id has 66 characters: so many keep a request's address below what servers take. */
const CONDITIONS_PER_REQUEST = 20;

/**
 * How markets were resolved. Only what the oracle has reported to the chain is an outcome, because that is what a redemption pays;
 * the catalogue adds how far the oracle is while it has not, and lags the chain by minutes. The catalogue's `outcomePrices` are
 * not read: they are prices until the end, and look like an outcome long before there is one. Where the catalogue does not
 * answer, the chain alone is told.
 */
export function createResolutions(options: ResolutionOptions): ResolutionPort {
  const http = createHttpClient({
    baseUrl: options.gammaUrl,
    nowMs: options.nowMs,
    timeoutMs: options.timeoutMs ?? 10_000,
  });

  async function stagesOf(
    conditionIds: readonly ConditionId[],
    signal: AbortSignal,
  ): Promise<Map<string, ResolutionState>> {
    try {
      return await readStages(http, conditionIds, signal);
    } catch (error) {
      if (!(error instanceof ForeignError)) throw error;
      options.log.debug(`the catalogue does not say how far resolutions are: ${error.message}`);
      return new Map();
    }
  }

  return {
    resolutions: async (markets, signal) => {
      // Markets of the second protocol version pay by another contract, which is not read yet.
      const onChain = markets.filter(({ version }) => version === 'v1').map(({ conditionId }) => conditionId);
      const [payouts, stages] = await Promise.all([
        options.payouts(onChain, signal),
        stagesOf(
          markets.map(({ conditionId }) => conditionId),
          signal,
        ),
      ]);
      const paid = new Map(onChain.map((conditionId, index) => [conditionId, payouts[index] ?? null]));
      return markets.map(
        ({ conditionId }): MarketResolution => ({
          conditionId,
          stage: stages.get(conditionId) ?? null,
          payouts: paid.get(conditionId) ?? null,
        }),
      );
    },
    close: () => http.close(),
  };
}

/** Closed markets by their ids: the catalogue leaves them out of every list that does not ask for them. */
async function readStages(
  http: HttpClient,
  conditionIds: readonly ConditionId[],
  signal: AbortSignal,
): Promise<Map<string, ResolutionState>> {
  const stages = new Map<string, ResolutionState>();
  for (let from = 0; from < conditionIds.length; from += CONDITIONS_PER_REQUEST) {
    const ids = conditionIds.slice(from, from + CONDITIONS_PER_REQUEST);
    const query = `closed=true&limit=${CONDITIONS_PER_REQUEST}${ids.map((id) => `&condition_ids=${id}`).join('')}`;
    const call: HttpCall = { method: 'GET', path: '/markets/keyset', query };
    for (const [conditionId, stage] of closedMarkets(call, await http.json(call, signal)))
      stages.set(conditionId, stage);
  }
  return stages;
}

function closedMarkets(call: HttpCall, answer: unknown): [string, ResolutionState][] {
  return parsed(call, () => {
    const page = asObject(answer, 'the page');
    return asArray(page.markets ?? page.data, 'markets').flatMap((listed): [string, ResolutionState][] => {
      const row = asObject(listed, 'the market');
      const { conditionId } = row;
      // What is not closed was not asked for.
      if (typeof conditionId !== 'string' || row.closed !== true) return [];
      return [[conditionId.toLowerCase(), resolutionOf(row)]];
    });
  });
}

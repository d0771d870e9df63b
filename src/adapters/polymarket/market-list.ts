import type { Market } from '../../domain/market.ts';
import type { Log } from '../../ports/timers.ts';
import type { MarketListPort } from '../../ports/venue.ts';
import { parseGammaMarket } from './gamma-market.ts';
import { createHttpClient } from './http.ts';
import { createMarketPages, type TakeObjects } from './market-pages.ts';

export interface MarketListOptions {
  readonly gammaUrl: string;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Requests under way at once; each reader has its own part of the list. Default 1. */
  readonly concurrency?: number;
  readonly timeoutMs?: number;
}

/** What the last complete listing held, for `status` and metrics. */
export interface ListingCounts {
  readonly listed: number;
  readonly usable: number;
  readonly duplicates: number;
  /** Objects that were no market of ours, by reason. */
  readonly unusable: Readonly<Record<string, number>>;
}

export interface MarketList extends MarketListPort {
  lastCounts(): ListingCounts | null;
  close(): Promise<void>;
}

/** The market catalogue of Gamma: every active market, page by page. */
export function createMarketList(options: MarketListOptions): MarketList {
  const http = createHttpClient({
    baseUrl: options.gammaUrl,
    nowMs: options.nowMs,
    timeoutMs: options.timeoutMs ?? 20_000,
  });
  const pages = createMarketPages(http, options.concurrency ?? 1);
  let counts: ListingCounts | null = null;

  return {
    lastCounts: () => counts,
    close: () => http.close(),
    markets: async (signal) => {
      const byCondition = new Map<string, Market>();
      const unusable: Record<string, number> = {};
      let listed = 0;
      let duplicates = 0;
      // Page by page as they come, since tens of thousands of objects at once would hold up everything else.
      const take: TakeObjects = (objects) => {
        listed += objects.length;
        for (const object of objects) {
          const parsed = parseGammaMarket(object);
          if ('unusable' in parsed) unusable[parsed.unusable] = (unusable[parsed.unusable] ?? 0) + 1;
          else if (byCondition.has(parsed.market.conditionId)) duplicates += 1;
          else byCondition.set(parsed.market.conditionId, parsed.market);
        }
      };
      await pages.read(take, signal);
      counts = { listed, usable: byCondition.size, duplicates, unusable };
      if (Object.keys(unusable).length > 0) options.log.debug('market objects that cannot be used', unusable);
      // In one order whatever the order of answers, so that equal lists are equal inputs.
      const markets = [...byCondition.values()].sort((a, b) => (a.conditionId < b.conditionId ? -1 : 1));
      return { kind: 'marketsListed', markets };
    },
  };
}

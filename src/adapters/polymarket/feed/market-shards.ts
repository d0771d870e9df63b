import type { WatchedMarket } from '../../../domain/market.ts';
import type { Log, Timers } from '../../../ports/timers.ts';
import { type LiveSocket, openLiveSocket, type SocketTiming } from './live-socket.ts';

export interface MarketShardOptions {
  readonly url: string;
  readonly tokensPerSocket: number;
  readonly timers: Timers;
  readonly random: () => number;
  readonly log: Log;
  readonly timing: SocketTiming;
  readonly onMessage: (bytes: Buffer) => void;
  /** A shard's connection opened; its markets were asked for again. */
  readonly onOpen: (markets: readonly WatchedMarket[]) => void;
  readonly onDown: (markets: readonly WatchedMarket[], reason: string) => void;
}

interface Shard {
  readonly socket: LiveSocket;
  readonly markets: Map<string, WatchedMarket>;
  isOpen: boolean;
}

export interface MarketShards {
  add(markets: readonly WatchedMarket[]): void;
  remove(conditionIds: readonly string[]): void;
  /** Leaves and joins a market again, which makes the venue send its book and may cure a silent loss. */
  resubscribe(conditionId: string): void;
  openCount(): number;
  /** Whether the connection that carries this market is open. */
  isOpen(conditionId: string): boolean;
  /** Opens every connection anew. */
  reconnect(reason: string): void;
  close(): void;
}

const tokensOf = (markets: readonly WatchedMarket[]): string[] =>
  markets.flatMap((market) => [market.yesTokenId, market.noTokenId]);

const operation = (name: 'subscribe' | 'unsubscribe', markets: readonly WatchedMarket[]): string =>
  JSON.stringify({ assets_ids: tokensOf(markets), operation: name, custom_feature_enabled: true });

/** Spreads the tokens watched over as many sockets as their bound asks for, both tokens of a market on one. */
export function createMarketShards(options: MarketShardOptions): MarketShards {
  const shards = new Set<Shard>();
  const marketsPerSocket = Math.max(1, Math.floor(options.tokensPerSocket / 2));
  let named = 0;

  function openShard(markets: readonly WatchedMarket[]): void {
    const watched = new Map(markets.map((market) => [market.conditionId as string, market]));
    named += 1;
    const socket = openLiveSocket({
      url: options.url,
      name: `market socket ${named}`,
      timers: options.timers,
      random: options.random,
      log: options.log,
      timing: options.timing,
      greet: () =>
        JSON.stringify({
          assets_ids: tokensOf([...watched.values()]),
          type: 'market',
          custom_feature_enabled: true,
        }),
      onOpen: () => {
        shard.isOpen = true;
        options.onOpen([...watched.values()]);
      },
      onMessage: options.onMessage,
      onDown: (reason) => {
        shard.isOpen = false;
        options.onDown([...watched.values()], reason);
      },
    });
    const shard: Shard = { socket, markets: watched, isOpen: false };
    shards.add(shard);
  }

  const shardOf = (conditionId: string): Shard | undefined => {
    for (const shard of shards) if (shard.markets.has(conditionId)) return shard;
    return undefined;
  };

  function add(markets: readonly WatchedMarket[]): void {
    let left = markets.filter((market) => shardOf(market.conditionId) === undefined);
    for (const shard of shards) {
      const taken = left.slice(0, Math.max(0, marketsPerSocket - shard.markets.size));
      if (taken.length === 0) continue;
      left = left.slice(taken.length);
      for (const market of taken) shard.markets.set(market.conditionId, market);
      // Where the connection is not open yet, its greeting will name them.
      shard.socket.send(operation('subscribe', taken));
    }
    for (let from = 0; from < left.length; from += marketsPerSocket)
      openShard(left.slice(from, from + marketsPerSocket));
  }

  function remove(conditionIds: readonly string[]): void {
    for (const shard of shards) {
      const leaving: WatchedMarket[] = [];
      for (const id of conditionIds) {
        const market = shard.markets.get(id);
        if (market === undefined) continue;
        shard.markets.delete(id);
        leaving.push(market);
      }
      if (leaving.length === 0) continue;
      if (shard.markets.size > 0) shard.socket.send(operation('unsubscribe', leaving));
      else {
        shard.socket.close();
        shards.delete(shard);
      }
    }
  }

  function resubscribe(conditionId: string): void {
    const shard = shardOf(conditionId);
    const market = shard?.markets.get(conditionId);
    if (shard === undefined || market === undefined) return;
    shard.socket.send(operation('unsubscribe', [market]));
    shard.socket.send(operation('subscribe', [market]));
  }

  return {
    add,
    remove,
    resubscribe,
    openCount: () => [...shards].filter((shard) => shard.isOpen).length,
    isOpen: (conditionId) => shardOf(conditionId)?.isOpen === true,
    reconnect: (reason) => {
      for (const shard of shards) shard.socket.reconnect(reason);
    },
    close: () => {
      for (const shard of shards) shard.socket.close();
      shards.clear();
    },
  };
}

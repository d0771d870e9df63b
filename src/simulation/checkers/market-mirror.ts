import type { ConditionId, Market, Side } from '../../domain/market.ts';
import type { Input } from '../../kernel/messages.ts';

/** What the worker has been told of one market, kept in plain maps. Prices in YES coordinates. */
export interface MirroredMarket {
  market: Market;
  tick: number;
  /** Whether a whole book has come since the last gap, drop of the socket, or start of watching. */
  live: boolean;
  resolved: boolean;
  /** What a YES share pays, in ten-thousandths of a dollar; null before that was told. */
  payout: number | null;
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
  bestBid: number | null;
  bestAsk: number | null;
  /** The middle when there last was one on a live book. */
  lastMid: number | null;
}

export interface MarketMirror {
  readonly markets: Map<ConditionId, MirroredMarket>;
  feedUp: boolean;
}

export const createMarketMirror = (): MarketMirror => ({ markets: new Map(), feedUp: false });

/** Takes in what an input says of markets; everything else is ignored. */
export function mirror(state: MarketMirror, input: Input): void {
  switch (input.kind) {
    case 'marketsListed':
      for (const market of input.markets) {
        const known = state.markets.get(market.conditionId);
        if (known === undefined) state.markets.set(market.conditionId, freshMarket(market));
        else known.market = market;
      }
      return;
    case 'resolutionsRead':
      for (const { conditionId, payouts } of input.resolutions) {
        const market = state.markets.get(conditionId);
        if (market === undefined || payouts === null) continue;
        market.resolved = true;
        market.payout = (10_000 * payouts[0]) / (payouts[0] + payouts[1]);
      }
      return;
    case 'feed':
      if (input.feed !== 'market') return;
      state.feedUp = input.up;
      if (!input.up) for (const market of state.markets.values()) market.live = false;
      return;
    case 'book':
    case 'levels':
    case 'tickSize':
    case 'bookUntrusted':
    case 'marketResolved': {
      const market = state.markets.get(input.conditionId);
      if (market !== undefined) mirrorMarket(market, input);
      return;
    }
    default:
  }
}

type MarketNews = Extract<
  Input,
  { kind: 'book' | 'levels' | 'tickSize' | 'bookUntrusted' | 'marketResolved' }
>;

function mirrorMarket(market: MirroredMarket, input: MarketNews): void {
  switch (input.kind) {
    case 'book':
      market.bids.clear();
      market.asks.clear();
      for (const [price, size] of input.bids) market.bids.set(price, size);
      for (const [price, size] of input.asks) market.asks.set(price, size);
      market.tick = input.tick;
      market.live = true;
      break;
    case 'levels':
      for (const [side, price, size] of input.changes) {
        const levels = side === 'BUY' ? market.bids : market.asks;
        if (size === 0) levels.delete(price);
        else levels.set(price, size);
      }
      break;
    case 'tickSize':
      market.tick = input.tick;
      return;
    case 'bookUntrusted':
      market.live = false;
      return;
    case 'marketResolved':
      market.resolved = true;
      market.payout = input.winner === null ? 5_000 : input.winner === 'YES' ? 10_000 : 0;
      return;
  }
  market.bestBid = best(market.bids, 'BUY');
  market.bestAsk = best(market.asks, 'SELL');
  const { bestBid, bestAsk } = market;
  if (market.live && bestBid !== null && bestAsk !== null && bestBid < bestAsk)
    market.lastMid = (bestBid + bestAsk) / 2;
}

function best(levels: ReadonlyMap<number, number>, side: Side): number | null {
  let found: number | null = null;
  for (const price of levels.keys())
    if (found === null || (side === 'BUY' ? price > found : price < found)) found = price;
  return found;
}

const freshMarket = (market: Market): MirroredMarket => ({
  market,
  tick: market.tickSize,
  live: false,
  resolved: false,
  payout: null,
  bids: new Map(),
  asks: new Map(),
  bestBid: null,
  bestAsk: null,
  lastMid: null,
});

/** The price that stands for a market: what it pays, else the last middle that was told, else its listing, else even odds. */
export const markOfMirror = ({ payout, lastMid, market }: MirroredMarket): number =>
  payout !== null ? payout : lastMid === null ? (market.listedYesPrice ?? 5_000) : Math.round(lastMid);

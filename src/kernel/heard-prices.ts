import type { CoinSymbol } from '../domain/spot-price.ts';

/** Highest and lowest price of a coin that was believed within ten seconds. */
export interface HeardPrice {
  readonly fromMs: number;
  readonly toMs: number;
  highUsd: number;
  lowUsd: number;
}

/** What was believed of each coin in the last minutes, oldest first. Plain data. */
export type HeardPrices = Map<CoinSymbol, HeardPrice[]>;

const STRETCH_MS = 10_000;
/** Candles that are older than a minute and a half are not used any more, so nobody asks what was heard before that. */
const KEPT_MS = 180_000;

/**
 * Notes a price that is believed at this moment. Candles are read every minute or so, and a price that was there and gone in between would be
 * forgotten by whoever only looks at the newest.
 */
export function hearPrice(heard: HeardPrices, coin: CoinSymbol, priceUsd: number, nowMs: number): void {
  const known = heard.get(coin) ?? [];
  const last = known.at(-1);
  if (last !== undefined && nowMs < last.toMs) {
    last.highUsd = Math.max(last.highUsd, priceUsd);
    last.lowUsd = Math.min(last.lowUsd, priceUsd);
    return;
  }
  const fromMs = Math.floor(nowMs / STRETCH_MS) * STRETCH_MS;
  const kept = known.filter(({ toMs }) => nowMs - toMs <= KEPT_MS);
  heard.set(coin, [...kept, { fromMs, toMs: fromMs + STRETCH_MS, highUsd: priceUsd, lowUsd: priceUsd }]);
}

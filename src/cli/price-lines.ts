import type { ShownPrices } from '../app/index.ts';

/** Dollars of a coin with about six digits that count: 97000.12, 0.243512. */
const usd = (price: number): string => price.toFixed(Math.max(2, 5 - Math.floor(Math.log10(price))));

/** One line for the sources and one for each coin. Nothing while prices are not followed. */
export function priceLines(prices: ShownPrices | null): string[] {
  if (prices === null) return [];
  if (prices.coins.length === 0) return ['prices: no listed market hangs on a coin'];
  const sources = prices.sources.map(({ name, up, reason }) => `${name} ${up ? 'up' : `down (${reason})`}`);
  return [
    `prices: ${believedText(prices)}; sources: ${sources.length === 0 ? 'none heard of yet' : sources.join(', ')}`,
    ...prices.coins.map((coin) =>
      coin.priceUsd === null
        ? `  not believed: ${coin.untrustedBecause}`
        : `  ${coin.coin} ${usd(coin.priceUsd)} USD by ${coin.source}, ${(coin.ageSeconds ?? 0).toFixed(1)} s old, ${coin.sources.length} sources within ${(coin.disagreementPct ?? 0).toFixed(3)} %`,
    ),
  ];
}

/** How many coins have a price that is believed. */
export const believedText = ({ coins }: ShownPrices): string =>
  `${coins.filter(({ priceUsd }) => priceUsd !== null).length} of ${coins.length} coins believed`;

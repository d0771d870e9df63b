import type { Market } from './market.ts';

/** Names of coins by ticker, and whether the ticker alone gives a coin away or is a word of its own. */
const COINS: readonly (readonly [ticker: string, names: string, isWord?: true])[] = [
  ['BTC', 'bitcoin|xbt'],
  ['ETH', 'ethereum|ether'],
  ['SOL', 'solana'],
  ['XRP', 'ripple'],
  ['DOGE', 'dogecoin'],
  ['BNB', 'binance coin'],
  ['HYPE', 'hyperliquid', true],
  ['ADA', 'cardano', true],
  ['AVAX', 'avax'],
  ['LINK', 'chainlink', true],
  ['LTC', 'litecoin'],
  ['DOT', 'polkadot', true],
  ['SHIB', 'shiba inu'],
  ['PEPE', 'pepecoin', true],
  ['TRX', 'tron'],
  ['SUI', 'sui network'],
  ['TON', 'toncoin', true],
  ['XLM', 'stellar lumens'],
  ['XMR', 'monero'],
  ['ZEC', 'zcash'],
];

/** Coins whose name begins with that of another; they are no part of its price. */
const OTHERS = /\b(bitcoin[ -](cash|sv|gold)|ethereum[ -]classic|wrapped[ -]\w+)\b/gi;

const WORDS: readonly (readonly [ticker: string, words: RegExp])[] = COINS.map(
  ([ticker, names, isWord]) =>
    [ticker, new RegExp(`(${isWord === true ? '\\$' : '\\$?\\b'}${ticker}|\\b(${names}))\\b`, 'i')] as const,
);

/** A tag is a word on its own, so even a ticker that is a word says what the market is about. */
const BY_TAG: ReadonlyMap<string, string> = new Map(
  COINS.flatMap(([ticker, names]) =>
    [ticker.toLowerCase(), ...names.split('|')].map((name) => [name.replaceAll(' ', '-'), ticker] as const),
  ),
);

/**
 * The ticker of the coin whose price a market hangs on, or null: so that many markets about one coin are one bet. The question decides,
 * then its slug, then its tags, which are about the whole event. Where several coins are named, the best known of them counts.
 */
export function coinOf({ question, slug, tags }: Pick<Market, 'question' | 'slug' | 'tags'>): string | null {
  return (
    coinIn(question) ??
    coinIn(slug.replaceAll('-', ' ')) ??
    COINS.find(([ticker]) => tags.some((tag) => BY_TAG.get(tag.toLowerCase()) === ticker))?.[0] ??
    null
  );
}

function coinIn(text: string): string | null {
  const plain = text.replace(OTHERS, ' ');
  return WORDS.find(([, words]) => words.test(plain))?.[0] ?? null;
}

import type { CoinSymbol, DailyClose, SpotTick } from '../../domain/spot-price.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { HttpClient } from '../polymarket/http.ts';
import { judged } from '../polymarket/signed-calls.ts';
import { asArray, asObject, WireFault } from '../polymarket/wire/fields.ts';
import { inSteps, msField, priceField } from './price-wire.ts';

const DAY_MS = 86_400_000;

/** What CoinGecko calls the coins that the venue asks about. Tickers are not unique there, so a coin that is missing here is not asked for. */
const IDS: ReadonlyMap<CoinSymbol, string> = new Map([
  ['BTC', 'bitcoin'],
  ['ETH', 'ethereum'],
  ['SOL', 'solana'],
  ['XRP', 'ripple'],
  ['DOGE', 'dogecoin'],
  ['BNB', 'binancecoin'],
  ['HYPE', 'hyperliquid'],
  ['ADA', 'cardano'],
  ['AVAX', 'avalanche-2'],
  ['LINK', 'chainlink'],
  ['LTC', 'litecoin'],
  ['BCH', 'bitcoin-cash'],
  ['DOT', 'polkadot'],
  ['SHIB', 'shiba-inu'],
  ['PEPE', 'pepe'],
  ['TRX', 'tron'],
  ['SUI', 'sui'],
  ['XLM', 'stellar'],
  ['XMR', 'monero'],
  ['ZEC', 'zcash'],
]);

/** Present prices with the time each was last changed. */
export async function readCoingeckoSpot(
  http: HttpClient,
  coins: readonly CoinSymbol[],
  signal: AbortSignal,
): Promise<SpotTick[]> {
  const known = coins.flatMap((coin) => {
    const id = IDS.get(coin);
    return id === undefined ? [] : [[coin, id] as const];
  });
  if (known.length === 0) return [];
  const query = `ids=${known.map(([, id]) => id).join(',')}&vs_currencies=usd&include_last_updated_at=true`;
  const call = { method: 'GET', path: '/simple/price', query } as const;
  const found = await http.json(call, signal);
  return judged(call, found, () => {
    const byId = asObject(found, 'the prices');
    return known.flatMap(([coin, id]) => {
      if (byId[id] === undefined) return [];
      const price = asObject(byId[id], id);
      const { last_updated_at } = price;
      if (typeof last_updated_at !== 'number')
        throw new WireFault('last_updated_at', 'unix seconds', last_updated_at);
      return [
        {
          source: 'coingecko' as const,
          coin,
          priceUsd: priceField(price, 'usd'),
          atMs: last_updated_at * 1_000,
        },
      ];
    });
  });
}

/**
 * Daily closes. CoinGecko gives the price at each midnight, which is the close of the day before, and one more for now, which is
 * that of a day that is not over.
 */
export async function readCoingeckoDays(
  http: HttpClient,
  coin: CoinSymbol,
  days: number,
  signal: AbortSignal,
): Promise<DailyClose[]> {
  const id = IDS.get(coin);
  if (id === undefined)
    throw new ForeignError('unknownCoin', `CoinGecko's name for ${coin} is not known`, 'never');
  const query = `vs_currency=usd&days=${Math.max(1, Math.ceil(days))}&interval=daily`;
  const call = { method: 'GET', path: `/coins/${id}/market_chart`, query } as const;
  const found = await http.json(call, signal);
  return judged(call, found, () => {
    const points = asArray(asObject(found, 'the chart').prices, 'prices').map((row) => {
      const [atMs, usd] = asArray(row, 'prices[]');
      const point = { atMs, usd };
      return { atMs: msField(point, 'atMs'), closeUsd: priceField(point, 'usd') };
    });
    return inSteps('the days', points.map(dayOf), DAY_MS, ({ dayAtMs }) => dayAtMs);
  });
}

function dayOf({ atMs, closeUsd }: { readonly atMs: number; readonly closeUsd: number }): DailyClose {
  const isMidnight = atMs % DAY_MS === 0;
  const midnightMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  return { dayAtMs: isMidnight ? midnightMs - DAY_MS : midnightMs, closeUsd, isWhole: isMidnight };
}

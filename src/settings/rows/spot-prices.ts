import { int, number, url } from '../row.ts';

/** What coins cost: who is asked, and what has to be so before a price is believed. */
export const spotPriceRows = {
  polyboltUrl: url('CD_POLYBOLT_URL', {
    default: 'wss://ws-live-v2.polymarket.com/ws',
    socket: true,
    doc: "The venue's price stream, which settles its short markets. It is opened with the account's API credentials. Added as a setting, as every address is.",
  }),
  rtdsUrl: url('CD_RTDS_URL', {
    default: 'wss://ws-live-data.polymarket.com',
    socket: true,
    doc: "The venue's older price stream, which repeats Binance and Chainlink and needs no credentials. Added as a setting, as every address is.",
  }),
  binanceApiUrl: url('CD_BINANCE_API', {
    default: 'https://api.binance.com',
    doc: 'Binance, asked for prices every 5 s and for candles and daily closes. Where it is blocked, https://data-api.binance.vision gives the same. Added as a setting, as every address is.',
  }),
  maxPriceAgeSeconds: number('CD_MAX_PRICE_AGE_SECONDS', {
    unit: 's',
    min: 5,
    max: 600,
    default: 30,
    doc: 'A price of a coin that is older than this counts for nothing. Added because an edge against an old price is none. Sampling takes up to 5 s of it.',
  }),
  maxPriceDisagreementPct: number('CD_MAX_PRICE_DISAGREEMENT_PCT', {
    unit: '%',
    min: 0.01,
    max: 20,
    default: 0.5,
    doc: 'How far the highest price that counts may be above the lowest; beyond it no price of the coin is believed. Added because one source that lies must not lead to a trade.',
  }),
  minPriceSources: int('CD_MIN_PRICE_SOURCES', {
    unit: 'count',
    min: 1,
    max: 3,
    default: 2,
    doc: 'How many independent origins (Chainlink, Binance, CoinGecko) have to give a price that counts. Added because two streams that repeat one origin confirm nothing.',
  }),
};

import { type CryptoPayoff, payoffProbability, watchPayoff } from '../spot/crypto-payoff.ts';
import { SECOND_MS, spotAt } from '../spot/spot-path.ts';
import type { SpotWorld } from '../spot/spot-world.ts';
import type { Catalogue } from './catalogue-entry.ts';
import { entriesOf } from './synthetic-markets.ts';
import type { EventTemplate, MarketTemplate } from './synthetic-templates.ts';

export interface CryptoMarketsOptions {
  readonly seed: string;
  readonly nowMs: number;
  readonly world: SpotWorld;
  /** Events and markets of other catalogues of the venue, whose ids come before these. */
  readonly after: { readonly events: number; readonly markets: number };
  /** About when the markets that end soon end. Default in 15 minutes. */
  readonly soonMs?: number;
}

const MINUTE_MS = 60_000;
const FIVE_MINUTES_MS = 5 * MINUTE_MS;
const DEFAULT_SOON_MS = 15 * MINUTE_MS;
const DAY_MS = 86_400_000;
const TWAP_SECONDS = 60;
const NAMES: Readonly<Record<string, string>> = {
  BTC: 'Bitcoin',
  ETH: 'Ethereum',
  SOL: 'Solana',
  XRP: 'XRP',
  DOGE: 'Dogecoin',
};

/**
 * Markets that the price of a coin decides, one event of every kind that the venue lists: a close at a named minute, a range, a
 * price that is reached or dipped to, up or down over five minutes, and which of two prices comes first. Each opens at its true chance, which
 * informed traders know all the way.
 */
export function cryptoCatalogue(options: CryptoMarketsOptions): Catalogue {
  const endMs =
    Math.ceil((options.nowMs + (options.soonMs ?? DEFAULT_SOON_MS)) / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  const windowMs = Math.ceil((options.nowMs + MINUTE_MS) / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  const templates = [
    closes(options, 'BTC', endMs),
    range(options, 'ETH', endMs),
    touches(options, 'SOL', endMs),
    firstToHit(options, 'ETH', endMs),
    ...['BTC', 'ETH'].flatMap((coin) =>
      [windowMs, windowMs + FIVE_MINUTES_MS].map((startMs) => upOrDown(options, coin, startMs)),
    ),
  ];
  const entries = [];
  let marketsBefore = options.after.markets;
  for (const [index, template] of templates.entries()) {
    entries.push(...entriesOf(template, options.after.events + index, marketsBefore, options));
    marketsBefore += template.markets.length;
  }
  return {
    origin: 'crypto',
    entries,
    notes: [
      `${entries.length} markets on the prices of coins, most of which end at ${new Date(endMs).toISOString()}`,
    ],
  };
}

function closes(options: CryptoMarketsOptions, coin: string, endMs: number): EventTemplate {
  const end = eastern(endMs);
  const { at } = scaleOf(options, coin, endMs);
  return binanceEvent(coin, endMs, {
    slug: `${word(coin)}-above-on-${end.slug}`,
    title: `${name(coin)} above ___ on ${end.day}, ${end.time} ET?`,
    description: `Resolves to "Yes" if the Binance 1 minute candle for ${coin}/USDT at ${end.time} ET on ${end.day} has a final "Close" price above the price in the title.`,
    markets: [-1, 0, 1].map((deviations) => {
      const strikeUsd = at(deviations);
      return market(
        options,
        coin,
        { kind: 'close', direction: 'above', strikeUsd, endMs },
        {
          slug: `${word(coin)}-above-${plain(strikeUsd)}-on-${end.slug}`,
          question: `Will the price of ${name(coin)} be above ${dollars(strikeUsd)} on ${end.day}, ${end.time} ET?`,
          groupItemTitle: dollars(strikeUsd).slice(1),
        },
      );
    }),
  });
}

function range(options: CryptoMarketsOptions, coin: string, endMs: number): EventTemplate {
  const end = eastern(endMs);
  const { at } = scaleOf(options, coin, endMs);
  const [lowUsd, highUsd] = [at(-0.8), at(0.8)];
  return binanceEvent(coin, endMs, {
    slug: `${word(coin)}-price-on-${end.slug}`,
    title: `${name(coin)} price on ${end.day}, ${end.time} ET?`,
    description: `Resolves to "Yes" if the Binance 1 minute candle for ${coin}/USDT at ${end.time} ET on ${end.day} has a final "Close" price between the two prices in the title. The lower one counts as inside, the higher one does not.`,
    markets: [
      market(
        options,
        coin,
        { kind: 'range', lowUsd, highUsd, endMs },
        {
          slug: `${word(coin)}-between-${plain(lowUsd)}-and-${plain(highUsd)}-on-${end.slug}`,
          question: `Will the price of ${name(coin)} be between ${dollars(lowUsd)} and ${dollars(highUsd)} on ${end.day}, ${end.time} ET?`,
          groupItemTitle: `${dollars(lowUsd).slice(1)}-${dollars(highUsd).slice(1)}`,
        },
      ),
    ],
  });
}

function touches(options: CryptoMarketsOptions, coin: string, endMs: number): EventTemplate {
  const end = eastern(endMs);
  const startMs = secondOf(options);
  const { at } = scaleOf(options, coin, endMs);
  const touch = (direction: 'above' | 'below', verb: string, strikeUsd: number): MarketTemplate =>
    market(
      options,
      coin,
      { kind: 'touch', direction, strikeUsd, startMs, endMs },
      {
        slug: `will-${word(coin)}-${verb.replace(' ', '-')}-${plain(strikeUsd)}-by-${end.slug}`,
        question: `Will ${name(coin)} ${verb} ${dollars(strikeUsd)} by ${end.day}, ${end.time} ET?`,
        groupItemTitle: `${direction === 'above' ? '↑' : '↓'} ${dollars(strikeUsd).slice(1)}`,
      },
    );
  return binanceEvent(coin, endMs, {
    slug: `what-price-will-${word(coin)}-hit-by-${end.slug}`,
    title: `What price will ${name(coin)} hit by ${end.day}, ${end.time} ET?`,
    description: `Resolves to "Yes" if any Binance 1 minute candle for ${coin}/USDT from the creation of this market until ${end.time} ET on ${end.day} has a final "High" price (for a price that is reached) at or above, or a final "Low" price (for one that is dipped to) at or below the price in the title.`,
    markets: [touch('above', 'reach', at(0.9)), touch('below', 'dip to', at(-1.1))],
  });
}

function firstToHit(options: CryptoMarketsOptions, coin: string, endMs: number): EventTemplate {
  const end = eastern(endMs);
  const { at } = scaleOf(options, coin, endMs);
  const [upperUsd, lowerUsd] = [at(0.7), at(-0.9)];
  const payoff: CryptoPayoff = { kind: 'firstToHit', upperUsd, lowerUsd, startMs: secondOf(options), endMs };
  const question = `Will ${name(coin)} hit ${dollars(upperUsd)} or ${dollars(lowerUsd)} first?`;
  const slug = `will-${word(coin)}-hit-${plain(upperUsd)}-or-${plain(lowerUsd)}-first`;
  return binanceEvent(coin, endMs, {
    slug,
    title: question,
    description: `Resolves to "Yes" if a Binance 1 minute candle for ${coin}/USDT has a "High" price of ${dollars(upperUsd)} or more before one has a "Low" price of ${dollars(lowerUsd)} or less. If neither has happened by ${end.time} ET on ${end.day}, it resolves to "No".`,
    markets: [
      market(options, coin, payoff, {
        slug,
        question,
        groupItemTitle: `${dollars(upperUsd)} or ${dollars(lowerUsd)}`,
      }),
    ],
  });
}

function upOrDown(options: CryptoMarketsOptions, coin: string, startMs: number): EventTemplate {
  const endMs = startMs + FIVE_MINUTES_MS;
  const [start, end] = [eastern(startMs), eastern(endMs)];
  const question = `${name(coin)} Up or Down - ${start.day}, ${start.time}-${end.time} ET`;
  const slug = `${coin.toLowerCase()}-updown-5m-${startMs / SECOND_MS}`;
  const payoff: CryptoPayoff = { kind: 'upOrDown', startMs, endMs, twapSeconds: TWAP_SECONDS };
  return {
    ...event(endMs, {
      slug,
      title: question,
      description: `Resolves to "Up" if the ${TWAP_SECONDS}-second time-weighted average price (TWAP) of the Chainlink ${coin}/USD stream at the end of the time range in the title is greater than or equal to the price at its beginning. Otherwise it resolves to "Down".`,
      markets: [
        {
          ...market(options, coin, payoff, { slug, question, groupItemTitle: '' }),
          outcomes: ['Up', 'Down'],
        },
      ],
    }),
    extra: {
      resolutionSource: `https://data.chain.link/streams/${coin.toLowerCase()}-usd-twap-${TWAP_SECONDS}s-streams`,
      eventStartTime: new Date(startMs).toISOString(),
      cryptoMarketConfig: {
        id: `${coin.toLowerCase()}-5m-twap-${TWAP_SECONDS}`,
        asset: coin.toLowerCase(),
        duration: '5m',
        twapEnabled: true,
        twapLookbackSeconds: TWAP_SECONDS,
      },
    },
  };
}

type EventWords = Pick<EventTemplate, 'slug' | 'title' | 'description' | 'markets'>;

const event = (endAtMs: number, words: EventWords): EventTemplate => ({
  ...words,
  category: 'crypto',
  negRisk: false,
  daysToEnd: 0,
  endAtMs,
  daysSinceListing: 1,
});

/** One that candles of Binance decide; its listing says where they are to be seen. */
const binanceEvent = (coin: string, endAtMs: number, words: EventWords): EventTemplate => ({
  ...event(endAtMs, words),
  extra: { resolutionSource: `https://www.binance.com/en/trade/${coin}_USDT` },
});

function market(
  { nowMs, world }: CryptoMarketsOptions,
  coin: string,
  payoff: CryptoPayoff,
  words: Pick<MarketTemplate, 'slug' | 'question' | 'groupItemTitle'>,
): MarketTemplate {
  return {
    ...words,
    openingProbability: payoffProbability(watchPayoff(pathOf(world, coin), payoff), nowMs),
    tick: 0.01,
    volume24hr: 60_000,
    dailyRewards: 0,
    decidedBy: { coin, payoff },
  };
}

function pathOf(world: SpotWorld, coin: string) {
  const path = world.paths.get(coin);
  if (path === undefined) throw new RangeError(`the world has no price of ${coin}`);
  return path;
}

const secondOf = ({ nowMs }: CryptoMarketsOptions): number => Math.floor(nowMs / SECOND_MS) * SECOND_MS;

/** Strikes so many standard deviations from the price of now, at round numbers. */
function scaleOf({ nowMs, world }: CryptoMarketsOptions, coin: string, endMs: number) {
  const path = pathOf(world, coin);
  const spotUsd = spotAt(path, Math.max(nowMs, path.terms.startMs));
  const sdUsd = spotUsd * path.terms.sigmaPerDay * Math.sqrt((endMs - nowMs) / DAY_MS);
  const step = roundStep(sdUsd / 4);
  return {
    at: (deviations: number): number =>
      Number((Math.round((spotUsd + deviations * sdUsd) / step) * step).toPrecision(10)),
  };
}

/** The largest of 1, 2 and 5 times a power of ten that is not above `most`. */
function roundStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((times) => times * power).find((step) => step <= most) ?? power;
}

const name = (coin: string): string => NAMES[coin] ?? coin;
const word = (coin: string): string => name(coin).toLowerCase();
const dollars = (usd: number): string => `$${usd.toLocaleString('en-US', { maximumFractionDigits: 8 })}`;
const plain = (usd: number): string => String(usd).replace('.', 'pt');

const EASTERN = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  month: 'long',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  hour12: true,
});

/** A moment as the venue's questions write it: `November 23` and `3:35AM`, with a slug of both. */
function eastern(atMs: number): { readonly day: string; readonly time: string; readonly slug: string } {
  const parts = new Map(EASTERN.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const day = `${parts.get('month')} ${parts.get('day')}`;
  const minute = parts.get('minute') === '00' ? '' : `:${parts.get('minute')}`;
  const time = `${parts.get('hour')}${minute}${parts.get('dayPeriod')}`;
  return { day, time, slug: `${day}-${time}-et`.toLowerCase().replace(/[ :]/g, '-') };
}

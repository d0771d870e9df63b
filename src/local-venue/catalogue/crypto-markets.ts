import { type CryptoPayoff, payoffProbability, watchPayoff } from '../spot/crypto-payoff.ts';
import { SECOND_MS, spotAt } from '../spot/spot-path.ts';
import type { SpotWorld } from '../spot/spot-world.ts';
import type { Catalogue, DecidedBy } from './catalogue-entry.ts';
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
  /** These markets in place of the usual ones. */
  readonly chosen?: readonly ChosenMarket[];
}

/** A market that somebody wants listed. It has to end at a whole minute, because questions name no seconds. */
export interface ChosenMarket extends DecidedBy {
  /** Said in the rules of its event beside what decides it: rules are written by anybody. */
  readonly alsoInRules?: string;
  /** The same at the end of its question. */
  readonly alsoInQuestion?: string;
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
  const templates = eventsOf(options, options.chosen ?? usualMarkets(options));
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
      `${entries.length} markets on the prices of coins, the first of which ends at ${new Date(firstEndMs(templates)).toISOString()}`,
    ],
  };
}

const firstEndMs = (templates: readonly EventTemplate[]): number =>
  Math.min(...templates.map(({ endAtMs }) => endAtMs ?? Number.POSITIVE_INFINITY));

/** One event of every kind, with strikes about as far away as the price moves until the end. */
function usualMarkets(options: CryptoMarketsOptions): ChosenMarket[] {
  const { nowMs, soonMs = DEFAULT_SOON_MS } = options;
  const endMs = Math.ceil((nowMs + soonMs) / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  const windowMs = Math.ceil((nowMs + MINUTE_MS) / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  const startMs = secondOf(options);
  const [btc, eth, sol] = ['BTC', 'ETH', 'SOL'].map((coin) => scaleOf(options, coin, endMs).at) as [
    At,
    At,
    At,
  ];
  const touch = (direction: 'above' | 'below', strikeUsd: number): ChosenMarket => ({
    coin: 'SOL',
    payoff: { kind: 'touch', direction, strikeUsd, startMs, endMs },
  });
  return [
    ...[-1, 0, 1].map((deviations): ChosenMarket => {
      const strikeUsd = btc(deviations);
      return { coin: 'BTC', payoff: { kind: 'close', direction: 'above', strikeUsd, endMs } };
    }),
    { coin: 'ETH', payoff: { kind: 'range', lowUsd: eth(-0.8), highUsd: eth(0.8), endMs } },
    touch('above', sol(0.9)),
    touch('below', sol(-1.1)),
    { coin: 'ETH', payoff: { kind: 'firstToHit', upperUsd: eth(0.7), lowerUsd: eth(-0.9), startMs, endMs } },
    ...['BTC', 'ETH'].flatMap((coin) =>
      [windowMs, windowMs + FIVE_MINUTES_MS].map((from): ChosenMarket => {
        const span = { startMs: from, endMs: from + FIVE_MINUTES_MS };
        return { coin, payoff: { kind: 'upOrDown', ...span, twapSeconds: TWAP_SECONDS } };
      }),
    ),
  ];
}

/** Closes and touches that differ in their prices alone are one event, as the venue lists them. */
function eventsOf(options: CryptoMarketsOptions, markets: readonly ChosenMarket[]): EventTemplate[] {
  const ladders = new Map<string, ChosenMarket[]>();
  for (const [index, chosen] of markets.entries()) {
    const { coin, payoff, alsoInRules } = chosen;
    if (payoff.endMs % MINUTE_MS !== 0)
      throw new RangeError(`a market on ${coin} has to end at a whole minute, found ${payoff.endMs}`);
    const isLadder = payoff.kind === 'close' || payoff.kind === 'touch';
    const direction = payoff.kind === 'close' ? payoff.direction : '';
    const key = isLadder
      ? [payoff.kind, coin, direction, payoff.endMs, alsoInRules].join('|')
      : String(index);
    ladders.set(key, [...(ladders.get(key) ?? []), chosen]);
  }
  return [...ladders.values()].map((ladder) => eventOf(options, ladder));
}

function eventOf(options: CryptoMarketsOptions, ladder: readonly ChosenMarket[]): EventTemplate {
  const [{ coin, payoff, alsoInRules }] = ladder as [ChosenMarket];
  const payoffs = ladder.map((chosen) => chosen.payoff);
  const { description, markets, ...template } = templateOf(options, coin, payoff, payoffs);
  const withMore = (text: string, more: string | undefined): string =>
    more === undefined ? text : `${text} ${more}`;
  return {
    ...template,
    description: withMore(description, alsoInRules),
    markets: markets.map((listed, index) => ({
      ...listed,
      question: withMore(listed.question, ladder[index]?.alsoInQuestion),
    })),
  };
}

function templateOf(
  options: CryptoMarketsOptions,
  coin: string,
  payoff: CryptoPayoff,
  payoffs: readonly CryptoPayoff[],
): EventTemplate {
  switch (payoff.kind) {
    case 'close':
      return closes(options, coin, payoffs as CloseTerms[]);
    case 'range':
      return range(options, coin, payoff);
    case 'touch':
      return touches(options, coin, payoffs as TouchTerms[]);
    case 'upOrDown':
      return upOrDown(options, coin, payoff);
    case 'firstToHit':
      return firstToHit(options, coin, payoff);
  }
}

type Terms<Kind extends CryptoPayoff['kind']> = Extract<CryptoPayoff, { kind: Kind }>;
type CloseTerms = Terms<'close'>;
type TouchTerms = Terms<'touch'>;

function closes(options: CryptoMarketsOptions, coin: string, payoffs: readonly CloseTerms[]): EventTemplate {
  const [{ direction, endMs }] = payoffs as [CloseTerms];
  const end = eastern(endMs);
  return binanceEvent(coin, endMs, {
    slug: `${word(coin)}-${direction}-on-${end.slug}`,
    title: `${name(coin)} ${direction} ___ on ${end.day}, ${end.time} ET?`,
    description: `Resolves to "Yes" if the Binance 1 minute candle for ${coin}/USDT at ${end.time} ET on ${end.day} has a final "Close" price ${direction} the price in the title.`,
    markets: payoffs.map((payoff) => {
      const { strikeUsd } = payoff;
      return market(options, coin, payoff, {
        slug: `${word(coin)}-${direction}-${plain(strikeUsd)}-on-${end.slug}`,
        question: `Will the price of ${name(coin)} be ${direction} ${dollars(strikeUsd)} on ${end.day}, ${end.time} ET?`,
        groupItemTitle: dollars(strikeUsd).slice(1),
      });
    }),
  });
}

function range(options: CryptoMarketsOptions, coin: string, payoff: Terms<'range'>): EventTemplate {
  const { lowUsd, highUsd, endMs } = payoff;
  const end = eastern(endMs);
  return binanceEvent(coin, endMs, {
    slug: `${word(coin)}-price-on-${end.slug}`,
    title: `${name(coin)} price on ${end.day}, ${end.time} ET?`,
    description: `Resolves to "Yes" if the Binance 1 minute candle for ${coin}/USDT at ${end.time} ET on ${end.day} has a final "Close" price between the two prices in the title. The lower one counts as inside, the higher one does not.`,
    markets: [
      market(options, coin, payoff, {
        slug: `${word(coin)}-between-${plain(lowUsd)}-and-${plain(highUsd)}-on-${end.slug}`,
        question: `Will the price of ${name(coin)} be between ${dollars(lowUsd)} and ${dollars(highUsd)} on ${end.day}, ${end.time} ET?`,
        groupItemTitle: `${dollars(lowUsd).slice(1)}-${dollars(highUsd).slice(1)}`,
      }),
    ],
  });
}

function touches(options: CryptoMarketsOptions, coin: string, payoffs: readonly TouchTerms[]): EventTemplate {
  const [{ startMs, endMs }] = payoffs as [TouchTerms];
  const end = eastern(endMs);
  const touch = (payoff: TouchTerms): MarketTemplate => {
    const { direction, strikeUsd } = payoff;
    const verb = direction === 'above' ? 'reach' : 'dip to';
    return market(options, coin, payoff, {
      slug: `will-${word(coin)}-${verb.replace(' ', '-')}-${plain(strikeUsd)}-by-${end.slug}`,
      question: `Will ${name(coin)} ${verb} ${dollars(strikeUsd)} by ${end.day}, ${end.time} ET?`,
      groupItemTitle: `${direction === 'above' ? '↑' : '↓'} ${dollars(strikeUsd).slice(1)}`,
    });
  };
  return binanceEvent(coin, endMs, {
    slug: `what-price-will-${word(coin)}-hit-by-${end.slug}`,
    title: `What price will ${name(coin)} hit by ${end.day}, ${end.time} ET?`,
    listedAtMs: startMs,
    description: `Resolves to "Yes" if any Binance 1 minute candle for ${coin}/USDT from the creation of this market until ${end.time} ET on ${end.day} has a final "High" price (for a price that is reached) at or above, or a final "Low" price (for one that is dipped to) at or below the price in the title.`,
    markets: payoffs.map(touch),
  });
}

function firstToHit(options: CryptoMarketsOptions, coin: string, payoff: Terms<'firstToHit'>): EventTemplate {
  const { upperUsd, lowerUsd, startMs, endMs } = payoff;
  const end = eastern(endMs);
  const question = `Will ${name(coin)} hit ${dollars(upperUsd)} or ${dollars(lowerUsd)} first?`;
  const slug = `will-${word(coin)}-hit-${plain(upperUsd)}-or-${plain(lowerUsd)}-first`;
  return binanceEvent(coin, endMs, {
    slug,
    title: question,
    listedAtMs: startMs,
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

function upOrDown(options: CryptoMarketsOptions, coin: string, payoff: Terms<'upOrDown'>): EventTemplate {
  const { startMs, endMs, twapSeconds } = payoff;
  if (endMs - startMs !== FIVE_MINUTES_MS || twapSeconds !== TWAP_SECONDS)
    throw new RangeError(
      `up or down is listed over five minutes and an average of ${TWAP_SECONDS} s, found ${endMs - startMs} ms and ${twapSeconds}`,
    );
  const [start, end] = [eastern(startMs), eastern(endMs)];
  const question = `${name(coin)} Up or Down - ${start.day}, ${start.time}-${end.time} ET`;
  const slug = `${coin.toLowerCase()}-updown-5m-${startMs / SECOND_MS}`;
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

type EventWords = Pick<EventTemplate, 'slug' | 'title' | 'description' | 'listedAtMs' | 'markets'>;

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
  const path = pathOf(world, coin);
  // The world may have begun a moment after the catalogue was asked for, in the next second.
  const atMs = Math.max(nowMs, path.terms.startMs);
  return {
    ...words,
    openingProbability: payoffProbability(watchPayoff(path, payoff), atMs),
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

type At = ReturnType<typeof scaleOf>['at'];

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

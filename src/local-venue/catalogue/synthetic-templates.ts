import type { DecidedBy } from './catalogue-entry.ts';

/** What the default markets are about. All names are made up; prices are where the hidden path starts. */

export type FeeCategory = 'crypto' | 'sports' | 'politics' | 'tech' | 'economics' | 'weather' | 'geopolitics';

/** Taker fee rate of each category (venue rules as of 2026-11) and the makers' share of it. */
export const FEE_RATES: Readonly<
  Record<FeeCategory, { readonly rate: number; readonly rebateRate: number }>
> = {
  crypto: { rate: 0.07, rebateRate: 0.2 },
  sports: { rate: 0.05, rebateRate: 0.15 },
  politics: { rate: 0.04, rebateRate: 0.25 },
  tech: { rate: 0.04, rebateRate: 0.25 },
  economics: { rate: 0.05, rebateRate: 0.25 },
  weather: { rate: 0.05, rebateRate: 0.25 },
  geopolitics: { rate: 0, rebateRate: 0 },
};

export interface MarketTemplate {
  readonly slug: string;
  readonly question: string;
  readonly groupItemTitle: string;
  readonly outcomes?: readonly [string, string];
  readonly openingProbability: number;
  readonly tick: 0.01 | 0.001;
  /** Dollars traded in a day before the venue opened. */
  readonly volume24hr: number;
  /** Dollars a day for resting orders; 0 for a market without rewards. */
  readonly dailyRewards: number;
  /** What decides it, where that is the price of a coin. */
  readonly decidedBy?: DecidedBy;
}

export interface EventTemplate {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly category: FeeCategory;
  readonly negRisk: boolean;
  readonly daysToEnd: number;
  /** The very moment, where it is not some hour so many days from now. */
  readonly endAtMs?: number;
  /** Fields that only some events and their markets have. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly daysSinceListing: number;
  /** The very moment, where what decides its markets begins with their listing. */
  readonly listedAtMs?: number;
  readonly markets: readonly MarketTemplate[];
}

const market = (
  slug: string,
  question: string,
  groupItemTitle: string,
  openingProbability: number,
  volume24hr: number,
  extra: Partial<MarketTemplate> = {},
): MarketTemplate => ({
  slug,
  question,
  groupItemTitle,
  openingProbability,
  volume24hr,
  tick: 0.01,
  dailyRewards: 0,
  ...extra,
});

export const EVENT_TEMPLATES: readonly EventTemplate[] = [
  {
    slug: 'bitcoin-above-at-month-end',
    title: 'Bitcoin above ___ at the end of the month?',
    description:
      'Resolves to "Yes" if the one minute close of BTC/USDT at the end time is above the stated price.',
    category: 'crypto',
    negRisk: false,
    daysToEnd: 8,
    daysSinceListing: 12,
    markets: [
      market(
        'bitcoin-above-96k',
        'Will Bitcoin be above $96,000 at the end of the month?',
        '96,000',
        0.66,
        184_000,
        {
          dailyRewards: 40,
        },
      ),
      market(
        'bitcoin-above-100k',
        'Will Bitcoin be above $100,000 at the end of the month?',
        '100,000',
        0.47,
        241_000,
        {
          dailyRewards: 60,
        },
      ),
      market(
        'bitcoin-above-105k',
        'Will Bitcoin be above $105,000 at the end of the month?',
        '105,000',
        0.24,
        97_500,
      ),
    ],
  },
  {
    slug: 'harbour-city-mayor',
    title: 'Who will be the next mayor of Harbour City?',
    description: 'Resolves to "Yes" for the candidate who is certified as the winner of the run-off.',
    category: 'politics',
    negRisk: true,
    daysToEnd: 33,
    daysSinceListing: 40,
    markets: [
      market(
        'harbour-city-mayor-okafor',
        'Will Ada Okafor win the Harbour City mayoral election?',
        'Ada Okafor',
        0.44,
        66_000,
        {
          dailyRewards: 25,
        },
      ),
      market(
        'harbour-city-mayor-lindqvist',
        'Will Per Lindqvist win the Harbour City mayoral election?',
        'Per Lindqvist',
        0.31,
        52_300,
      ),
      market(
        'harbour-city-mayor-moreau',
        'Will Claire Moreau win the Harbour City mayoral election?',
        'Claire Moreau',
        0.16,
        21_900,
        {
          tick: 0.001,
        },
      ),
      market(
        'harbour-city-mayor-tanaka',
        'Will Kenji Tanaka win the Harbour City mayoral election?',
        'Kenji Tanaka',
        0.09,
        9_800,
        {
          tick: 0.001,
        },
      ),
    ],
  },
  {
    slug: 'northern-central-bank-next-meeting',
    title: 'Northern central bank: decision of the next meeting',
    description: 'Resolves by the statement that the bank publishes after its next scheduled meeting.',
    category: 'economics',
    negRisk: false,
    daysToEnd: 17,
    daysSinceListing: 28,
    markets: [
      market(
        'northern-central-bank-cuts',
        'Will the Northern central bank cut its rate at the next meeting?',
        'Cut',
        0.58,
        133_000,
        {
          dailyRewards: 50,
        },
      ),
      market(
        'northern-inflation-below-two',
        'Will the next Northern inflation print be below 2.0%?',
        'Below 2.0%',
        0.36,
        30_400,
      ),
    ],
  },
  {
    slug: 'ferry-league-final',
    title: 'Ferry League final: Rovers vs. Mariners',
    description: 'Resolves to the club that lifts the trophy, extra time and penalties included.',
    category: 'sports',
    negRisk: false,
    daysToEnd: 5,
    daysSinceListing: 9,
    markets: [
      market('ferry-league-final-winner', 'Ferry League final: Rovers vs. Mariners', 'Winner', 0.53, 88_700, {
        outcomes: ['Rovers', 'Mariners'],
      }),
      market('ferry-league-final-over-two', 'Ferry League final: over 2.5 goals?', 'Over 2.5', 0.49, 17_200, {
        outcomes: ['Over', 'Under'],
      }),
    ],
  },
  {
    slug: 'harbour-city-december-weather',
    title: 'Harbour City weather in December',
    description: 'Resolves by the figures of the Harbour City airport station.',
    category: 'weather',
    negRisk: false,
    daysToEnd: 12,
    daysSinceListing: 1,
    markets: [
      market(
        'harbour-city-snow',
        'Will it snow in Harbour City in the first week of December?',
        'Snow',
        0.29,
        6_400,
      ),
      market(
        'harbour-city-record-wind',
        'Will a gust above 110 km/h be measured in Harbour City this month?',
        '110 km/h',
        0.18,
        4_900,
        {
          tick: 0.001,
        },
      ),
    ],
  },
  {
    slug: 'open-weights-model-leader',
    title: 'Open-weights model on top of the public ranking at year end?',
    description:
      'Resolves to "Yes" if a model with published weights leads the public ranking at the end time.',
    category: 'tech',
    negRisk: false,
    daysToEnd: 39,
    daysSinceListing: 21,
    markets: [
      market(
        'open-weights-model-leads',
        'Will an open-weights model lead the ranking at year end?',
        'Year end',
        0.22,
        41_000,
        {
          tick: 0.001,
          dailyRewards: 15,
        },
      ),
      market(
        'phone-maker-ships-foldable',
        'Will the Cobalt foldable phone ship before the new year?',
        'Before new year',
        0.73,
        25_600,
      ),
    ],
  },
  {
    slug: 'strait-agreement',
    title: 'Strait fishing agreement signed by the end of the quarter?',
    description: 'Resolves to "Yes" if both parties announce a signed agreement before the end time.',
    category: 'geopolitics',
    negRisk: false,
    daysToEnd: 46,
    daysSinceListing: 33,
    markets: [
      market(
        'strait-agreement-signed',
        'Will the strait fishing agreement be signed by the end of the quarter?',
        'Signed',
        0.41,
        37_800,
      ),
    ],
  },
];

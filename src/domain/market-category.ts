/** What a market is about, in the words of the venue's fee schedule. Markets of one category behave alike: they share fill and mark-out statistics. */
export type MarketCategory = (typeof CATEGORIES)[number];

/** Most telling first: a market tagged with several counts as the first of them. */
export const CATEGORIES = [
  'sports',
  'crypto',
  'weather',
  'mentions',
  'economics',
  'geopolitics',
  'finance',
  'tech',
  'politics',
  'culture',
  'other',
] as const;

/** Tag slugs of the venue by category, as far as they say something on their own. */
const TAGS: Readonly<Record<Exclude<MarketCategory, 'other'>, readonly string[]>> = {
  sports:
    'sports esports games nfl nba nhl mlb mls wnba ncaa ncaab ncaaf cfb cbb soccer football epl la-liga serie-a bundesliga ligue-1 uefa champions-league fifa-world-cup world-cup basketball baseball hockey tennis golf cricket rugby mma ufc boxing f1 formula1 nascar olympics chess counter-strike-2 cs2 dota-2 league-of-legends valorant'.split(
      ' ',
    ),
  crypto:
    'crypto crypto-prices bitcoin btc ethereum eth solana xrp ripple dogecoin bnb hyperliquid airdrops defi memecoins nft stablecoins megaeth microstrategy token-sales up-or-down'.split(
      ' ',
    ),
  weather: 'weather climate-weather daily-temperature highest-temperature hurricanes earthquakes'.split(' '),
  mentions: 'mentions mention-markets mention'.split(' '),
  economics:
    'economy economics economic-policy fed fed-rates fomc interest-rates inflation cpi gdp jobs-report unemployment recession macro-indicators jerome-powell tariffs'.split(
      ' ',
    ),
  geopolitics:
    'geopolitics foreign-policy middle-east israel gaza iran ukraine russia china-taiwan nato war military-action sanctions ceasefire'.split(
      ' ',
    ),
  finance:
    'finance stocks equities earnings ipo ipos business commodities gold oil forex indices sp500 nasdaq pre-market companies'.split(
      ' ',
    ),
  tech: 'tech big-tech ai openai deepseek google apple spacex science space tesla'.split(' '),
  politics:
    'politics elections us-election us-presidential-election world-elections global-elections primaries congress senate house trump trump-presidency supreme-court us-politics world geopolitical'.split(
      ' ',
    ),
  culture: 'culture pop-culture movies music awards oscars grammys celebrities tv box-office youtube'.split(
    ' ',
  ),
};

const CATEGORY_OF_TAG: ReadonlyMap<string, MarketCategory> = new Map(
  (Object.entries(TAGS) as [MarketCategory, readonly string[]][]).flatMap(([category, tags]) =>
    tags.map((tag) => [tag, category] as const),
  ),
);

/** Words of a question that give its subject away where the listing carries no telling tag. Whole words, any case. */
const KEYWORDS: readonly (readonly [MarketCategory, RegExp])[] = [
  [
    'sports',
    /\b(vs\.?|nfl|nba|nhl|mlb|ufc|premier league|champions league|world cup|super bowl|stanley cup|playoffs?|moneyline|handicap|o\/u \d|grand prix|wimbledon|heisman|ballon d'or)(?=\W|$)/i,
  ],
  [
    'crypto',
    /\b(bitcoin|btc|ethereum|eth|solana|xrp|dogecoin|doge|bnb|hype|hyperliquid|crypto|stablecoin|defi|airdrop|fdv|token|microstrategy)\b/i,
  ],
  ['weather', /\b(temperature|hurricane|rainfall|snowfall|tornado|earthquake|hottest|°[cf])(?=\W|$)/i],
  ['mentions', /\b(will .{1,60} say|be said|mention(ed|s)?)\b/i],
  [
    'economics',
    /\b(fed|fomc|interest rates?|inflation|cpi|gdp|unemployment|recession|rate (cut|hike)|bps|jerome powell|tariffs?)\b/i,
  ],
  ['geopolitics', /\b(ceasefire|invade|invasion|nato|sanctions|airstrike|war|nuclear deal|hostages?)\b/i],
  [
    'finance',
    /\b(ipo|market cap|largest company|s&p 500|nasdaq|dow jones|stock|shares close|earnings|gold|crude oil|acquired?)\b/i,
  ],
  [
    'tech',
    /\b(ai model|openai|gpt-?\d|gemini|claude|grok|deepseek|llm|spacex|starship|iphone|apple|nvidia)\b/i,
  ],
  [
    'politics',
    /\b(election|president|prime minister|senate|congress|governor|mayor|nominee|nomination|impeach(ed)?|parliament|cabinet|trump|supreme court|republicans?|democrats?|out as)\b/i,
  ],
  ['culture', /\b(oscars?|grammys?|album|movie|box office|netflix|spotify|song|season finale|youtube)\b/i],
];

/** What the listing says of a market's subject. */
export interface SubjectHints {
  /** The venue's fee type, such as `crypto_fees_v2`; it decides, since it is what fees follow. */
  readonly feeType: string | null;
  /** Tag slugs in lower case. */
  readonly tags: readonly string[];
  readonly question: string;
}

/** The market's category: from its fee type, else from its tags, else from words of its question, else `other`. */
export function categoryOf({ feeType, tags, question }: SubjectHints): MarketCategory {
  const feeWord = feeType?.toLowerCase().split('_')[0];
  const byFee = CATEGORIES.find((category) => category === feeWord);
  if (byFee !== undefined) return byFee;
  const found = new Set(tags.flatMap((tag) => CATEGORY_OF_TAG.get(tag.toLowerCase()) ?? []));
  const byTag = CATEGORIES.find((category) => found.has(category));
  if (byTag !== undefined) return byTag;
  return KEYWORDS.find(([, words]) => words.test(question))?.[0] ?? 'other';
}

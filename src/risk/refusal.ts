import { MICRO, POINT } from '../domain/units.ts';

/** What the figures of a refusal count. */
export type RefusalUnit = 'usd' | 'price' | 'shares' | 'count' | 'ms' | 'none';

interface RefusalMeaning {
  /** In which unit value and limit are; micro-dollars, ten-thousandths of a dollar, millionths of a share. */
  readonly unit: RefusalUnit;
  /** The setting that sets the limit, where one does. */
  readonly setting: string | null;
  /** What is held, for a person who sees only the code. */
  readonly what: string;
}

/** Every reason for which the gate says no. */
export const REFUSALS = {
  tradingState: { unit: 'none', setting: null, what: 'the trading state forbids it' },
  marketClosed: { unit: 'none', setting: null, what: 'the market takes no orders' },
  bookNotLive: { unit: 'none', setting: null, what: 'no book that may be trusted' },
  badPrice: { unit: 'price', setting: null, what: 'price off the grid of the market' },
  badSize: { unit: 'shares', setting: null, what: 'size off its step, or below the minimum of the market' },
  badTerms: { unit: 'none', setting: null, what: 'terms that contradict each other' },
  crossesBook: { unit: 'price', setting: null, what: 'a post-only order would take' },
  tooFarFromMid: { unit: 'price', setting: 'MM_MAX_SPREAD_PTS', what: 'too far from the last trusted mid' },
  spreadTooWide: { unit: 'price', setting: 'MM_MAX_SPREAD_PTS', what: 'own bid and ask too far apart' },
  tooWideToReduce: {
    unit: 'price',
    setting: 'MM_STOPLOSS_MAX_SPREAD_PTS',
    what: 'the market is too wide to reduce in',
  },
  selfCross: { unit: 'price', setting: null, what: 'would meet an own order' },
  balanceUnknown: { unit: 'none', setting: null, what: 'the balance is not known' },
  tokensUnread: {
    unit: 'none',
    setting: null,
    what: 'the wallet was not read yet for the tokens of the market',
  },
  notEnoughCash: { unit: 'usd', setting: null, what: 'not enough free cash' },
  notEnoughTokens: { unit: 'shares', setting: null, what: 'not enough free shares' },
  growsPosition: { unit: 'shares', setting: null, what: 'only reductions are allowed' },
  perMarketLimit: { unit: 'usd', setting: 'MM_MAX_PER_MARKET_USD', what: 'limit of one market' },
  perEventLimit: { unit: 'usd', setting: 'MM_MAX_PER_EVENT_USD', what: 'limit of the markets of one event' },
  perCoinLimit: { unit: 'usd', setting: 'MAX_PER_COIN_USD', what: 'limit of the markets about one coin' },
  totalExposure: { unit: 'usd', setting: 'MAX_TOTAL_EXPOSURE_PCT', what: 'limit of all markets together' },
  tooManyOrders: { unit: 'count', setting: 'MM_MAX_OPEN_ORDERS', what: 'too many orders open' },
  orderRate: { unit: 'count', setting: 'MM_ORDERS_PER_SECOND', what: 'too many orders a second' },
  notionalRate: {
    unit: 'usd',
    setting: 'MAX_NOTIONAL_PER_MINUTE_USD',
    what: 'too many dollars of orders within a minute',
  },
  restsAfterRejection: { unit: 'none', setting: null, what: 'the venue has just rejected the same' },
  splitCap: { unit: 'shares', setting: 'MM_MAX_SPLIT_PER_MARKET_USD', what: 'limit of splits of one market' },
  entryEdge: { unit: 'price', setting: 'CD_MIN_EDGE_PTS', what: 'a directional entry with too little edge' },
  entryPrice: {
    unit: 'price',
    setting: 'CD_MIN_PRICE_PTS, CD_MAX_PRICE_PTS',
    what: 'a directional entry at a price out of bounds',
  },
  entrySize: {
    unit: 'usd',
    setting: 'CD_MIN_TRADE_USD, CD_MAX_POSITION_PCT',
    what: 'a directional entry too small or too large',
  },
  entryTerms: { unit: 'none', setting: null, what: 'a directional entry that is not a purchase' },
  entryHeld: { unit: 'count', setting: null, what: 'a directional entry where something of ours is already' },
  entryPositions: {
    unit: 'count',
    setting: 'CD_MAX_CONCURRENT_POSITIONS',
    what: 'too many directional positions',
  },
  entryExpiry: {
    unit: 'ms',
    setting: 'CD_MIN_HOURS_TO_EXPIRY, CD_MAX_DAYS_TO_EXPIRY',
    what: 'a directional entry too near to, or too far from, the end of its market',
  },
  entriesPerDay: {
    unit: 'count',
    setting: 'CD_MAX_TRADES_PER_DAY',
    what: 'too many directional entries today (UTC)',
  },
  entryDollarsPerDay: {
    unit: 'usd',
    setting: 'CD_MAX_DAILY_PCT',
    what: 'too many dollars of directional entries today (UTC)',
  },
} as const satisfies Readonly<Record<string, RefusalMeaning>>;

/** Why the gate said no. Data, so that it can be counted and shown. */
export type RefusalCode = keyof typeof REFUSALS;

/** Our own no, with the limit that it would have broken and the value that it would have had. */
export interface Refused {
  readonly refused: RefusalCode;
  readonly limit: number;
  readonly value: number;
  readonly text: string;
}

export const isRefused = (verdict: object): verdict is Refused => 'refused' in verdict;

export const refuse = (refused: RefusalCode, value: number, limit: number, text: string): Refused => ({
  refused,
  limit,
  value,
  text,
});

/** The refusal of anything while nobody has read what the wallet holds. */
export const BALANCE_UNKNOWN = refuse(
  'balanceUnknown',
  0,
  0,
  'the balance is not known yet, so nothing is sent',
);

/** What a code means; null for one of another version of the program. */
export const meaningOf = (code: string): RefusalMeaning | null =>
  (REFUSALS as Readonly<Record<string, RefusalMeaning>>)[code] ?? null;

/** Value and limit of a refusal in the unit of what it limits: `52.10 USD, limit 50.00 USD`. Null where both are nothing. */
export function figuresOf(code: string, value: number, limit: number): string | null {
  if (value === 0 && limit === 0) return null;
  return `${figureOf(code, value)}, limit ${figureOf(code, limit)}`;
}

function figureOf(code: string, figure: number): string {
  switch (meaningOf(code)?.unit) {
    case 'price':
      return `${figure / POINT} pts`;
    case 'shares':
      return `${figure / MICRO} shares`;
    case 'usd':
      return `${(figure / MICRO).toFixed(2)} USD`;
    case 'ms':
      return `${(figure / 3_600_000).toFixed(1)} h`;
    default:
      return `${Math.round(figure * 100) / 100}`;
  }
}

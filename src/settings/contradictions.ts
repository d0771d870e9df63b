import { type SettingProblem, settingProblem } from './problem.ts';
import type { Settings } from './settings.ts';

type Comparison = 'atMost' | 'below';

/** `low` has to stay at most, or below, `high`; `why` says what would happen otherwise. */
interface OrderedPair {
  /** What `low` is multiplied by before the comparison; 1 when left out. */
  readonly times?: number;
  readonly low: readonly [env: string, value: (settings: Settings) => number];
  readonly is: Comparison;
  readonly high: readonly [env: string, value: (settings: Settings) => number];
  readonly why: string;
}

const ORDERED_PAIRS: readonly OrderedPair[] = [
  {
    low: ['MM_DELTA_MIN', ({ mm }) => mm.deltaMinPts],
    is: 'atMost',
    high: ['MM_DELTA_MAX', ({ mm }) => mm.deltaMaxPts],
    why: 'no half-spread would satisfy both',
  },
  {
    low: ['MM_MIN_SPREAD_PTS', ({ mm }) => mm.minSpreadPts],
    is: 'atMost',
    high: ['MM_MAX_SPREAD_PTS', ({ mm }) => mm.maxSpreadPts],
    why: 'only markets too wide to quote would be chosen',
  },
  {
    times: 2,
    low: ['MM_DELTA_MIN', ({ mm }) => mm.deltaMinPts],
    is: 'atMost',
    high: ['MM_MAX_SPREAD_PTS', ({ mm }) => mm.maxSpreadPts],
    why: 'the narrowest quote is twice MM_DELTA_MIN wide, and the risk gate would refuse it',
  },
  {
    low: ['MM_STOPLOSS_MAX_SPREAD_PTS', ({ mm }) => mm.stoplossMaxSpreadPts],
    is: 'atMost',
    high: ['MM_MAX_SPREAD_PTS', ({ mm }) => mm.maxSpreadPts],
    why: 'a stop-loss would sell in markets too wide to quote',
  },
  {
    low: ['MM_DD_REDUCE_PCT', ({ mm }) => mm.ddReducePct],
    is: 'below',
    high: ['MM_DD_KILL_PCT', ({ mm }) => mm.ddKillPct],
    why: 'trading would halt before it was ever reduced',
  },
  {
    low: ['MM_DD_RESUME_PCT', ({ mm }) => mm.ddResumePct],
    is: 'below',
    high: ['MM_DD_KILL_PCT', ({ mm }) => mm.ddKillPct],
    why: 'trading would resume at a drawdown that halts it again',
  },
  {
    low: ['MM_DD_KILL_PCT', ({ mm }) => mm.ddKillPct],
    is: 'atMost',
    high: ['DRAWDOWN_STOP_LOSS_PERCENT', ({ trading }) => trading.drawdownStopLossPercent],
    why: 'the manual stop would come first and trading could never resume by itself',
  },
  {
    low: ['STOP_LOSS_PERCENT', ({ trading }) => trading.stopLossPercent],
    is: 'atMost',
    high: ['DRAWDOWN_STOP_LOSS_PERCENT', ({ trading }) => trading.drawdownStopLossPercent],
    why: 'a loss of one day is a drawdown too, so the daily stop could never come first',
  },
  {
    low: ['MM_MIN_MID', ({ mm }) => mm.minMid],
    is: 'below',
    high: ['MM_MAX_MID', ({ mm }) => mm.maxMid],
    why: 'no market would be left',
  },
  {
    low: ['MM_MIN_DAYS_TO_RESOLUTION', ({ mm }) => mm.minDaysToResolution],
    is: 'below',
    high: ['MM_MAX_DAYS_TO_RESOLUTION', ({ mm }) => mm.maxDaysToResolution],
    why: 'no market would be left',
  },
  {
    low: ['MM_CROSS_COOLDOWN_SECONDS', ({ mm }) => mm.crossCooldownSeconds],
    is: 'atMost',
    high: ['MM_CROSS_COOLDOWN_MAX_SECONDS', ({ mm }) => mm.crossCooldownMaxSeconds],
    why: 'the first rest would be longer than the longest',
  },
  {
    low: ['MM_QUOTE_SIZE_USD', ({ mm }) => mm.quoteSizeUsd],
    is: 'atMost',
    high: ['MM_MAX_PER_MARKET_USD', ({ mm }) => mm.maxPerMarketUsd],
    why: 'the risk gate would refuse every full-sized quote',
  },
  {
    low: ['MM_SPLIT_SIZE_USD', ({ mm }) => mm.splitSizeUsd],
    is: 'atMost',
    high: [
      'MM_MAX_SPLIT_PER_MARKET_USD',
      ({ mm }) => (mm.useSplitMerge ? mm.maxSplitPerMarketUsd : Infinity),
    ],
    why: 'no split would ever be allowed; to have none, set MM_USE_SPLIT_MERGE to false',
  },
  {
    low: ['MM_MIN_QUOTE_LIFETIME_SECONDS', ({ mm }) => mm.minQuoteLifetimeSeconds],
    is: 'below',
    high: ['MM_MAX_QUOTE_AGE_SECONDS', ({ mm }) => mm.maxQuoteAgeSeconds],
    why: 'a quote would have to be replaced before it may be',
  },
  {
    low: ['SIGNER_MIN_PRICE_PTS', ({ signer }) => signer.minPricePts],
    is: 'below',
    high: ['SIGNER_MAX_PRICE_PTS', ({ signer }) => signer.maxPricePts],
    why: 'no price would be left to sign',
  },
  {
    low: ['SIGNER_MIN_PRICE_PTS', ({ signer }) => signer.minPricePts],
    is: 'below',
    high: ['MM_MIN_MID', ({ mm }) => 100 * mm.minMid],
    why: 'markets would be chosen whose quotes the signer refuses',
  },
  {
    times: 100,
    low: ['MM_MAX_MID', ({ mm }) => mm.maxMid],
    is: 'below',
    high: ['SIGNER_MAX_PRICE_PTS', ({ signer }) => signer.maxPricePts],
    why: 'markets would be chosen whose quotes the signer refuses',
  },
  {
    low: ['MM_QUOTE_SIZE_USD', ({ mm }) => mm.quoteSizeUsd],
    is: 'atMost',
    high: ['SIGNER_MAX_ORDER_USD', ({ signer }) => signer.maxOrderUsd || Infinity],
    why: 'the signer would refuse every full-sized quote',
  },
  {
    low: ['SIGNER_MAX_ORDER_USD', ({ signer }) => signer.maxOrderUsd],
    is: 'atMost',
    high: ['SIGNER_MAX_MINUTE_USD', ({ signer }) => signer.maxMinuteUsd || Infinity],
    why: 'no minute would have room for one order',
  },
  {
    low: ['SIGNER_MAX_MINUTE_USD', ({ signer }) => signer.maxMinuteUsd],
    is: 'atMost',
    high: ['SIGNER_MAX_DAY_USD', ({ signer }) => signer.maxDayUsd || Infinity],
    why: 'a day would be over within its first minute',
  },
  {
    low: ['MM_QUOTE_SIZE_USD', ({ mm }) => mm.quoteSizeUsd],
    is: 'atMost',
    high: ['MAX_NOTIONAL_PER_MINUTE_USD', ({ trading }) => trading.maxNotionalPerMinuteUsd || Infinity],
    why: 'the risk gate would refuse every full-sized quote',
  },
  {
    low: ['MM_QUOTE_SIZE_USD', ({ mm }) => mm.quoteSizeUsd],
    is: 'atMost',
    high: ['MAX_PER_COIN_USD', ({ trading }) => trading.maxPerCoinUsd],
    why: 'the risk gate would refuse every full-sized quote in a market about a coin',
  },
  {
    low: ['MAX_NOTIONAL_PER_MINUTE_USD', ({ trading }) => trading.maxNotionalPerMinuteUsd],
    is: 'atMost',
    high: ['SIGNER_MAX_MINUTE_USD', ({ signer }) => signer.maxMinuteUsd || Infinity],
    why: 'the gate would approve what the signer refuses',
  },
  {
    low: ['CD_MIN_PRICE_PTS', ({ cd }) => cd.minEntryPricePts],
    is: 'below',
    high: ['CD_MAX_PRICE_PTS', ({ cd }) => cd.maxEntryPricePts],
    why: 'no price would be left for an entry',
  },
  {
    low: ['CD_MIN_HOURS_TO_EXPIRY', ({ cd }) => cd.minHoursToExpiry],
    is: 'below',
    high: ['CD_MAX_DAYS_TO_EXPIRY', ({ cd }) => cd.maxDaysToExpiry * 24],
    why: 'no market would be left for an entry',
  },
  {
    low: ['MM_QUOTE_SIZE_USD', ({ mm }) => mm.quoteSizeUsd],
    is: 'atMost',
    high: ['SIGNER_MAX_MINUTE_USD', ({ signer }) => signer.maxMinuteUsd || Infinity],
    why: 'the signer would refuse every full-sized quote',
  },
  {
    low: ['BRIDGE_TRADE_RECENT_SYNC', ({ bridge }) => bridge.tradeRecentSync],
    is: 'atMost',
    high: ['BRIDGE_TRADE_WINDOW', ({ bridge }) => bridge.tradeWindow],
    why: 'more trades would be sent again than fit into one exchange',
  },
];

/** Every pair of settings that cannot both be meant; pairs with one of `wrong` say nothing. All others are inside their bounds here. */
export function contradictions(settings: Settings, wrong: ReadonlySet<string> = new Set()): SettingProblem[] {
  const pairs = ORDERED_PAIRS.filter(({ low, high }) => !wrong.has(low[0]) && !wrong.has(high[0]));
  const problems = pairs.flatMap(({ low, high, is, times = 1, why }) => {
    const lower = low[1](settings);
    const upper = high[1](settings);
    if (is === 'below' ? lower * times < upper : lower * times <= upper) return [];
    const found = times === 1 ? `${lower}` : `${lower} (times ${times} is ${lower * times})`;
    const words = is === 'below' ? 'less than' : 'at most';
    return [
      disagreement(low[0], found, `${words} ${high[0]}, which is ${upper}`, `Change one of the two: ${why}.`),
    ];
  });
  return wrong.size > 0 ? problems : [...problems, ...incompleteSets(settings)];
}

function incompleteSets({ polymarket, telegram }: Settings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  if (polymarket.signatureType !== 0 && polymarket.funderAddress === null) {
    problems.push(
      disagreement(
        'POLYMARKET_FUNDER_ADDRESS',
        'nothing',
        `the address of the wallet, since POLYMARKET_SIGNATURE_TYPE is ${polymarket.signatureType}`,
        'Set the address that holds the collateral, or set the signature type to 0.',
      ),
    );
  }
  const credentials = {
    API_KEY: polymarket.apiKey,
    API_SECRET: polymarket.apiSecret,
    API_PASSPHRASE: polymarket.apiPassphrase,
  };
  const absent = Object.entries(credentials).flatMap(([name, value]) =>
    value === null ? [`POLYMARKET_${name}`] : [],
  );
  if (absent.length === 1 || absent.length === 2) {
    problems.push(
      disagreement(
        absent[0] ?? '',
        'nothing',
        'POLYMARKET_API_KEY, POLYMARKET_API_SECRET and POLYMARKET_API_PASSPHRASE together, or none of them',
        `Set ${absent.join(' and ')} too, or remove all three to have them derived from the private key.`,
      ),
    );
  }
  if ((telegram.botToken === null) !== (telegram.chatId === null)) {
    const missing = telegram.botToken === null ? 'TELEGRAM_BOT_TOKEN' : 'TELEGRAM_CHAT_ID';
    problems.push(
      disagreement(
        missing,
        'nothing',
        'TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID together, or neither',
        `Set ${missing}, or remove the other.`,
      ),
    );
  }
  return problems;
}

function disagreement(env: string, found: string, expected: string, todo: string): SettingProblem {
  return settingProblem({ code: 'contradiction', env, found, expected, todo });
}

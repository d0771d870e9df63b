import { describe, expect, it } from 'vitest';
import { type ClassifiedPayoff, isTradable, parseQuestion, type QuestionText } from './index.ts';

const noon = '2026-06-24T16:00:00Z',
  june = '2026-07-01T04:00:00Z';
const close: QuestionText = {
  question: 'Will the price of Bitcoin be above $105,000 on June 24?',
  endDate: noon,
};
const under: QuestionText = {
  question: 'Will the price of Bitcoin be less than $105,000 on June 24?',
  endDate: noon,
};
const range: QuestionText = {
  question: 'Will the price of Bitcoin be between $62,000 and $64,000 on June 24?',
  endDate: noon,
};
const up: QuestionText = { question: 'Will Bitcoin reach $105,000 in June?', endDate: june };
const dip: QuestionText = { question: 'Will Bitcoin dip to $105,000 in June?', endDate: june };
const race: QuestionText = {
  question: 'Will Bitcoin hit $80k or $150k first?',
  endDate: '2026-12-31T05:00:00Z',
};
const day: QuestionText = { question: 'Bitcoin Up or Down on June 24?', endDate: noon };
const hour: QuestionText = {
  question: 'Bitcoin Up or Down - June 24, 4AM ET',
  endDate: '2026-06-24T09:00:00Z',
};
/** What stands at the end of most rules. */
const SOURCE =
  ' The resolution source for this market is Binance, specifically the BTC/USDT "Close" prices currently available at https://www.binance.com/en/trade/BTC_USDT with "1m" and "Candles" selected on the top bar. Please note that this market is about the price according to Binance BTC/USDT, not according to other sources or trading pairs. Price precision is determined by the number of decimal places in the source.';
const HIGH_SOURCE = SOURCE.replace('"Close"', '"High"');
const LOW_SOURCE = SOURCE.replace('"Close"', '"Low"');

/** The venue names the earlier close first, and asks whether it is the lower one. */
const dayByDay = (first: string, side: string, second: string): string =>
  `This market will resolve to "Up" if the "Close" price for the Binance 1 minute candle for BTC/USDT ${first} 12:00 in the ET timezone (noon) is ${side} than the final "Close" price for the ${second} 12:00 ET candle.`;
const newYear: QuestionText = {
  question: 'Bitcoin Up or Down on January 1?',
  endDate: '2027-01-01T17:00:00Z',
};

const BORNE_OUT: readonly (readonly [QuestionText, string])[] = [
  [day, dayByDay("Jun 23 '26", 'lower', "Jun 24 '26") + SOURCE],
  [day, dayByDay("Jun 24 '26", 'higher', "Jun 23 '26") + SOURCE],
  [newYear, dayByDay("Dec 31 '26", 'lower', "Jan 1 '27") + SOURCE],
  [day, `Resolves to "Up" if the opening price is lower than the closing price of the window.${SOURCE}`],
  [
    close,
    'This market will resolve to "Yes" if the Binance 1 minute candle for BTC/USDT 12:00 in the ET timezone (noon) on the date specified in the title has a final "Close" price higher than the price specified in the title. Otherwise, this market will resolve to "No".' +
      SOURCE,
  ],
  [
    under,
    'This market will resolve to "Yes" if the Binance 1 minute candle for BTC/USDT 12:00 in the ET timezone (noon) on June 24, 2026 has a final "Close" price lower than $105,000. Otherwise, this market will resolve to "No".' +
      SOURCE,
  ],
  [
    close,
    'This market will resolve to “Yes” if the Binance 1 minute candle for BTC/USDT titled 06/24/26 12:00 in the ET timezone (referring to 12:00 PM ET) has a final “Close” price of 105,000.01 or higher, or to “No” otherwise.' +
      SOURCE,
  ],
  [
    range,
    'This market will resolve to "Yes" if the final "Close" price of the Binance 1 minute candle for BTC/USDT 12:00 in the ET timezone (noon) is between the range in the title. If the reported value falls exactly between two brackets, then this market will resolve to the higher range bracket. Otherwise "No".' +
      SOURCE,
  ],
  [
    range,
    'Resolves to "Yes" if the close price is at or above $62,000 and below $64,000 at 12:00 in the ET timezone (noon), and "No" if it is below $62,000 or at least $64,000.' +
      SOURCE,
  ],
  [
    up,
    'This market will immediately resolve to "Yes" if any Binance 1 minute candle for Bitcoin (BTC/USDT) between June 1, 2026, 00:00 and June 30, 2026, 23:59 in the ET timezone has a final "High" price equal to or greater than the price specified in the title. Otherwise, this market will resolve to "No".' +
      HIGH_SOURCE,
  ],
  [
    dip,
    'This market will immediately resolve to "Yes" if any Binance 1 minute candle for Bitcoin (BTC/USDT) between June 1, 2026, 00:00 and June 30, 2026, 23:59 in the ET timezone has a final "Low" price equal to or lower than the price specified in the title. Otherwise, this market will resolve to "No".' +
      LOW_SOURCE,
  ],
  [
    up,
    'Resolves to "Yes" if any Binance 1 minute candle for BTC/USDT has a final "High" price (for a price that is reached) at or above, or a final "Low" price (for one that is dipped to) at or below the price in the title.',
  ],
  [
    race,
    'This market will resolve according to which price Bitcoin hits first. If any Binance 1 minute candle has a final "Low" price of $80,000 or lower before one has a "High" price of $150,000 or higher, this market will resolve to "Yes". If $150,000 is hit first, it will resolve to "No".',
  ],
  [
    race,
    'This market will resolve to "$80k" if a Binance 1 minute candle has a "Low" of $80,000 or lower. This market will resolve to "$150k" if a "High" of $150,000 or more comes before that.',
  ],
  [
    day,
    'This market will resolve to "Up" if the "Close" price for the Binance 1 minute candle for BTC/USDT Jun 24 \'26 12:00 in the ET timezone (noon) is higher than the final "Close" price for the Jun 23 \'26 12:00 ET candle. This market will resolve to "Down" if the "Close" price is lower than it. If equal this market resolves 50-50.' +
      SOURCE,
  ],
  [
    hour,
    'This market will resolve to "Up" if the close price is greater than or equal to the open price for the BTC/USDT 1 hour candle that begins on the time and date specified in the title. Otherwise, this market will resolve to "Down". The close « C » and open « O » displayed at the top of the graph for the relevant "1H" candle will be used.' +
      SOURCE,
  ],
  [close, 'Resolves to "No" if the close price is $105,000 or lower at noon ET, otherwise "Yes".'],
  [close, 'Resolves to "No" unless the close price is above $105,000 at 12:00 PM ET.'],
  [
    close,
    'Resolves to "No" if the close price is not above $105,000. It counts no other source, and more than 3 exchanges agree.',
  ],
  [
    close,
    'YES pays when the close is above $105,000. A close of $105,000 or lower resolves this market to "No".',
  ],

  [
    up,
    'This market will immediately resolve to "Yes" if any Binance 1 minute candle for Bitcoin (BTC/USDT) during June 2026 (ET) has a final "High" price of $105,000 or higher. Otherwise, this market will resolve to "No". If the price never reaches $105,000, it resolves to "No".' +
      HIGH_SOURCE,
  ],
  [
    up,
    'This is a market on whether Bitcoin will hit $105,000 in June. It resolves to "No" if no 1 minute candle has a "High" price equal to or above $105,000.',
  ],
  [
    close,
    'This market resolves to "Yes" if the BTC/USDT close price on Binance at 12:00 PM ET is above $105,000, and to "No" if it is at or below $105,000.',
  ],
  [
    close,
    'Resolves "Yes" if Bitcoin closes higher than $105,000 on June 24, 2026 12:00 PM ET; if it closes at or below $105,000, this market resolves to "No".',
  ],
  [
    under,
    'This market resolves to "Yes" if the close price is under $105,000 at noon ET. If the close is $105,000 or more, "No".',
  ],
  [
    under,
    'Yes if the final "Close" price is less than the price in the title, No if it is equal to or greater than the price in the title.',
  ],
  [
    dip,
    'If any candle has a "Low" price at or below $105,000 this market will resolve to "Yes". If Bitcoin stays above $105,000 in June, it will resolve to "No".',
  ],
  [
    dip,
    'This market will resolve to "No" if Bitcoin does not fall to $105,000 or lower in June by the "Low" price.',
  ],
  [
    close,
    'In the event that the "Close" price is exactly $105,000, this market resolves to "No". Yes if it is above.',
  ],
  [
    range,
    'This market will resolve to "Yes" if the close price is equal to or greater than $62,000 and less than $64,000. Otherwise, this market will resolve to "No".',
  ],
  [range, 'This market resolves to "No" if the close price is not between $62,000 and $64,000.'],
  [
    race,
    'This market will resolve to "Yes" if Bitcoin reaches $80,000 before $150,000. It will resolve to "No" if Bitcoin reaches $150,000 before $80,000. ',
  ],
  [
    close,
    'If the close price is greater than $105,000 the market resolves Yes, otherwise No. Trading may continue over the weekend; more than one source was checked.',
  ],
  [close, 'The market pays Yes above $105,000. No lower price counts.'],

  [
    up,
    `Resolves to "Yes" if any 1 minute candle has a final "High" price of $105,000 or higher. Otherwise "No". Prices from other pairs (e.g. BTC/EUR) will not be considered.${HIGH_SOURCE}`,
  ],
  [
    close,
    `Resolves to "Yes" if the "Close" price is higher than $105,000. Otherwise "No". The "High" or "Low" prices of the candle are not considered.${SOURCE}`,
  ],
  [
    close,
    `Resolves to "Yes" if the "Close" price is higher than $105,000. This is about BTC/USDT, not according to BTC/EUR. It holds regardless of prices in euros. BTC/GBP will not be used.`,
  ],
  [
    close,
    `Resolves to "Yes" if the "Close" is above $105,000. BTC/USDT decides, and not other trading pairs such as BTC/EUR.`,
  ],
  [close, `This resolves by BTC/USDT, and other pairs (BTC/EUR) do not count.${SOURCE}`],
  [close, 'Resolves "Yes" if $105,000 < "Close" at noon ET; "Close" <= 105,000 -> No.'],
  [close, 'Resolves in favor of Yes when the "Close" price tops $105,000; south of $105,000 -> No.'],
  [close, 'Resolves to "Yes" if the "Close" price breaks $105,000 at noon ET.'],
  [dip, 'Resolves to "Yes" if the "Low" price of any 1 minute candle crosses $105,000.'],
  [range, 'This market will resolve to "Yes" if $62,000 < "Close" < $64,000.'],
  [
    day,
    `This market will resolve to "Up" if the June 24 noon "Close" is higher than the June 23 noon "Close".${SOURCE}`,
  ],
  [day, `Resolves to "Up" if the June 23 noon Close is lower than the June 24 noon Close.${SOURCE}`],
  [
    day,
    `This market will resolve to "Up" if the June 23 noon "Close" is lower than the June 24 12:00 PM ET "Close".${SOURCE}`,
  ],
  [
    { ...hour, twapLookbackSeconds: 60 },
    'This market will resolve to "Up" if the average price of the last 60 seconds is higher than the price at the beginning.',
  ],
  [
    hour,
    'This market will resolve to "Up" if the time-weighted average price over the last 60 seconds (TWAP) is higher than the price at the beginning.',
  ],
];

const TURNED: readonly (readonly [QuestionText, string])[] = [
  [day, dayByDay("Jun 23 '26", 'higher', "Jun 24 '26") + SOURCE],
  [day, dayByDay("Jun 24 '26", 'lower', "Jun 23 '26") + SOURCE],
  [close, 'This market will resolve to "No" if the close price is above $105,000, otherwise "Yes".'],
  [close, 'This market resolves to Yes if the close price of Bitcoin is $105,000 or lower.'],
  [close, 'Bitcoin at $105,000 or lower at 12:00 PM ET by the Binance "Close" price.'],
  [close, 'If the close is above $105,000, this market resolves to "No".'],
  [close, 'Resolves according to the Binance BTC/EUR 1 minute candle at 12:00 ET.'],
  [close, 'Resolves according to the Binance BTCEUR 1 minute candle at 12:00 ET.'],
  [close, 'Resolves by the price in euros on Binance at 12:00 ET.'],
  [close, 'Resolves to "Yes" if the BTC/USDT 1 minute candle at 12:00 ET has a "Low" price above $105,000.'],
  [
    close,
    'Resolves to "Yes" if the Low price of the BTC/USDT 1 minute candle at 12:00 ET is above the price in the title.',
  ],
  [close, 'Resolves to "Yes" if the close price is above $106,000, where $105,000 is only the title.'],
  [close, 'Resolves to "Yes" if the close price is above 106,000 at 12:00 PM ET.'],
  [close, 'Resolves to "Yes" unless the close price is above $105,000.'],
  [close, 'Resolves to "Yes" if the close price is not above $105,000.'],
  [close, 'Yes: the close price is below the price in the title. No: it is not.'],
  [close, '"No" wins above $105,000 and "Yes" at or below $105,000.'],
  [under, 'Resolves to "Yes" if the close price is higher than the price specified in the title.'],
  [range, 'Resolves to "No" if the close price is between $62,000 and $64,000, otherwise "Yes".'],
  [range, 'Resolves to "Yes" if the close price is below $62,000 or above $64,000.'],
  [up, 'Resolves by the Low price of the candles of BTC/USDT.'],
  [
    up,
    'Resolves to "No" if any 1 minute candle of BTC/USDT has a "High" price at or above the price in the title.',
  ],
  [
    dip,
    'Resolves to "Yes" if any 1 minute candle of BTC/USDT has a "Low" price at or above the price in the title.',
  ],
  [dip, 'Resolves by the highest price of the candles of BTC/USDT.'],
  [up, 'Resolves by the opening price of BTC/USDT at the end of June.'],
  [race, 'Resolves to "Yes" if a "High" price of $150,000 comes before a "Low" price of $80,000.'],
  [race, 'Resolves to "No" if a "Low" price of $80,000 or less comes first.'],
  [race, 'This market will resolve to "$150k" if a "Low" price of $80,000 comes first.'],
  [
    day,
    'This market will resolve to "Down" if the "Close" price of BTC/USDT at noon is higher than the open price of the day before, otherwise "Up".',
  ],
  [
    day,
    'This market will resolve to "Up" if the "Close" price of BTC/USDT at noon is lower than the price of the day before.',
  ],

  [close, 'This market resolves NO if Bitcoin closes higher than $105,000.'],
  [close, 'Resolves No when the close price exceeds the strike.'],
  [close, 'Shares of "No" pay out if the closing price is more than $105,000.'],
  [close, 'This market is inverted: a close above $105,000 resolves it to "No".'],
  [close, 'YES holders are paid if BTC is lower than $105,000 at noon.'],
  [close, 'The price of BTC in GBP decides.'],
  [close, 'ETH/BTC at noon decides, and BTC/USDT.'],
  [close, 'YES = below $105,000, NO = above $105,000.'],
  [close, 'YES if < $105,000 at noon ET.'],
  [up, 'It resolves to "Yes" if Bitcoin stays below $105,000 in June.'],
  [up, 'It resolves to "Yes" if Bitcoin never has a "High" price at or above $105,000.'],
  [up, 'It resolves to "No" if Bitcoin reaches $105,000 in June.'],
  [close, 'A "Yes" resolution requires a close at or below $105,000.'],

  [close, `A "Close" north of $105,000 resolves to "No".${SOURCE}`],
  [close, `The market resolves in favor of No when the Close price tops $105,000.${SOURCE}`],
  [close, `If the Close price clears $105,000, the market resolves in favor of No.${SOURCE}`],
  [close, `Resolution: close > 105,000 -> No; close <= 105,000 -> Yes.${SOURCE}`],
  [close, `Resolves YES if price closes south of $105,000 and NO if it closes north of it.${SOURCE}`],
  [close, `Resolves to "No" if the "Close" breaks $105,000.${SOURCE}`],
  [close, `Resolves to "No" if the "Close" crosses $105,000.${SOURCE}`],
  [close, `Resolves to "No" if $105,000 < "Close".${SOURCE}`],
  [range, `This market will resolve to "No" if $62,000 < "Close" < $64,000.${SOURCE}`],
  [range, `This market will resolve to "Yes" if "Close" < $62,000 or $64,000 < "Close".${SOURCE}`],
  [
    day,
    `This market will resolve to "Up" if the June 24 noon "Close" is lower than the June 23 noon "Close".${SOURCE}`,
  ],
  [
    day,
    `This market will resolve to "Up" if the June 23 noon "Close" is higher than the June 24, 2026 12:00 PM ET "Close".${SOURCE}`,
  ],
  [
    close,
    `Resolves to "Yes" if the "Close" is above $105,000. Yes and No are swapped for this market.${SOURCE}`,
  ],
  [
    close,
    `Resolves to "Yes" if the "Close" is above $105,000. The outcomes of this market were reversed.${SOURCE}`,
  ],
  [close, `Resolves to "Yes" if the "Close" is above $105,000. "Yes" is inverted here.${SOURCE}`],
  [close, `Resolves to "Yes" if the 7-day average "Close" is higher than $105,000.${SOURCE}`],
  [close, `Resolves to "Yes" if the average "Close" of June is higher than $105,000.${SOURCE}`],
  [close, `Resolves to "Yes" if the "Close" is higher than $105,000 for three consecutive days.${SOURCE}`],
  [up, `Resolves to "Yes" if BTC stays above $105,000 for 24 consecutive hours.${HIGH_SOURCE}`],
  [up, `Resolves to "Yes" if BTC stays above $105,000 for 24 hours.${HIGH_SOURCE}`],
  [
    up,
    `Resolves to "Yes" if any candle has a "High" price of $105,000 or higher on at least two exchanges.${HIGH_SOURCE}`,
  ],
  [up, `Resolves to "Yes" if every 1 minute candle has a "High" price above $105,000.${HIGH_SOURCE}`],
  [up, `Resolves to "Yes" if each 1 minute candle has a "High" price above $105,000.${HIGH_SOURCE}`],
  [
    hour,
    'Resolves to "Up" by the TWAP. The 7-day average at the end has to be higher than the price at the beginning.',
  ],
  [close, `Resolves to No if 105,000 <= close.${SOURCE}`],
  [close, `Resolves to "Yes" if the median "Close" of the week is above $105,000.${SOURCE}`],
  [close, `Resolves to "Yes" if the "Close" is above $105,000 on two out of three days.${SOURCE}`],
  [day, `Resolves to "Up" if the "Close" of June 24 is below that of June 23.${SOURCE}`],
  [day, `Resolves to "Up" if the "Close" is below yesterday's "Close".${SOURCE}`],
  [day, `Resolves to "Up" if the Close is below yesterday's Close.${SOURCE}`],
  [day, `Up if the June 24 noon Close is lower than the June 23 noon Close.${SOURCE}`],
  [hour, 'Resolves to "Up" if the "Close" of the 1 hour candle is lower than the "Open".'],
  [up, `Resolves to "Yes" if all 1 minute candles have a "High" price above $105,000.${HIGH_SOURCE}`],
  [up, `Resolves to "Yes" if BTC is above $105,000 for 3 straight days.${HIGH_SOURCE}`],
  [up, `Resolves to "Yes" if BTC reaches $105,000 on both Binance and Coinbase.${HIGH_SOURCE}`],
  [close, 'The BTC/EUR "Close" price decides, and other pairs will not be considered.'],
  [
    close,
    'This market is about the price according to Binance BTC/EUR, not according to other trading pairs.',
  ],
  [close, `The "Low" price decides. The "High" price will not be considered.`],
];

const cases = (list: readonly (readonly [QuestionText, string])[]) =>
  list.map(([text, description]) => ({ text, description, question: text.question }));

describe('rules beside a question', () => {
  it.each(cases(BORNE_OUT))(
    'change nothing where they bear it out: $question $description',
    ({ text, description }) => {
      const payoff = parseQuestion({ ...text, description });
      expect(isTradable(payoff), JSON.stringify(payoff)).toBe(true);
      const { kind, direction, strikesUsd } = parseQuestion(text) as ClassifiedPayoff;
      expect(payoff).toMatchObject({ kind, direction, strikesUsd });
    },
  );

  it.each(cases(TURNED))(
    'are a disagreement where they contradict it: $question $description',
    ({ text, description }) => {
      expect(isTradable(parseQuestion(text))).toBe(true);
      expect(parseQuestion({ ...text, description })).toMatchObject({ kind: 'other', cause: 'disagreement' });
    },
  );
});

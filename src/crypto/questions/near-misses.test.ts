import { describe, expect, it } from 'vitest';
import { isTradable, parseQuestion, type QuestionText, questionTextOf } from './index.ts';

const june = '2026-07-01T04:00:00Z';
const noon = '2026-06-24T16:00:00Z';

const NEAR_MISSES: readonly (readonly [question: string, endDate: string, more?: Partial<QuestionText>])[] = [
  ['Will Bitcoin drop $5,000 in June?', june],
  ['Will Bitcoin rise more than $10,000 in June?', june],
  ['Will Bitcoin jump at least $10,000 in June?', june],
  ['Will Bitcoin see a $10,000 drop in June?', june],
  ['Will Bitcoin move $5,000 in June?', june],
  ['Will Bitcoin climb over $5,000 in June?', june],
  ['Will Bitcoin surge $20k or more in June?', june],
  ['Will Bitcoin hit $70,000 at the end of June?', june],
  ['Will Bitcoin reach a closing price of $70,000 in June?', june],
  ['When will the price of Bitcoin be above $60,000 on June 24?', noon],
  ['Will Bitcoin be above $60,000 on Friday, June 24?', noon],
  ['Will Bitcoin be above $60,000 on June 24 and June 25?', noon],
  ["Will Bitcoin's all-time high be above $130,000 on June 24?", noon],
  ['When will Bitcoin hit $150k?', '2026-12-31'],
  ['Will Bitcoin be at $60,000 on June 24?', noon],
  ['Will Bitcoin trade above $60,000 on June 24?', noon],
  ['Will Bitcoin hit $60,000 at 5 PM ET on June 24?', noon],
  ['Will Bitcoin exceed $60,000 at noon ET on June 24?', noon],
  ['Will Bitcoin be above $60,000 in June?', june],
  ['Will Bitcoin be above $60,000 by June 24?', noon],
  ['Will Bitcoin be above $60,000?', noon],
  ['Will Bitcoin first reach $70,000 in June?', june],
  ['Will Bitcoin be above $60,000 or below $50,000 on June 24?', noon],
  ['Will Bitcoin hit $1 in June?', june],
  ['Will DOGE reach $100b by June 30?', june],
  ['Will Bitcoin be above €60,000 on June 24?', noon],
  ['Will Bitcoin be above $1,50,000 on June 24?', noon],
  ['Will Bitcoin be above $60.000 on June 24?', noon],
  ['Will ETH/BTC be above 0.05 on June 24?', noon],
  ['Will Bitcoin be above $60,000 on June 31?', june],
  ['Bitcoin Up or Down - June 24, 3:15PM ET', '2026-06-24T20:15:00Z'],
  ['Bitcoin Up or Down in June?', june],
  ['12+', june, { eventTitle: 'How many times will Bitcoin hit $70,000 in June?' }],
  ['$130k+', '2026-12-31', { eventTitle: "Bitcoin's all-time high in 2026?" }],
  ['>$70k', june, { eventTitle: 'What price will Bitcoin close at in June?' }],
  ['70,000', noon, { eventTitle: 'Bitcoin price on June 24?' }],
  [
    'Will Bitcoin reach $70,000 in June?',
    june,
    { description: 'This market is about the market cap of Bitcoin.' },
  ],
  ['Will Bitcoin reach $70,000 in June?', june, { eventTitle: 'Bitcoin ETF flows in June' }],
  ['Bitcoin above $60,000 on June 24?', noon, { slug: 'microstrategy-sells-bitcoin' }],
];

/** Texts made of the words of a price question that ask something else. Each would be a wrong trade. */
describe('what sounds like a price and is none', () => {
  it.each(NEAR_MISSES.map(([question, endDate, more]) => ({ text: { question, endDate, ...more } })))(
    '$text.question',
    ({ text }) => {
      const payoff = parseQuestion(text);
      expect(isTradable(payoff), JSON.stringify(payoff)).toBe(false);
      expect(payoff.kind).toBe('other');
    },
  );
});

describe('what the outcomes are called', () => {
  const close: QuestionText = { question: 'Will Bitcoin be above $60,000 on June 24?', endDate: noon };
  const range: QuestionText = {
    question: 'Will Bitcoin be between $60,000 and $62,000 on June 24?',
    endDate: noon,
  };
  const touch: QuestionText = { question: 'Will Bitcoin dip to $60,000 in June?', endDate: june };
  const race: QuestionText = {
    question: 'Will Bitcoin hit $99k or $110k first?',
    endDate: '2026-12-31T05:00:00Z',
  };
  const day: QuestionText = { question: 'Bitcoin Up or Down on June 24?', endDate: noon };

  it.each<readonly [readonly string[], QuestionText]>([
    [['Yes', 'No'], close],
    [[' YES', 'no '], close],
    [['Yes', 'No'], range],
    [['Yes', 'No'], touch],
    [['Yes', 'No'], race],
    [['$99k', '$110k'], race],
    [['99,000', '$110K'], race],
    [['Up', 'Down'], day],
    [['up', ' DOWN '], day],
  ])('%j is what "$question" is traded with', (outcomeNames, text) => {
    const payoff = parseQuestion({ ...text, outcomeNames });
    expect(isTradable(payoff), JSON.stringify(payoff)).toBe(true);
    expect(payoff).toEqual(parseQuestion(text));
  });

  it.each<readonly [readonly string[], QuestionText]>([
    [['No', 'Yes'], close],
    [['Up', 'Down'], close],
    [['Yes', 'Nope'], close],
    [['Yes'], close],
    [['Yes', 'No', 'Maybe'], close],
    [[], close],
    [['Above', 'Below'], close],
    [['$60,000', 'No'], close],
    [['No', 'Yes'], range],
    [['No', 'Yes'], touch],
    [['$60,000', '$62,000'], range],
    [['No', 'Yes'], race],
    [['$110k', '$99k'], race],
    [['$99k', '$111k'], race],
    [['$99k', ''], race],
    [['not $99k', '$110k'], race],
    [['below $99k', '$110k'], race],
    [['ETH $99k by June', '$110k'], race],
    [['Down', 'Up'], day],
    [['Yes', 'No'], day],
  ])('%j is not what "$question" is traded with', (outcomeNames, text) => {
    const payoff = parseQuestion({ ...text, outcomeNames });
    expect(payoff).toMatchObject({ kind: 'other', cause: 'disagreement' });
    expect(payoff.kind === 'other' && payoff.reason).toMatch(
      /^the outcomes are named .+, expected (Yes, No|Up, Down)/,
    );
  });

  it('is handed on from the listing', () => {
    const outcomeNames = ['Down', 'Up'] as const;
    const market = {
      question: day.question,
      slug: '',
      description: '',
      about: { endDate: noon },
      outcomeNames,
    };
    expect(parseQuestion(questionTextOf(market) ?? close)).toMatchObject({ cause: 'disagreement' });
    expect(parseQuestion(questionTextOf({ ...market, outcomeNames: ['Up', 'Down'] }) ?? close).kind).toBe(
      'up-or-down',
    );
  });
});

describe('a time of a day', () => {
  it.each([
    'Will Bitcoin trade above $60,000 at 5 PM ET on June 24?',
    'Will Bitcoin be at or above $60,000 at 5 PM ET on June 24?',
  ])('makes one moment of what may else be any: %s', (question) => {
    expect(parseQuestion({ question, endDate: '2026-06-24T21:00:00Z' })).toMatchObject({
      kind: 'close',
      direction: 'above',
      window: { startAtMs: null, endAtMs: Date.UTC(2026, 5, 24, 21) },
    });
  });
});

describe('a close whose time nobody says', () => {
  const question = 'Will Bitcoin close above $60,000 on Wednesday, June 24?';

  it('is classified, and traded once a time is known', () => {
    expect(isTradable(parseQuestion({ question, endDate: '2026-06-24' }))).toBe(false);
    expect(parseQuestion({ question, endDate: '2026-06-24' })).toMatchObject({
      kind: 'close',
      direction: 'above',
    });
    expect(isTradable(parseQuestion({ question, endDate: noon }))).toBe(true);
    const timed = { question: question.replace('?', ' at 5PM ET?'), endDate: '2026-06-24' };
    expect(parseQuestion(timed)).toMatchObject({
      window: { endAtMs: Date.UTC(2026, 5, 24, 21) },
      missing: [],
    });
  });
});

describe('why a market is not traded', () => {
  const listing: QuestionText = {
    question: 'Will the price of Bitcoin be above $60,000 on June 24?',
    endDate: noon,
    slug: 'bitcoin-above-60k-on-june-24',
    eventTitle: 'Bitcoin above ___ on June 24?',
    description:
      'YES pays when the 1 minute candle of BTC/USDT on Binance labelled 12:00 in the ET timezone (noon) of that day shows a "Close" price over the one in the title.',
  };

  it('is nothing while all parts of the listing agree', () => {
    expect(parseQuestion(listing)).toMatchObject({
      kind: 'close',
      source: 'binance',
      settlement: 'one-minute-close',
      missing: [],
      from: { time: { field: 'description' }, source: { field: 'description' }, year: { field: 'endDate' } },
    });
  });

  it.each<readonly [Partial<QuestionText>, string, string]>([
    [{ slug: 'bitcoin-above-62k-on-june-24' }, 'disagreement', 'the text says $60000, the slug $62000'],
    [{ slug: 'ethereum-above-60k-on-june-24' }, 'disagreement', 'the text is about BTC, the slug about ETH'],
    [
      { slug: 'bitcoin-above-60k-on-june-25' },
      'disagreement',
      'the slug names another day than the question and the end date',
    ],
    [
      { slug: 'bitcoin-above-60k-on-june-24-2025' },
      'disagreement',
      'the slug is of 2025, the window of 2026',
    ],
    [
      { eventTitle: 'Ethereum above ___ on June 24?' },
      'disagreement',
      'the question is about BTC, the title of the event about ETH',
    ],
    [
      { eventTitle: 'Bitcoin above ___ on June 25?' },
      'disagreement',
      'the question says "on June 24", the title of the event "on June 25"',
    ],
    [{ groupItemTitle: '62,000' }, 'disagreement', 'the question says $60000, the label $62000'],
    [{ groupItemTitle: '↓ 60,000' }, 'disagreement', 'the question says above, the label "↓"'],
    [
      { endDate: '2026-06-25T16:00:00Z' },
      'disagreement',
      '"on June 24" does not fit the end date 2026-06-25T16:00:00Z and the description\'s "12:00 in the ET timezone (noon)"',
    ],
    [
      {
        description: 'This market will resolve to "No" if the close price is above $60,000, otherwise "Yes".',
      },
      'disagreement',
      'the description turns the question round: No is paid for "if the close price is above $60,000',
    ],
    [
      { description: 'Bitcoin at $60,000 or lower by the Binance close price at 12:00 PM ET.' },
      'disagreement',
      'the description turns the question round: it asks "Bitcoin at $60,000 or lower',
    ],
    [
      { description: 'Resolves according to the Binance BTC/EUR 1 minute candle at 12:00 ET.' },
      'disagreement',
      'the description names "BTC/EUR", and a price here is one in dollars',
    ],
    [
      { description: 'Resolves by the Low price of the BTC/USDT 1 minute candle at 12:00 PM ET.' },
      'disagreement',
      'the question asks for a close, the description names "low"',
    ],
    [
      { description: 'Resolves to Yes if the close price at 12:00 PM ET is above 61,000.' },
      'disagreement',
      'Yes is paid for "if the close price at 12:00 PM ET is above 61,000"',
    ],
    [{ outcomeNames: ['No', 'Yes'] }, 'disagreement', 'the outcomes are named "No", "Yes", expected Yes, No'],
    [{ endDate: 'soon' }, 'disagreement', 'the end date "soon" is no date'],
    [
      { question: 'Will Bitcoin be above $60,000 on June 24, 3PM ET?' },
      'disagreement',
      '"on June 24, 3PM ET" does not fit',
    ],
    [
      { question: 'Will Bitcoin be above $60,000 on June 24, according to Coinbase?' },
      'disagreement',
      'the question names coinbase, the description binance',
    ],
    [
      { question: 'Will Bitcoin dominance be above 60 on June 24?' },
      'not-a-price',
      '"dominance" is about a share of the market',
    ],
    [
      { question: 'Will Bitcoin moon above $60,000 on Jupiter?' },
      'unread-words',
      'it says "on", "Jupiter", which a question about a price does not',
    ],
    [
      { question: 'Will gold be above $60,000 on June 24?' },
      'no-coin',
      'it names no coin; "gold" is about something else than a coin',
    ],
  ])('%o is %s: %s', (change, cause, reason) => {
    const payoff = parseQuestion({ ...listing, ...change });
    expect(payoff).toMatchObject({ kind: 'other', cause });
    expect(payoff.kind === 'other' ? payoff.reason : '').toContain(reason);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClassifiedPayoff, COINS, parseQuestion, type QuestionText } from './index.ts';

/**
 * Questions are made from what they mean, in many spellings, and have to be read back as that. The instants expected come from Date
 * and the tz database, not from the code under test.
 */
const coins = COINS.filter(({ isTickerAWord, symbol }) => !isTickerAWord && symbol !== 'LINK');
const coin = fc.constantFrom(...coins).chain((each) =>
  fc.record({
    symbol: fc.constant(each.symbol),
    least: fc.constant(each.leastUsd),
    most: fc.constant(each.mostUsd),
    written: fc.constantFrom(
      titled(each.names[0] ?? each.symbol),
      each.symbol,
      `$${each.symbol}`,
      `${titled(each.names[0] ?? each.symbol)} (${each.symbol})`,
    ),
  }),
);
function titled(name: string): string {
  return name.replace(/(^| )\p{Ll}/gu, (letter) => letter.toUpperCase());
}

/** A strike between the bounds of a coin with three significant digits, and one of its spellings. */
const amount = (value: number): fc.Arbitrary<string> => {
  const plain = String(value).includes('e') ? value.toFixed(15).replace(/0+$/, '') : String(value);
  const [whole = '', fraction] = plain.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
  const short =
    value >= 1_000 && Number.isInteger(value / 10) ? [`${value / 1_000}k`, `${value / 1_000}K`] : [];
  return fc.constantFrom(...[plain, grouped, ...short].flatMap((text) => [`$${text}`, text]));
};
const strikeFor = (least: number, most: number): fc.Arbitrary<number> =>
  fc
    .tuple(fc.integer({ min: 100, max: 999 }), fc.double({ min: 0.02, max: 0.6, noNaN: true }))
    .map(([digits, share]) =>
      Number(`${digits}e${Math.floor(Math.log10(least) + share * Math.log10(most / least)) - 2}`),
    )
    .filter(
      (value) =>
        value >= least &&
        value * 1.2 <= most &&
        !(Number.isInteger(value) && value >= 2_010 && value <= 2_055),
    );

const day = fc.integer({ min: Date.UTC(2024, 0, 2) / 864e5, max: Date.UTC(2029, 11, 30) / 864e5 });
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const partsOf = (count: number): { year: number; month: string; day: number } => {
  const date = new Date(count * 864e5);
  return { year: date.getUTCFullYear(), month: MONTHS[date.getUTCMonth()] ?? '', day: date.getUTCDate() };
};
const dateText = (count: number): fc.Arbitrary<string> => {
  const { year, month, day: ofMonth } = partsOf(count);
  const short = month === 'May' ? 'May' : month.slice(0, 3);
  const ending =
    ofMonth % 10 === 1 && ofMonth !== 11
      ? 'st'
      : ofMonth % 10 === 2 && ofMonth !== 12
        ? 'nd'
        : ofMonth % 10 === 3 && ofMonth !== 13
          ? 'rd'
          : 'th';
  const iso = new Date(count * 864e5).toISOString().slice(0, 10);
  return fc.constantFrom(
    `${month} ${ofMonth}`,
    `${month} ${ofMonth}, ${year}`,
    `${short} ${ofMonth}`,
    `${short}. ${ofMonth}, ${year}`,
    `${month} ${ofMonth}${ending}`,
    `${ofMonth} ${month} ${year}`,
    iso,
  );
};

const clock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hour: 'numeric',
  hourCycle: 'h23',
});
/** The instant at which New York shows a full hour of a day. */
const newYork = (count: number, hour: number): number =>
  [4, 5]
    .map((behind) => count * 864e5 + (hour + behind) * 36e5)
    .find((atMs) => Number(clock.format(atMs)) % 24 === hour) ?? 0;
const iso = (atMs: number): string => new Date(atMs).toISOString().replace('.000Z', 'Z');

interface Case {
  readonly text: QuestionText;
  readonly expected: Partial<ClassifiedPayoff> & {
    readonly endAtMs: number;
    readonly startAtMs: number | null;
  };
}

const close: fc.Arbitrary<Case> = fc
  .tuple(coin, day, fc.constantFrom('above', 'below'))
  .chain(([which, on, direction]) =>
    strikeFor(which.least, which.most).chain((strike) =>
      fc.tuple(amount(strike), dateText(on), fc.boolean()).chain(([dollars, date, isFull]) => {
        const words =
          direction === 'above'
            ? ['above', 'over', 'greater than', 'higher than', 'at or above', 'more than']
            : ['below', 'under', 'less than', 'lower than', 'at or below'];
        const endAtMs = newYork(on, 12);
        const endDate = isFull ? iso(endAtMs) : iso(on * 864e5).slice(0, 10);
        return fc
          .constantFrom(...words)
          .chain((word) =>
            fc.constantFrom(
              `Will the price of ${which.written} be ${word} ${dollars} on ${date}?`,
              `Will ${which.written} be ${word} ${dollars} on ${date}?`,
              `${which.written} ${word} ${dollars} on ${date}?`,
              `On ${date}, will ${which.written} be ${word} ${dollars}?`,
              `Will ${which.written}'s price be ${word} ${dollars} on ${date}, 12PM ET?`,
            ),
          )
          .map((question) => ({
            text: { question, endDate },
            expected: {
              kind: 'close',
              coin: which.symbol,
              direction: direction as 'above' | 'below',
              strikesUsd: [strike],
              endAtMs,
              startAtMs: null,
            },
          }));
      }),
    ),
  );

const range: fc.Arbitrary<Case> = fc.tuple(coin, day).chain(([which, on]) =>
  strikeFor(which.least, which.most).chain((low) => {
    const high = Number((low * 1.1).toPrecision(4));
    const date = dateText(on);
    return fc
      .tuple(amount(low), amount(high), date, fc.constantFrom('and', '-', '–', 'to'))
      .map(([from, to, when, joint]) => {
        const spaced = joint === '-' || joint === '–' ? joint : ` ${joint} `;
        const endAtMs = newYork(on, 12);
        return {
          text: {
            question: `Will the price of ${which.written} be between ${from}${spaced}${to} on ${when}?`,
            endDate: iso(endAtMs),
          },
          expected: {
            kind: 'range' as const,
            coin: which.symbol,
            direction: null,
            strikesUsd: [low, high],
            endAtMs,
            startAtMs: null,
          },
        };
      });
  }),
);

const UP = ['reach', 'hit', 'surpass', 'exceed', 'climb to', 'rise above', 'break'];
const DOWN = ['dip to', 'drop to', 'fall below', 'crash to', 'slide under'];
const touch: fc.Arbitrary<Case> = fc
  .tuple(coin, day, fc.boolean(), fc.constantFrom('month', 'span', 'by', 'before', 'day'))
  .chain(([which, on, isUp, shape]) =>
    strikeFor(which.least, which.most).chain((strike) =>
      fc
        .tuple(amount(strike), fc.constantFrom(...(isUp ? UP : DOWN)), dateText(on))
        .map(([dollars, verb, date]) => {
          const { first, last, words } = windowOf(shape, on, date);
          const endAtMs = newYork(last + 1, 0);
          return {
            text: { question: `Will ${which.written} ${verb} ${dollars} ${words}?`, endDate: iso(endAtMs) },
            expected: {
              kind: 'one-touch' as const,
              coin: which.symbol,
              direction: isUp ? ('above' as const) : ('below' as const),
              strikesUsd: [strike],
              endAtMs,
              startAtMs: first === null ? null : newYork(first, 0),
            },
          };
        }),
    ),
  );

function windowOf(
  shape: string,
  on: number,
  date: string,
): { first: number | null; last: number; words: string } {
  const { year, month, day: ofMonth } = partsOf(on);
  const first = on - ofMonth + 1;
  const last = Date.UTC(year, MONTHS.indexOf(month) + 1, 0) / 864e5;
  switch (shape) {
    case 'month':
      return { first, last, words: `in ${month}` };
    case 'span': {
      const end = on + 6;
      const to = partsOf(end);
      return {
        first: on,
        last: end,
        words:
          to.month === month ? `${month} ${ofMonth}-${to.day}` : `${month} ${ofMonth}-${to.month} ${to.day}`,
      };
    }
    case 'by':
      return { first: null, last: on, words: `by ${date}` };
    case 'before':
      return { first: null, last: on - 1, words: `before ${date}` };
    default:
      return { first: on, last: on, words: `on ${date}` };
  }
}

const upOrDown: fc.Arbitrary<Case> = fc
  .tuple(coin, day, fc.integer({ min: 4, max: 22 }), fc.constantFrom(0, 1, 4))
  .map(([which, on, hour, hours]) => {
    const { month, day: ofMonth } = partsOf(on);
    const shown = (at: number, minutes: string): string =>
      `${at % 12 === 0 ? 12 : at % 12}${minutes}${at % 24 < 12 ? 'AM' : 'PM'}`;
    const longer = hours === 4 ? Math.min(4, 23 - hour) : hours;
    const date = `${month} ${ofMonth}`;
    const when =
      hours === 0
        ? `on ${date}?`
        : hours === 1
          ? `- ${date}, ${shown(hour, '')} ET`
          : `- ${date}, ${shown(hour, ':00')}-${shown(hour + longer, ':00')} ET`;
    const question = `${which.written} Up or Down ${when}`;
    const startAtMs = hours === 0 ? newYork(on - 1, 12) : newYork(on, hour);
    const endAtMs = hours === 0 ? newYork(on, 12) : startAtMs + longer * 36e5;
    return {
      text: { question, endDate: iso(endAtMs) },
      expected: {
        kind: 'up-or-down',
        coin: which.symbol,
        direction: 'up',
        strikesUsd: [],
        startAtMs,
        endAtMs,
      },
    };
  });

const anyCase = fc.oneof(close, range, touch, upOrDown);

function expectRead({ text, expected }: Case, said = text): void {
  const payoff = parseQuestion(said);
  const { startAtMs, endAtMs, ...fields } = expected;
  expect(payoff, JSON.stringify(said)).toMatchObject({ ...fields, window: { startAtMs, endAtMs } });
}

describe('questions made from what they mean', () => {
  it.each([
    ['close', close],
    ['range', range],
    ['one-touch', touch],
    ['up-or-down', upOrDown],
  ] as const)('of the kind %s are read back as that', (_, made) => {
    fc.assert(
      fc.property(made, (each) => expectRead(each)),
      { numRuns: 300 },
    );
  });

  it('name a coin, a side and a price that somebody can find in the text', () => {
    fc.assert(
      fc.property(anyCase, ({ text }) => {
        const payoff = parseQuestion(text);
        if (payoff.kind === 'other') throw new Error(payoff.reason);
        for (const { field, text: words } of Object.values(payoff.from))
          if (field === 'question')
            for (const word of words.split(/[ ,]+/))
              expect(text.question.toLowerCase().replaceAll('–', '-')).toContain(word.toLowerCase());
      }),
    );
  });
});

describe('what changes nothing', () => {
  const rewrites: readonly (readonly [string, (question: string) => string])[] = [
    ['capitals', (question) => question.toUpperCase()],
    ['no capitals', (question) => question.toLowerCase()],
    ['spaces', (question) => `  ${question.replaceAll(' ', '\u00a0 ')} `],
    ['no question mark', (question) => question.replace('?', '')],
    ['dashes', (question) => question.replace(/(?<=\d|M|\p{L} )-(?=\d|\p{L}| )/gu, '–')],
    ['an invisible character', (question) => question.replace(' ', ' \u200b')],
    ['full-width dollars', (question) => question.replaceAll('$', '＄')],
    ['curly quotes', (question) => question.replaceAll("'", '’')],
    [
      'a clause of where the price comes from',
      (question) => question.replace('?', ', according to Binance?'),
    ],
    ['a currency behind the coin', (question) => question.replace('?', ' (USD)?')],
  ];

  it.each(rewrites)('%s', (_, rewrite) => {
    fc.assert(
      fc.property(anyCase, (each) => {
        // 2026-06-24 has dashes of its own, which no typographer replaces.
        fc.pre(!/\d{4}-\d{2}/.test(each.text.question));
        expectRead(each, { ...each.text, question: rewrite(each.text.question) });
      }),
      { numRuns: 60 },
    );
  });

  it('the same question as a label in the title of its event', () => {
    fc.assert(
      fc.property(close, (each) => {
        const found = /^(.+) (above|below|over|under) (\S+) on (.+)\?$/.exec(
          each.text.question.replace(/^Will (the price of )?|(?<=\)|\w) be(?= )/g, ''),
        );
        fc.pre(found !== null && !each.text.question.startsWith('On'));
        const [, name, word, dollars = '', date] = found ?? [];
        expectRead(each, { ...each.text, question: dollars, eventTitle: `${name} ${word} ___ on ${date}?` });
      }),
      { numRuns: 60 },
    );
  });
});

describe('what makes a question nothing to trade', () => {
  const spoilers: readonly (readonly [string, (question: string) => string])[] = [
    [
      'a word that is not of a price',
      (question) =>
        question
          .replace('?', ' after the halving?')
          .replace(/$/, (end) => (question.includes('?') ? end : ' after the halving')),
    ],
    ['a second coin', (question) => `${question} and Litecoin and Monero`],
    ['a market value', (question) => question.replace(/^/, 'Market cap: ')],
    ['a fund', (question) => question.replace(/^/, 'ETF: ')],
    ['a denial', (question) => question.replace(/^Will/, 'Will not').replace(/^(?!Will)/, 'Never: ')],
    ['a per cent', (question) => `${question} 5%`],
  ];

  it.each(spoilers)('%s', (_, spoil) => {
    fc.assert(
      fc.property(anyCase, ({ text }) => {
        expect(parseQuestion({ ...text, question: spoil(text.question) }).kind).toBe('other');
      }),
      { numRuns: 60 },
    );
  });

  it('an end date of another day, year or month', () => {
    fc.assert(
      fc.property(anyCase, fc.constantFrom(-400, -366, -40, -9, -3, 3, 9, 40, 366, 400), (each, days) => {
        // A question that names no year has one every year, so only the other shifts contradict it.
        fc.pre(Math.abs(days) < 300 || /20\d\d/.test(each.text.question));
        const endDate = iso(each.expected.endAtMs + days * 864e5);
        expect(parseQuestion({ ...each.text, endDate }).kind, endDate).toBe('other');
      }),
      { numRuns: 200 },
    );
  });

  it('a slug with another coin, price or side', () => {
    fc.assert(
      fc.property(
        fc.oneof(close, touch),
        fc.constantFrom('coin', 'price', 'side'),
        ({ text, expected }, what) => {
          const [strike = 0] = expected.strikesUsd ?? [];
          const side = expected.direction === 'above' ? ['reach', 'dip-to'] : ['dip-to', 'reach'];
          const name =
            what === 'coin'
              ? expected.coin === 'BTC'
                ? 'ethereum'
                : 'bitcoin'
              : (expected.coin ?? '').toLowerCase();
          const price = String(what === 'price' ? strike * 3 : strike).replace('.', 'pt');
          fc.pre(!price.includes('e'));
          const slug = `will-${name}-${what === 'side' ? side[1] : side[0]}-${price}`;
          expect(parseQuestion({ ...text, slug }), slug).toMatchObject({
            kind: 'other',
            cause: 'disagreement',
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});

it('never throws and never trades what nobody asked, whatever the text', () => {
  const field = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.stringMatching(/^[ -~]{0,60}$/));
  fc.assert(
    fc.property(
      fc.record({
        question: field,
        eventTitle: field,
        slug: field,
        description: field,
        endDate: field,
        groupItemTitle: field,
      }),
      (text) => {
        expect(parseQuestion(text).kind).toBe('other');
      },
    ),
    { numRuns: 500 },
  );
});

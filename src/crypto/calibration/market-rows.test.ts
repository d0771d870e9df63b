import { describe, expect, it } from 'vitest';
import { type MarketRows, readMarketRows } from './market-rows.ts';

const HEADER = 'timestamp_utc,strategy,market_id,question,end_date,precio_yes_mercado,prob_yes_modelo';
const rowsOf = (text: string): MarketRows => {
  const read = readMarketRows(text);
  if (typeof read === 'string') throw new Error(read);
  return read;
};

describe('rows of what markets said', () => {
  it('reads comma-separated rows by the names of their columns', () => {
    const { rows, problems } = rowsOf(
      `${HEADER}\n2026-06-23T19:19:49+00:00,W,2583138,"Will Bitcoin be between $62,000 and $64,000 on June 24?",2026-06-24T16:00:00,0.5450,0.6950`,
    );
    expect(problems).toEqual([]);
    expect(rows).toEqual([
      {
        marketId: '2583138',
        atMs: Date.parse('2026-06-23T19:19:49Z'),
        text: {
          question: 'Will Bitcoin be between $62,000 and $64,000 on June 24?',
          endDate: '2026-06-24T16:00:00',
          slug: undefined,
          eventTitle: undefined,
          description: undefined,
        },
        yesPrice: 0.545,
        otherProbability: 0.695,
        isYes: null,
      },
    ]);
  });

  it('reads JSON lines with the same fields, and a known outcome', () => {
    const line = {
      at: '2026-06-23T19:19:49Z',
      marketId: 7,
      question: 'Q?',
      endDate: '2026-06-24',
      yesPrice: '0.4',
      outcome: 'yes',
    };
    const { rows } = rowsOf(`${JSON.stringify(line)}\n${JSON.stringify({ ...line, outcome: 'NO' })}\n`);
    expect(rows.map(({ marketId, yesPrice, isYes }) => [marketId, yesPrice, isYes])).toEqual([
      ['7', 0.4, true],
      ['7', 0.4, false],
    ]);
  });

  it('says what is wrong, where, and what was expected', () => {
    expect(readMarketRows('a,b\n1,2')).toBe(
      'found the columns a, b; expected also at or timestamp_utc, marketId or market_id, question, endDate or end_date, yesPrice or precio_yes_mercado',
    );
    const bad = (row: string) => rowsOf(`${HEADER}\n${row}`).problems;
    expect(bad('yesterday,W,1,Q,2026-06-24,0.5,0.5')).toEqual([
      'line 2: found the time "yesterday", expected one such as 2026-06-24T07:02:51Z',
    ]);
    expect(bad('2026-06-24,W,1,Q,2026-06-24,54,0.5')).toEqual([
      'line 2: found the YES price "54", expected dollars from 0 to 1',
    ]);
    expect(bad('2026-06-24,W,,Q,2026-06-24,0.5,0.5')).toEqual(['line 2: found no market id or no question']);
    expect(rowsOf('{"at":1}\n{broken').problems).toHaveLength(2);
  });
});

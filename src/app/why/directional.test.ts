import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientId } from '../../domain/order.ts';
import { cents, conditionId, shares, T0 } from '../../kernel/test-support/test-kernel.ts';
import { signalOf } from '../../projections/test-support/signals.ts';
import { createTale, type Tale } from '../../projections/test-support/tale.ts';
import { writeTale } from '../testing/write-tale.ts';
import { explanationLines, NO_PAINT } from './render.ts';
import { checkEveryOrder, type Explanation, why } from './why.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-why-directional-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const options = () => ({ directory: dataDir, atMs: Number.POSITIVE_INFINITY, onProgress: () => undefined });

async function explained(word: string): Promise<Explanation> {
  const answer = await why(word, options());
  if (answer.found !== 'one') throw new Error(`${word}: expected one, found ${JSON.stringify(answer)}`);
  return answer.explanation;
}

const linesOf = async (word: string): Promise<string> =>
  explanationLines(await explained(word), NO_PAINT).join('\n');

const FEE = { ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 0 };
const ENTERED = signalOf({
  id: 3,
  action: 'entered',
  why: 'seen twice, and a model gives leave',
  clientId: 'e-5' as ClientId,
  confirmations: 2,
  aiValidation: 'approved (0.9): the rules are plain',
});

/** Bought in one run, sold in the next: 50 YES at 48 cents, stopped at 40. */
async function tradeOverTwoRuns(): Promise<Tale> {
  const tale = createTale(2, T0, { fee: FEE });
  tale.output({ kind: 'directional', ...{ note: { of: 'signal', signal: signalOf({ id: 2 }) } } });
  tale.output({ kind: 'directional', ...{ note: { of: 'signal', signal: ENTERED } } });
  const entry = tale.enter(ENTERED, shares(50));
  tale.answer(entry);
  const bought = tale.trade(entry, shares(50));
  tale.tell(bought, 'MATCHED');
  const cut = tale.entries.length;
  tale.input({ ...tale.started, runId: 'run-2', parentRunId: 'run-1' });
  tale.input({
    kind: 'marketsListed',
    markets: [...(tale.projection.facts?.markets.values() ?? [])].map(({ market }) => market),
  });
  tale.tell(bought, 'CONFIRMED');
  const exit = tale.leave(entry, 'x-6', cents(40), shares(50), {
    cause: 'stopped',
    why: '8.0 points below entry, the stop is 7.5 points',
    aiValidation: null,
  });
  tale.answer(exit);
  tale.tell(tale.trade(exit, shares(50), 'TAKER'), 'CONFIRMED');
  await writeTale(dataDir, { runId: 'run-1', startedAtMs: T0 }, null, tale.entries.slice(0, cut));
  const later = { runId: 'run-2', parentRunId: 'run-1', startedAtMs: T0 + 5 };
  await writeTale(dataDir, later, null, tale.entries.slice(cut));
  return tale;
}

describe('a directional order', () => {
  it('that bought says what the model said, what was asked, what the gate said and what came of it', async () => {
    await tradeOverTwoRuns();
    const entry = await explained('e-5');
    expect(entry).toMatchObject({
      kind: 'order',
      missing: [],
      state: 'filled',
      directional: { role: 'entry', signal: { id: 3 } },
      trade: { entry: 'e-5', state: 'sold', boughtShares: 50, paidUsd: 24, soldShares: 50, gotUsd: 20 },
    });
    const lines = await linesOf('e-5');
    for (const text of [
      'BTC close above 100000 USD',
      '104000 USD, volatility 3.0 % a day',
      '61.0 % to 63.0 %',
      'YES at 48.0 pts: worth 61.0 pts, costs 0.0 pts, edge 13.0 pts',
      '2 cycles in a row',
      'approved (0.9): the rules are plain',
      'an entry was sent: seen twice, and a model gives leave',
      'x-6 at',
      'the loss has reached its stop (8.0 points below entry, the stop is 7.5 points)',
      'approved',
    ])
      expect(lines).toContain(text);
    expect(lines).not.toMatch(/undefined|NaN|\[object|the journal does not/);
  });

  it('that sells in a later run says why, and what the trade came to net of fees, as the tables do', async () => {
    const tale = await tradeOverTwoRuns();
    const exit = await explained('x-6');
    const fee = 50 * 0.07 * 0.4 * 0.6;
    expect(exit).toMatchObject({
      missing: [],
      directional: { role: 'exit', exit: { cause: 'stopped' } },
      trade: {
        entry: 'e-5',
        feesUsd: expect.closeTo(fee, 9),
        realisedUsd: expect.closeTo(-4 - fee, 9),
        heldShares: 0,
      },
    });
    const [row] = tale.rows('cd_positions');
    expect(row?.pnl_realized).toBe(exit.kind === 'order' ? exit.trade?.realisedUsd : null);
    const lines = await linesOf('x-6');
    expect(lines).toContain('why it sells');
    expect(lines).toContain('profit realised, net           -4.84 USD');
    expect(lines).not.toMatch(/undefined|NaN|\[object/);
  });

  it('has a whole chain by what it is for, with the life of any other order', async () => {
    await tradeOverTwoRuns();
    expect(await checkEveryOrder(options())).toMatchObject({
      orders: 2,
      unexplained: 0,
      examples: [],
      ends: { filled: 2 },
    });
  });

  it('lacks a link where the journal does not tell what it was for', async () => {
    const tale = createTale();
    tale.answer(tale.enter(ENTERED, shares(50)));
    const isNote = ({ kind }: { readonly kind: string }): boolean => kind === 'directional';
    await writeTale(
      dataDir,
      {},
      null,
      tale.entries.filter((entry) => !isNote(entry)).map((entry, index) => ({ ...entry, seq: index + 1 })),
    );
    expect((await checkEveryOrder(options())).examples[0]?.missing).toEqual(
      expect.arrayContaining(['inputs', 'planner', 'gate']),
    );
  });
});

describe('a market with signals', () => {
  it.each([
    [{ markets: 240, days: 60 }, '58.5 % with drift; recalibrated on 240 resolved markets of 60 days'],
    [null, '58.5 % with drift; no recalibration was in use'],
  ])('says what the model itself said, and what it was recalibrated on: %j', async (recalibratedOn, text) => {
    const tale = createTale();
    const signal = signalOf({ model: { yesProbability: 0.585, recalibratedOn } });
    tale.output({ kind: 'directional', ...{ note: { of: 'signal', signal } } });
    await writeTale(dataDir, { runId: 'run-1', startedAtMs: T0 }, null, tale.entries);
    expect(await linesOf(conditionId(1))).toContain(text);
  });

  it('shows the latest in full, those before in a line, and every trade', async () => {
    await tradeOverTwoRuns();
    const market = await explained('market-1');
    expect(market).toMatchObject({
      kind: 'market',
      directional: { signals: [{ id: 3 }, { id: 2 }], trades: [{ entry: 'e-5', state: 'sold' }] },
    });
    const lines = await linesOf('market-1');
    expect(lines).toContain('waits for the next cycle to say the same, edge 13.0 pts on YES: seen once');
    expect(lines).toContain('directional trade e-5');
    expect(lines).not.toMatch(/undefined|NaN|\[object/);
    expect(await linesOf('market-2')).not.toMatch(/directional/);
  });

  it.each([
    [
      'a refusal',
      signalOf({ action: 'refused', why: 'too many directional positions (5, limit 5)' }),
      'refused: too many directional positions',
    ],
    [
      'no price',
      signalOf({
        action: 'notPriced',
        why: 'BTC: its price is 90 s old',
        spotUsd: null,
        dailyVolatility: null,
        yesProbability: null,
        outcome: null,
        probability: null,
        price: null,
        edgePts: null,
        yesMid: null,
      }),
      'not priced: BTC: its price is 90 s old',
    ],
    [
      'no leave',
      signalOf({ action: 'aiRejected', why: 'no answer', aiValidation: 'no answer: none came in time' }),
      'no answer: none came in time',
    ],
  ])('says plainly what came of it: %s', async (_name, signal, text) => {
    const tale = createTale();
    tale.output({ kind: 'directional', ...{ note: { of: 'signal', signal } } });
    await writeTale(dataDir, {}, null, tale.entries);
    const lines = await linesOf(conditionId(1));
    expect(lines).toContain(text);
    expect(lines).not.toMatch(/undefined|NaN|null|\[object/);
  });

  it('names one probability where drift makes no difference', async () => {
    const tale = createTale();
    const signal = signalOf({ yesProbability: { low: 0.61, high: 0.61 } });
    tale.output({ kind: 'directional', ...{ note: { of: 'signal', signal } } });
    await writeTale(dataDir, {}, null, tale.entries);
    expect(await linesOf('market-1')).toMatch(/probability of YES +61\.0 %\n/);
  });

  it.each([
    ['YES', 26],
    ['NO', -24],
  ] as const)(
    'counts what a held trade paid when %s won, and takes back what failed',
    async (winner, profit) => {
      const tale = createTale();
      const entry = tale.enter(ENTERED, shares(50));
      tale.answer(entry);
      const failed = tale.trade(entry, shares(20));
      tale.tell(failed, 'MATCHED');
      tale.tell(failed, 'FAILED');
      tale.tell(failed, 'MATCHED');
      tale.tell(tale.trade(entry, shares(50)), 'CONFIRMED');
      tale.input({ kind: 'marketResolved', conditionId: conditionId(1), winner });
      await writeTale(dataDir, {}, null, tale.entries);
      const [row] = tale.rows('cd_positions');
      expect(await explained('market-1')).toMatchObject({
        directional: {
          trades: [{ state: 'resolved', fills: 1, failedFills: 1, boughtShares: 50, realisedUsd: profit }],
        },
      });
      expect(row?.pnl_realized).toBe(profit);
      expect(await linesOf('market-1')).toContain('1 trades were taken back by the chain');
    },
  );
});

import { describe, expect, it } from 'vitest';
import type { DirectionalReview, DirectionalSignal } from '../domain/directional.ts';
import type { ClientId } from '../domain/order.ts';
import type { Shares } from '../domain/units.ts';
import type { KernelState } from '../kernel/state.ts';
import {
  cents,
  conditionId,
  DAY_MS,
  dollars,
  market,
  shares,
  T0,
} from '../kernel/test-support/test-kernel.ts';
import { createProjection, project } from './projection.ts';
import { signalOf } from './test-support/signals.ts';
import { createTale, type Tale, type TaleOrder, tokenOf } from './test-support/tale.ts';

const tell = (tale: Tale, signal: DirectionalSignal): void =>
  tale.output({ kind: 'directional', ...{ note: { of: 'signal', signal } } });

const entered = (change: Partial<DirectionalSignal> = {}): DirectionalSignal =>
  signalOf({ action: 'entered', clientId: 'e-5' as ClientId, ...change });

const forecastsOf = (tale: Tale, source: string) =>
  tale.rows('forecasts').filter((row) => row.source === source);

describe('signals', () => {
  it('are rows with what the model said, and one that comes again replaces its row', () => {
    const tale = createTale();
    tell(tale, signalOf());
    expect(tale.rows('cd_signals')).toEqual([
      {
        id: 'run-1/1',
        run_id: 'run-1',
        wallet: '0xwallet',
        market_id: conditionId(1),
        slug: 'market-1',
        token_id: tokenOf(1, 'YES'),
        outcome: 'YES',
        coin: 'BTC',
        kind: 'close',
        direction: 'above',
        strike: 100_000,
        strike_2: null,
        end_at_ms: T0 + 10 * DAY_MS,
        expiry_days: 10,
        spot_price: 104_000,
        vol_ewma: 0.03,
        p_model: 0.61,
        p_market: 0.5,
        p_yes_low: 0.61,
        p_yes_high: 0.63,
        p_yes_market: 0.5,
        price: 0.48,
        edge_pts: 13,
        confirmation_count: 1,
        action: 'confirming',
        why: 'seen once, twice are needed',
        size_usdc: 25,
        client_id: null,
        order_id: null,
        ai_validation: null,
        created_at_ms: T0,
        updated_at_ms: tale.nowMs(),
      },
    ]);
    tell(tale, signalOf({ action: 'aiRejected', aiValidation: 'the rules leave it open' }));
    expect(tale.rows('cd_signals')).toMatchObject([
      { id: 'run-1/1', action: 'ai_rejected', ai_validation: 'the rules leave it open' },
    ]);
  });

  it('of a market that is not priced say so and make nothing up', () => {
    const tale = createTale();
    tell(
      tale,
      signalOf({
        action: 'notPriced',
        spotUsd: null,
        dailyVolatility: null,
        yesProbability: null,
        yesMid: null,
        outcome: null,
        probability: null,
        price: null,
        edgePts: null,
        confirmations: 0,
        stake: dollars(0),
      }),
    );
    expect(tale.rows('cd_signals')).toMatchObject([
      { action: 'not_priced', p_model: null, p_market: null, price: null, token_id: null, outcome: null },
    ]);
    expect(tale.rows('forecasts')).toEqual([]);
  });

  it('show the market in the coordinates of the outcome that is the better buy', () => {
    const tale = createTale();
    tell(
      tale,
      signalOf({ outcome: 'NO', yesMid: cents(70), probability: 0.45, strikesUsd: [84_000, 86_000] }),
    );
    expect(tale.rows('cd_signals')).toMatchObject([
      { p_market: 0.3, p_yes_market: 0.7, token_id: tokenOf(1, 'NO'), strike: 84_000, strike_2: 86_000 },
    ]);
  });

  it('are named for the run that opened the books, however many runs come after it', () => {
    const tale = createTale();
    tale.input({ ...tale.started, runId: 'run-2' });
    tell(tale, signalOf({ id: 7 }));
    expect(tale.rows('cd_signals')).toMatchObject([{ id: 'run-1/7', run_id: 'run-2' }]);
  });

  it('get the venue’s name of their order as soon as it has one', () => {
    const tale = createTale();
    const order = tale.enter(entered(), shares(50));
    expect(tale.rows('cd_signals')).toMatchObject([{ client_id: 'e-5', order_id: null }]);
    tale.answer(order);
    expect(tale.rows('cd_signals')).toMatchObject([{ client_id: 'e-5', order_id: order.orderId }]);
  });
});

it('a state that was left before there was directional trading is read all the same', () => {
  const tale = createTale();
  const { directional: _, ...before } = tale.projection.facts as KernelState;
  const projection = createProjection(before as KernelState, null);
  const wake = { seq: 1, atMs: T0 + DAY_MS, dir: 'in', kind: 'wake', v: 1, cause: null } as const;
  project(projection, { ...wake, body: { kind: 'wake' } }, () => undefined);
  expect(projection.facts?.directional.positions.size).toBe(0);
});

describe('what the model says as forecasts', () => {
  it('counts once a market and day, between drift and none, and is not changed by later cycles', () => {
    const tale = createTale();
    tell(tale, signalOf({ id: 1, atMs: T0 }));
    tell(tale, signalOf({ id: 2, atMs: T0 + 900_000, yesProbability: { low: 0.2, high: 0.3 } }));
    tell(tale, signalOf({ id: 3, atMs: T0 + DAY_MS, yesProbability: { low: 0.4, high: 0.4 } }));
    tell(tale, signalOf({ id: 4, conditionId: conditionId(2), yesMid: null }));
    expect(
      forecastsOf(tale, 'model once a day').map(({ market_id, probability, market_probability, side }) => [
        market_id,
        probability,
        market_probability,
        side,
      ]),
    ).toEqual([
      [conditionId(1), 0.62, 0.5, null],
      [conditionId(1), 0.4, 0.5, null],
      [conditionId(2), 0.62, null, null],
    ]);
    expect(forecastsOf(tale, 'model at entry')).toEqual([]);
  });

  it('counts an entry once however often its order is replaced, in YES coordinates', () => {
    const tale = createTale();
    const first = tale.enter(entered({ outcome: 'NO', probability: 0.37 }), shares(50));
    tale.answer(first);
    tale.cancel(first);
    tale.wait(600_000);
    tale.enter(entered({ id: 2, clientId: 'e-6' as ClientId, outcome: 'NO', probability: 0.3 }), shares(50));
    expect(forecastsOf(tale, 'model at entry')).toMatchObject([
      {
        market_id: conditionId(1),
        probability: expect.closeTo(0.63, 12),
        market_probability: 0.5,
        side: 'NO',
      },
    ]);
    expect(forecastsOf(tale, 'model once a day')).toHaveLength(1);
  });

  it('waits for the official outcome of its market, and is none once that is known', () => {
    const tale = createTale();
    tell(tale, signalOf());
    expect(tale.rows('market_outcomes')).toMatchObject([{ market_id: conditionId(1), status: 'open' }]);
    tale.input({ kind: 'marketResolved', conditionId: conditionId(1), winner: 'YES' });
    expect(tale.rows('market_outcomes')).toMatchObject([{ status: 'told', winner: null }]);
    tell(tale, signalOf({ id: 2, atMs: T0 + DAY_MS }));
    expect(forecastsOf(tale, 'model once a day')).toHaveLength(1);
    tale.input({
      kind: 'resolutionsRead',
      resolutions: [{ conditionId: conditionId(1), stage: 'resolved', payouts: [1, 0] }],
      askedAtMs: tale.nowMs(),
    });
    expect(tale.rows('market_outcomes')).toMatchObject([{ status: 'resolved', winner: 'YES' }]);
    expect(tale.rows('performance')).toEqual([]);
  });

  it('is scored by what the chain pays also when the market has long left the list', () => {
    const tale = createTale();
    tell(tale, signalOf({ endAtMs: T0 + DAY_MS }));
    expect(tale.projection.facts?.directional.awaited.size).toBe(1);
    tale.input({ kind: 'marketsListed', markets: [market(2)] }, 2 * DAY_MS);
    expect(tale.projection.facts?.markets.has(conditionId(1))).toBe(false);
    const read = (payouts: [number, number] | null): void =>
      tale.input({
        kind: 'resolutionsRead',
        resolutions: [{ conditionId: conditionId(1), stage: 'resolved', payouts }],
        askedAtMs: tale.nowMs(),
      });
    read(null);
    expect(tale.rows('market_outcomes')).toMatchObject([{ status: 'open', winner: null }]);
    read([0, 1]);
    expect(tale.rows('market_outcomes')).toMatchObject([
      { market_id: conditionId(1), slug: 'market-1', status: 'resolved', winner: 'NO', payout_yes: 0 },
    ]);
    expect(tale.projection.facts?.directional.awaited.size).toBe(0);
  });

  it('takes no forecasts of the book in markets where nothing was traded', () => {
    const tale = createTale();
    tale.input({ kind: 'marketsListed', markets: [market(1, { endAtMs: T0 + 2 * DAY_MS })] });
    tell(tale, signalOf());
    tale.wait(DAY_MS);
    tale.setBook(1, 48, 52);
    for (let minute = 0; minute < 5; minute += 1) tale.wait(60_000);
    expect(forecastsOf(tale, 'fair value before end')).toEqual([]);
  });

  it('is let go where nobody ever tells the outcome', () => {
    const tale = createTale();
    tell(tale, signalOf());
    expect(tale.projection.measures.results.size).toBe(1);
    tale.wait(61 * DAY_MS);
    tale.wait(60_000);
    expect(tale.projection.measures.results.size).toBe(0);
    expect(tale.projection.measures.directional.forecastDays.size).toBe(0);
  });
});

const FEES = { ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 0 };

/** An entry that was sent, filled and confirmed: 50 YES at 48 cents as a maker, which costs no fee. */
function opened(tale: Tale, size = shares(50)): TaleOrder {
  const order = tale.enter(entered(), size);
  tale.answer(order);
  fill(tale, order, size);
  return order;
}

function fill(tale: Tale, order: TaleOrder, size: Shares, role: 'MAKER' | 'TAKER' = 'MAKER'): void {
  const report = tale.trade(order, size, role);
  tale.tell(report, 'MATCHED');
  tale.tell(report, 'CONFIRMED');
}

describe('positions', () => {
  it('exist from the first fill on, not from the order', () => {
    const tale = createTale();
    const order = tale.enter(entered(), shares(50));
    tale.answer(order);
    expect(tale.rows('cd_positions')).toEqual([]);
    tale.tell(tale.trade(order, shares(20)), 'MATCHED');
    const [row] = tale.rows('cd_positions');
    expect(row).toMatchObject({
      market_id: conditionId(1),
      token_id: tokenOf(1, 'YES'),
      signal_id: 'run-1/1',
      outcome: 'YES',
      coin: 'BTC',
      strike: 100_000,
      entry_price: 0.48,
      shares: 20,
      shares_held: 20,
      p_model: 0.61,
      edge_pts: 13,
      order_id: order.orderId,
      client_ids: 'e-5',
      status: 'open',
      exit_price: null,
      exit_reason: null,
      fees: 0,
      pnl_realized: 0,
      closed_at_ms: null,
    });
  });

  it.each([
    ['stopped', 'stopped'],
    ['tookProfit', 'took_profit'],
    ['expiry', 'closed'],
    ['edgeReversed', 'closed'],
  ] as const)('that are %s end as %s, with what they gained net of fees', (cause, status) => {
    const tale = createTale(1, T0, { fee: FEES });
    const entry = opened(tale);
    const exit = tale.leave(entry, 'x-6', cents(40), shares(50), {
      cause,
      why: 'as the rules say',
      aiValidation: 'sell',
    });
    tale.answer(exit);
    expect(tale.rows('cd_positions')).toMatchObject([{ status: 'open', exit_reason: cause }]);
    fill(tale, exit, shares(50), 'TAKER');
    // 70,000 ppm of 40 cents times 60 cents a share, 50 shares.
    const fee = 50 * 0.07 * 0.4 * 0.6;
    expect(tale.rows('cd_positions')).toMatchObject([
      {
        status,
        shares: 50,
        shares_held: 0,
        exit_price: 0.4,
        exit_order_id: exit.orderId,
        exit_reason: cause,
        exit_why: 'as the rules say',
        ai_validation: 'sell',
        client_ids: 'e-5 x-6',
        fees: expect.closeTo(fee, 9),
        pnl_realized: expect.closeTo(50 * (0.4 - 0.48) - fee, 9),
        closed_at_ms: tale.nowMs(),
      },
    ]);
  });

  it('that are sold in part have realised that part', () => {
    const tale = createTale();
    const entry = opened(tale);
    const exit = tale.leave(entry, 'x-6', cents(60), shares(50));
    tale.answer(exit);
    fill(tale, exit, shares(20), 'TAKER');
    expect(tale.rows('cd_positions')).toMatchObject([
      { status: 'open', shares_held: 30, exit_price: 0.6, pnl_realized: expect.closeTo(20 * 0.12, 9) },
    ]);
  });

  it.each([
    ['YES', 50 * 0.52, 1],
    ['NO', -50 * 0.48, 0],
    [null, 50 * 0.02, 0.5],
  ] as const)('that are held when %s wins end with what that pays', (winner, gained, price) => {
    const tale = createTale();
    opened(tale);
    tale.input({ kind: 'marketResolved', conditionId: conditionId(1), winner });
    expect(tale.rows('cd_positions')).toMatchObject([
      {
        status: 'closed',
        exit_reason: 'resolved',
        shares: 50,
        shares_held: 0,
        exit_price: price,
        pnl_realized: expect.closeTo(gained, 9),
      },
    ]);
  });

  it('whose every trade failed were none, and say so', () => {
    const tale = createTale();
    const order = tale.enter(entered(), shares(50));
    tale.answer(order);
    const report = tale.trade(order, shares(50));
    tale.tell(report, 'MATCHED');
    tale.tell(report, 'FAILED');
    tale.wait(3_600_000);
    expect(tale.rows('cd_positions')).toMatchObject([
      { status: 'closed', shares: 0, shares_held: 0, entry_price: null, pnl_realized: 0 },
    ]);
    expect(tale.rows('cd_positions')[0]?.exit_why).toMatch(/took back/);
  });

  it('count in the results of their market apart from market making', () => {
    const tale = createTale();
    opened(tale);
    expect(tale.rows('performance')).toMatchObject([{ strategy: 'crypto-directional', yes_shares: 50 }]);
    expect(tale.rows('mm_quotes')).toEqual([]);
  });

  it('keep the names of their orders when the facts have long forgotten them', () => {
    const tale = createTale();
    const entry = opened(tale);
    tale.wait(2 * DAY_MS);
    tale.wait(60_000);
    const exit = tale.leave(entry, 'x-6', cents(60), shares(50));
    tale.answer(exit);
    fill(tale, exit, shares(50), 'TAKER');
    tale.wait(2 * DAY_MS);
    tale.input({ ...tale.started, runId: 'run-2' });
    expect(tale.rows('cd_positions')).toMatchObject([
      { id: expect.stringMatching(/^run-1\//), order_id: entry.orderId, exit_order_id: exit.orderId },
    ]);
  });
});

const REVIEW: DirectionalReview = {
  id: 9,
  atMs: T0 + 5,
  signals: 40,
  positions: 3,
  scores: { accuracy: 6, entry: 5, exit: 7, modelFitness: null, overall: 6 },
  suggestions: [{ name: 'CD_MIN_EDGE_PTS', value: 6, reason: 'thin edges lose', done: 'left to you' }],
  insights: ['one'],
  patterns: [],
  summary: 'so far so good',
  raw: '{}',
};

it('reviews are rows with their scores, and what was done about each suggestion', () => {
  const tale = createTale();
  tale.output({ kind: 'directional', ...{ note: { of: 'review', review: REVIEW } } });
  expect(tale.rows('cd_trade_analyses')).toEqual([
    {
      id: 'run-1/9',
      wallet: '0xwallet',
      analysis_type: 'post_trade',
      signals_analyzed: 40,
      positions_analyzed: 3,
      accuracy_score: 6,
      entry_score: 5,
      exit_score: 7,
      model_fitness_score: null,
      overall_score: 6,
      parameter_suggestions: JSON.stringify(REVIEW.suggestions),
      insights: '["one"]',
      patterns: '[]',
      summary: 'so far so good',
      raw_response: '{}',
      created_at_ms: T0 + 5,
    },
  ]);
});

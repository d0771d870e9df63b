import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChildProgram } from '../../src/app/demo/child-program.ts';
import { viewFromOutside } from '../../src/app/demo/outside-view.ts';
import { runSummaryOf } from '../../src/app/demo/run-demo.ts';
import { replayRun } from '../../src/app/recover.ts';
import type { RunSummary } from '../../src/app/run-summary.ts';
import type { Market, Outcome } from '../../src/domain/market.ts';
import type { Command } from '../../src/kernel/messages.ts';
import type { ChosenMarket } from '../../src/local-venue/catalogue/crypto-markets.ts';
import { journalOf, runFolders } from '../support/demo-pieces.ts';
import { type DirectionalStand, inMicro, openDirectionalStand } from '../support/directional-stand.ts';
import { approve, type Behaviour, exitIt, says } from '../support/scripted-claude.ts';

const MINUTE_MS = 60_000;
const inMinutes = (minutes: number): number =>
  Math.ceil((Date.now() + minutes * MINUTE_MS) / MINUTE_MS) * MINUTE_MS;

/** Far from where the coins of the local world stand, so that their own small moves decide nothing. */
const laterMs = inMinutes(180);
const listedMs = Date.now();
const monthMs = inMinutes(30 * 24 * 60);
const above = (coin: string, strikeUsd: number, endMs = laterMs): ChosenMarket => ({
  coin,
  payoff: { kind: 'close', direction: 'above', strikeUsd, endMs },
});
const touch = (
  coin: string,
  direction: 'above' | 'below',
  strikeUsd: number,
  endMs: number,
): ChosenMarket => ({
  coin,
  payoff: { kind: 'touch', direction, strikeUsd, startMs: listedMs, endMs },
});

/** One market for each way in which a directional position ends, and some that never become one. */
const CHOSEN = {
  stopped: above('BTC', 88_000),
  tookProfit: above('ETH', 3_000),
  edgeReversed: above('SOL', 172),
  expiry: above('XRP', 2, inMinutes(60)),
  won: touch('DOGE', 'above', 0.2425, monthMs),
  lost: touch('BNB', 'below', 600, laterMs),
  unfilled: above('BTC', 87_000),
  /** Worth what it costs, so it is left to market-making. */
  fair: above('BTC', 97_000, monthMs),
} satisfies Record<string, ChosenMarket>;
type Name = keyof typeof CHOSEN;

const HELD: readonly Name[] = ['stopped', 'tookProfit', 'edgeReversed', 'expiry', 'won', 'lost'];
const ENTERED: readonly Name[] = [...HELD, 'unfilled'];
const outcomeIn = (name: Name): Outcome => (name === 'lost' ? 'NO' : 'YES');
/** What others bid for the outcome that is bought, in cents: the entry joins them. */
const ENTRY_CENTS = 55;

const SETTINGS: Readonly<Record<string, string>> = {
  CD_CYCLE_MINUTES: '0.1',
  CD_EXIT_CHECK_SECONDS: '1',
  CD_MIN_HOURS_TO_EXPIRY: '0',
  CD_MAX_POSITION_PCT: '0.1',
  CD_MAX_CONCURRENT_POSITIONS: '20',
  // An entry that rests is replaced each cycle, and each counts.
  CD_MAX_TRADES_PER_DAY: '10000',
  CD_MAX_DAILY_PCT: '100',
  CD_MAX_PRICE_AGE_SECONDS: '15',
  // Directional markets are too thin for market-making until a test says otherwise.
  MM_MIN_DEPTH_USD: '500',
  MM_EARLY_MARKET_MIN_DEPTH_USD: '500',
};
const DEEP_SHARES = 1_500;

let stand: DirectionalStand;
let worker: ChildProgram;
let cashBefore = 0;
const marketOf = (name: Name): Market => stand.marketOn(CHOSEN[name]);

beforeAll(async () => {
  // Orders that rest are gone about ten seconds after they were made, and not two minutes: longer than one cycle of the first run.
  stand = await openDirectionalStand('directional', Object.values(CHOSEN), { gtdEarlyMs: 175_000 });
  const review = says(
    JSON.stringify({
      scores: { accuracy: 7, entry: 6, exit: 8, modelFitness: 5, overall: 7 },
      suggestions: [{ name: 'CD_MIN_EDGE_PTS', value: 6, reason: 'small edges lost' }],
      insights: ['stops were hit early'],
      patterns: [],
      summary: 'six positions, one of each kind',
    }),
  );
  const check: Behaviour = (question) => (question.kind === 'trade' ? approve : exitIt)(question);
  stand.claude.script({ tier: 'haiku', does: check });
  stand.claude.script({ tier: 'opus', does: review });
});
afterAll(() => stand.stop());

/** The book at which an entry is wanted, in YES cents. */
const quoteAtEntry = (name: Name, size?: number): Promise<void> =>
  stand.quote(marketOf(name), {
    ...(outcomeIn(name) === 'YES'
      ? { bid: ENTRY_CENTS, ask: ENTRY_CENTS + 3 }
      : { bid: 100 - ENTRY_CENTS - 3, ask: 100 - ENTRY_CENTS }),
    ...(size === undefined ? {} : { size }),
  });

const positionOf = (name: Name): Record<string, unknown> | null =>
  stand.rows('SELECT * FROM cd_positions WHERE market_id = ?', marketOf(name).conditionId)[0] ?? null;

const signalsIn = (name: Name): Record<string, unknown>[] =>
  stand.rows(
    'SELECT * FROM cd_signals WHERE market_id = ? ORDER BY created_at_ms',
    marketOf(name).conditionId,
  );

const closedOf = (name: Name): Promise<Record<string, unknown>> =>
  stand.until(`the position "${name}" to be closed`, () => {
    const position = positionOf(name);
    return position?.closed_at_ms == null ? null : position;
  });

/** Somebody sells to the entry that rests in the market, until it holds shares. */
async function fillEntry(name: Name): Promise<void> {
  const market = marketOf(name);
  await stand.until(`the entry "${name}" to fill`, async () => {
    if (stand.ordersOf(market).length > 0) await stand.sellInto(market, outcomeIn(name), ENTRY_CENTS);
    if (stand.traded(market, outcomeIn(name)).bought > 0) return true;
    await quoteAtEntry(name);
    return null;
  });
}

describe('directional trading on the local venue', () => {
  it('enters after confirmations with orders that rest and are replaced, and holds nothing before one fills', {
    timeout: 300_000,
  }, async () => {
    for (const name of ENTERED) await quoteAtEntry(name);
    await stand.quote(marketOf('fair'), { bid: 48, ask: 53, size: DEEP_SHARES });
    cashBefore = await stand.cashMicroUsd();
    worker = stand.startWorker(SETTINGS);

    for (const name of ENTERED) {
      const order = await stand.until(
        `an entry in "${name}"`,
        () => stand.ordersOf(marketOf(name))[0] ?? null,
      );
      expect(order).toMatchObject({
        side: 'BUY',
        outcome: outcomeIn(name),
        price: ENTRY_CENTS * 100,
        orderType: 'GTD',
        postOnly: true,
      });
      const signals = await stand.until(`word of the entry in "${name}"`, () => {
        const told = signalsIn(name);
        const first = told.findIndex(({ action }) => action === 'entered');
        return first === -1 ? null : told.slice(0, first + 1);
      });
      expect(signals.map(({ action }) => action)).toContain('confirming');
      expect(Number(signals.at(-1)?.confirmation_count)).toBeGreaterThanOrEqual(2);
    }
    expect(stand.rows('SELECT * FROM cd_positions')).toEqual([]);
    expect(stand.ordersOf(marketOf('fair')).every(({ orderType }) => orderType === 'GTC')).toBe(true);

    const market = marketOf('unfilled');
    const resting = (): string | null => stand.ordersOf(market)[0]?.id ?? null;
    const first = await stand.until('a resting entry', resting);
    await stand.until('the resting entry to be replaced', () => {
      const id = resting();
      return id !== null && id !== first ? true : null;
    });
    await stand.quote(market, { bid: 96, ask: 98 });
    await stand.until('the entry without an edge to go', () =>
      stand.ordersOf(market).length === 0 ? true : null,
    );
  });

  it('exits by each of its four causes, and is paid or not where a market is resolved', {
    timeout: 400_000,
  }, async () => {
    for (const name of HELD) await fillEntry(name);
    for (const name of HELD) if (name !== 'lost') await quoteAtEntry(name);
    // Worth quoting for others now, but for what is held in it.
    await quoteAtEntry('won', DEEP_SHARES);
    await stand.quote(marketOf('lost'), {});
    for (const name of HELD)
      await stand.until(`a row for "${name}"`, () => (positionOf(name) === null ? null : true));
    expect(await stand.command('settings', ['set', 'CD_ENABLED', 'false'])).toMatchObject({ ok: true });

    await stand.quote(marketOf('stopped'), { bid: 36, ask: 40 });
    await stand.quote(marketOf('tookProfit'), { bid: 78, ask: 81 });
    stand.steer('SOL', 140);
    stand.steer('DOGE', 0.25);
    stand.steer('BNB', 590);
    for (const name of ['stopped', 'tookProfit', 'edgeReversed'] as const) await closedOf(name);

    expect(await stand.command('settings', ['set', 'CD_EXIT_BEFORE_EXPIRY_MINUTES', '90'])).toMatchObject({
      ok: true,
      applies: 'now',
    });
    await closedOf('expiry');
    await stand.until('market-making to quote the fair market', () =>
      stand.ordersOf(marketOf('fair')).length >= 2 ? true : null,
    );
    expect(stand.ordersOf(marketOf('won'))).toEqual([]);
    await stand.venue.state.resolveMarket(marketOf('won').conditionId, 'YES');
    await stand.venue.state.resolveMarket(marketOf('lost').conditionId, 'YES');
    for (const name of ['won', 'lost'] as const) await closedOf(name);
    await stand.until('the winning shares to be redeemed', async () => {
      const { yesTokenId } = marketOf('won');
      const { tokens } = await stand.venue.state.balances(stand.wallet, [yesTokenId]);
      return tokens[0] === 0 ? true : null;
    });
    expect(await worker.stop(110_000), stand.lines.slice(-20).join('\n')).toBe(true);
  });

  it('leaves tables that equal what the venue has seen, to the micro-dollar, and books without residuals', async () => {
    const expected: Record<string, readonly [string, string]> = {
      stopped: ['stopped', 'stopped'],
      tookProfit: ['took_profit', 'tookProfit'],
      edgeReversed: ['closed', 'edgeReversed'],
      expiry: ['closed', 'expiry'],
      won: ['closed', 'resolved'],
      lost: ['closed', 'resolved'],
    };
    const rows = stand.rows('SELECT * FROM cd_positions');
    expect(rows).toHaveLength(HELD.length);
    let profit = 0;
    for (const name of HELD) {
      const row = positionOf(name) ?? {};
      const seen = stand.traded(marketOf(name), outcomeIn(name));
      expect([row.status, row.exit_reason], name).toEqual(expected[name]);
      expect(row.outcome).toBe(outcomeIn(name));
      expect(inMicro(row.shares), name).toBe(seen.bought);
      expect(inMicro(row.shares_held), name).toBe(0);
      expect(Number(row.entry_price), name).toBeCloseTo(seen.paid / seen.bought, 9);
      expect(inMicro(row.fees), name).toBe(seen.fees);
      const isResolved = name === 'won' || name === 'lost';
      expect(seen.sold, name).toBe(isResolved ? 0 : seen.bought);
      const payout = name === 'won' ? seen.bought : 0;
      expect(inMicro(row.pnl_realized), name).toBe(seen.got + payout - seen.paid - seen.fees);
      profit += inMicro(row.pnl_realized);
    }
    const run = await expectSoundEnd(worker);
    // Market-making has split dollars into pairs for what it quotes, and sold none of them.
    const inPairs = inMicro(run.splitUsd - run.mergedUsd);
    expect(profit).toBe((await stand.cashMicroUsd()) + inPairs - cashBefore);
    expect(stand.tradesOf(marketOf('unfilled'))).toEqual([]);
    expect(stand.tradesOf(marketOf('fair'))).toEqual([]);
    expect(positionOf('edgeReversed')?.ai_validation).toMatch(/^exit: the odds have turned/);
  });

  it('quotes no market that is directional, and sells nothing that it does not hold', async () => {
    const held = new Map<string, number>();
    const directional = new Set(ENTERED.map((name) => marketOf(name).conditionId as string));
    const quoted = new Set<string>();
    for (const { dir, kind, body } of await journalOf(runFolders(stand.dataDir)[0] ?? '')) {
      if (dir !== 'out' || kind !== 'place') continue;
      for (const { request } of (body as Extract<Command, { kind: 'place' }>).orders) {
        const { clientId, conditionId, side } = request;
        if (!directional.has(conditionId)) quoted.add(conditionId);
        else expect(clientId).toMatch(side === 'BUY' ? /^e-\d+$/ : /^x-\d+$/);
      }
    }
    expect(quoted).toContain(marketOf('fair').conditionId);
    for (const trade of stand.venue.state.trades(stand.wallet)) {
      const isSale = trade.takerOwner === stand.wallet && trade.side === 'SELL';
      const before = held.get(trade.tokenId) ?? 0;
      if (isSale) expect(before).toBeGreaterThanOrEqual(trade.size);
      const made = trade.makers
        .filter(({ owner }) => owner === stand.wallet)
        .reduce((sum, { size }) => sum + size, 0);
      const token = isSale
        ? trade.tokenId
        : (trade.makers.find(({ owner }) => owner === stand.wallet)?.tokenId ?? '');
      held.set(token, (held.get(token) ?? 0) + (isSale ? -trade.size : made));
    }
  });

  it('explains an entry by its signal and by what the model said, and an exit by its cause', async () => {
    const ids = String(positionOf('stopped')?.client_ids).split(' ');
    const [entry, exit] = [ids.find((id) => id.startsWith('e-')), ids.find((id) => id.startsWith('x-'))];
    const whyEntry = (await stand.command('why', [entry ?? '', '--data', stand.dataDir])) as Explained;
    expect(whyEntry.directional).toMatchObject({
      role: 'entry',
      signal: {
        action: 'entered',
        coin: 'BTC',
        outcome: 'YES',
        aiValidation: expect.stringMatching(/^approved \(0\.9\): nothing speaks against it/),
      },
    });
    const whyExit = (await stand.command('why', [exit ?? '', '--data', stand.dataDir])) as Explained;
    expect(whyExit.directional).toMatchObject({
      role: 'exit',
      exit: { cause: 'stopped', why: expect.stringMatching(/below entry, the stop is 15\.0 points/) },
    });
  });

  it('is reviewed at the next start, which enters nothing while entries are off, and replaces an entry that expires', {
    timeout: 400_000,
  }, async () => {
    worker = stand.startWorker({ ...SETTINGS, CD_CYCLE_MINUTES: '0.4', CD_CONFIRMATION_CYCLES: '1' });
    await stand.until('a review', () =>
      stand.rows('SELECT * FROM cd_trade_analyses').length > 0 ? true : null,
    );
    for (const name of ENTERED) expect(stand.ordersOf(marketOf(name))).toEqual([]);
    for (const name of HELD) await stand.quote(marketOf(name), {});
    const market = marketOf('unfilled');
    await quoteAtEntry('unfilled');
    expect(await stand.command('settings', ['unset', 'CD_ENABLED'])).toMatchObject({ ok: true });
    const resting = (): string | null => stand.ordersOf(market)[0]?.id ?? null;
    const first = await stand.until('an entry', resting);
    await stand.until('the entry to expire', () => (resting() === null ? true : null));
    const second = await stand.until('another entry', resting);
    expect(await worker.stop(110_000), stand.lines.slice(-20).join('\n')).toBe(true);

    expect(second).not.toBe(first);
    const run = await expectSoundEnd(worker);
    const cancelled = (await journalOf(run.directory)).flatMap(({ dir, kind, body }) =>
      dir === 'out' && kind === 'cancel' ? (body as Extract<Command, { kind: 'cancel' }>).orderIds : [],
    );
    expect(cancelled).not.toContain(first);
    expect(stand.rows('SELECT * FROM cd_trade_analyses')).toEqual([
      expect.objectContaining({ overall_score: 7, positions_analyzed: HELD.length }),
    ]);
    expect(stand.rows('SELECT * FROM cd_positions')).toHaveLength(HELD.length);
  });
});

interface Explained {
  readonly directional: unknown;
}

/** What the run says of itself, what venue and chain say of it, and what a replay says. */
async function expectSoundEnd(ended: ChildProgram): Promise<RunSummary> {
  const run = runSummaryOf(ended.lastLine());
  expect(run, stand.lines.slice(-20).join('\n')).toMatchObject({
    ok: true,
    ledgerResidualMicroUsd: 0,
    chainResidualMicroUsd: 0,
    pnlIdentityResidualMicroUsd: 0,
    openOrdersAtExit: 0,
  });
  if (run === null) throw new Error('the worker left no summary');
  const { urls, chain, accounts } = stand.venue;
  const outside = await viewFromOutside(
    {
      ready: true,
      ...urls,
      chainId: chain.chainId,
      contracts: { ...chain.contracts },
      accounts: [...accounts],
    },
    stand.wallet,
    run.holdings,
  );
  expect(outside).toEqual({ openOrders: 0, chainResidualMicroUsd: 0 });
  expect((await replayRun(run.directory, false)).replayed).toMatchObject({ difference: null });
  return run;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Side } from '../domain/market.ts';
import type { TransferKind } from '../domain/wallet-transfer.ts';
import type { Command } from './messages.ts';
import {
  accept,
  book,
  conditionId,
  confirmCancels,
  DAY_MS,
  dollars,
  feedsUp,
  fillOf,
  laterProcess,
  market,
  ofKind,
  placed,
  quoteIntent,
  reconcile,
  runStarted,
  type ScriptedLoop,
  scriptedLoop,
  shares,
  strategySettings,
  type TestKernel,
  trading,
  wakes,
  yesToken,
} from './test-support/test-kernel.ts';

/** What may happen to an account without anything being won or lost. The mid is 40 cents. */
type Move =
  | { readonly kind: 'trade'; readonly side: Side; readonly size: number; readonly fails: boolean }
  | { readonly kind: 'split' | 'merge'; readonly size: number; readonly reverts: boolean }
  | { readonly kind: 'deposit' | 'withdrawal' | 'tokensIn' | 'tokensOut'; readonly amount: number };

const size = fc.integer({ min: 5, max: 40 });
const moves = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('trade' as const),
      side: fc.constantFrom<Side>('BUY', 'SELL'),
      size,
      fails: fc.boolean(),
    }),
    fc.record({ kind: fc.constantFrom('split', 'merge'), size, reverts: fc.boolean() }),
    fc.record({
      kind: fc.constantFrom('deposit', 'withdrawal', 'tokensIn', 'tokensOut'),
      amount: fc.integer({ min: 1, max: 60 }),
    }),
  ),
  { minLength: 1, maxLength: 12 },
) as fc.Arbitrary<Move[]>;

const settings = strategySettings({ maxPerMarketUsd: 1_000, maxSplitPerMarketUsd: 1_000 });

interface Account {
  readonly test: TestKernel;
  readonly script: ScriptedLoop['script'];
  block: number;
  made: number;
}

/** An account that has lost a little: 200 YES have come from 50 to 40 cents. */
function afterLoss(): Account {
  const { loop, script } = scriptedLoop();
  const test = trading([loop], settings, [market(1)], { cash: 1_000, tokens: { 11: 200 } });
  wakes(test, 2, 1_000);
  test.step(book(1, 37, 43));
  wakes(test, 3, 1_000);
  return { test, script, block: 1, made: 0 };
}

/** Every command of the loop's next run. */
const act = ({ test }: Account): Command[] => wakes(test, 1, 10_000);

function trade(account: Account, { side, size: wanted, fails }: Extract<Move, { kind: 'trade' }>): void {
  const { test, script } = account;
  script.push([quoteIntent(1, [[side, 40, wanted]])]);
  const commands = act(account);
  accept(test, commands);
  for (const request of placed(commands)) {
    account.made += 1;
    const name = `trade-${account.made}`;
    const told = (status: 'MATCHED' | 'MINED' | 'CONFIRMED' | 'FAILED') =>
      test.step({ kind: 'fill', fill: fillOf(request, name, request.size / 1e6, status, test.nowMs) }, 1_000);
    told('MATCHED');
    told('MINED');
    told(fails ? 'FAILED' : 'CONFIRMED');
  }
  script.push([quoteIntent(1, [])]);
  confirmCancels(test, act(account));
}

function transact(account: Account, move: Extract<Move, { kind: 'split' | 'merge' }>): void {
  const { test, script } = account;
  const amount = shares(move.size);
  script.push([{ kind: 'transact', action: move.kind, conditionId: conditionId(1), amount, why: 'test' }]);
  for (const { transaction } of ofKind(act(account), 'transact')) {
    account.made += 1;
    const { txKey } = transaction.request;
    test.step({ kind: 'transactionPrepared', txKey, hash: `0x${txKey}`, nonce: account.made });
    wakes(test, 1, 1_500);
    const status = move.reverts ? 'reverted' : 'confirmed';
    test.step({ kind: 'transactionEnded', txKey, status, text: '' });
  }
}

function transfer(account: Account, kind: TransferKind, amount: number): void {
  const { test } = account;
  account.block += 1;
  account.made += 1;
  const isToken = kind === 'tokensIn' || kind === 'tokensOut';
  const sign = kind === 'withdrawal' || kind === 'tokensOut' ? -1 : 1;
  const txHash = `0xtransfer${account.made}`;
  test.step({
    kind: 'transfersRead',
    afterBlock: account.block - 1,
    toBlock: account.block,
    finalBlock: account.block,
    transfers: [
      {
        key: `${txHash}/0/0`,
        kind,
        asset: isToken ? yesToken(1) : 'USD',
        amount: sign * dollars(amount),
        counterparty: '0xsomebody',
        txHash,
        blockNumber: account.block,
      },
    ],
    askedAtMs: test.nowMs,
  });
}

/** What may become of the account of `afterLoss` while its book moves, in cents and dollars. */
interface Turn {
  /** What the shares are worth from now on. */
  readonly midCents: number;
  /** Put in, or taken out where it is below 0. */
  readonly usd: number;
  /** The transfer comes while nobody bids near the mid; with `isSeen` a look falls into that moment, too. */
  readonly isThin: boolean;
  readonly isSeen: boolean;
}

const turns: fc.Arbitrary<Turn[]> = fc.array(
  fc.record({
    midCents: fc.integer({ min: 20, max: 60 }),
    usd: fc.integer({ min: -300, max: 600 }),
    isThin: fc.boolean(),
    isSeen: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

const SHARES = 200;
const bookAt = (midCents: number) => book(1, midCents - 3, midCents + 3);
/** As wide as it can be around the same mid, so that shares are marked far below it. */
const thinBookAt = (midCents: number) =>
  midCents < 50 ? book(1, 2, 2 * midCents - 2) : book(1, 2 * midCents - 98, 98);

/**
 * The account as a fund: deposits buy parts of it and withdrawals sell them, both at what a part is worth, so that what a part has
 * lost since its best and since the first look is what the account has lost by trading.
 */
function createFund() {
  let parts = 1;
  let cash = 1_000;
  let best = cash + SHARES * 0.5;
  const first = best;
  return {
    transfer(usd: number, midCents: number) {
      parts *= 1 + usd / (cash + (SHARES * midCents) / 100);
      cash += usd;
    },
    /** Percent below the best, and below the first. */
    losses(midCents: number) {
      const part = (cash + (SHARES * midCents) / 100) / parts;
      best = Math.max(best, part);
      return { drawdownPct: 100 * (1 - part / best), dayPct: 100 * (1 - part / first) };
    },
    canSpare: (usd: number) => cash + usd > 50,
  };
}

function play(account: Account, move: Move): void {
  if (move.kind === 'trade') trade(account, move);
  else if ('amount' in move) transfer(account, move.kind, move.amount);
  else transact(account, move);
}

describe('losses, through the kernel and its real inputs', () => {
  it('do not change by a purchase, a sale, a split, a merge, a deposit or a withdrawal, failed or not', () => {
    const met: Record<string, number> = {};
    fc.assert(
      fc.property(moves, (all) => {
        const account = afterLoss();
        const { losses } = account.test.state;
        // 20 of 1,100 dollars.
        expect(losses.drawdown.drawdownPct).toBeCloseTo((100 * 20) / 1_100, 6);
        for (const move of all) {
          const before = account.made;
          play(account, move);
          if (account.made > before) met[move.kind] = (met[move.kind] ?? 0) + 1;
          wakes(account.test, 3, 1_000);
          expect(losses.drawdown.drawdownPct).toBeCloseTo((100 * 20) / 1_100, 3);
          expect(losses.day.lossPct).toBeCloseTo((100 * 20) / 1_100, 3);
        }
      }),
      { numRuns: 60 },
    );
    for (const kind of ['trade', 'split', 'merge', 'deposit', 'withdrawal', 'tokensIn', 'tokensOut'])
      expect(met[kind], kind).toBeGreaterThan(3);
  });

  it('are those of a fund that deposits buy parts of, also where a book is thin in that moment', () => {
    const met = { thin: 0, seen: 0, out: 0 };
    fc.assert(
      fc.property(turns, (all) => {
        const account = afterLoss();
        const { test } = account;
        const fund = createFund();
        let midCents = 40;
        for (const turn of all) {
          if (!fund.canSpare(turn.usd) || turn.usd === 0) continue;
          if (turn.isThin) test.step(thinBookAt(midCents));
          if (turn.isThin && turn.isSeen) wakes(test, 1, 1_000);
          transfer(account, turn.usd > 0 ? 'deposit' : 'withdrawal', Math.abs(turn.usd));
          fund.transfer(turn.usd, midCents);
          met.thin += turn.isThin ? 1 : 0;
          met.seen += turn.isThin && turn.isSeen ? 1 : 0;
          met.out += turn.usd < 0 ? 1 : 0;
          for (const cents of [midCents, turn.midCents]) {
            test.step(bookAt(cents));
            wakes(test, 3, 1_000);
            const expected = fund.losses(cents);
            expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo(expected.drawdownPct, 3);
            expect(test.state.losses.day.lossPct).toBeCloseTo(expected.dayPct, 3);
          }
          midCents = turn.midCents;
        }
      }),
      { numRuns: 60 },
    );
    expect(met.thin).toBeGreaterThan(20);
    expect(met.seen).toBeGreaterThan(10);
    expect(met.out).toBeGreaterThan(10);
  });

  it.each(['tokensIn', 'tokensOut'] as const)(
    'do not change by %s, whether the book is thin for a moment or for long',
    (kind) => {
      for (const looks of [0, 1, 5]) {
        const account = afterLoss();
        const { test } = account;
        test.step(thinBookAt(40));
        wakes(test, looks, 1_000);
        transfer(account, kind, 60);
        if (looks < 3) test.step(bookAt(40));
        wakes(test, 3, 1_000);
        // Of 1,100 dollars 20 were lost before; where nobody bids for long, a share is worth 8 cents and not 50.
        const lost = looks < 3 ? 20 : 84;
        expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo((100 * lost) / 1_100, 3);
        expect(test.state.losses.day.lossPct).toBeCloseTo((100 * lost) / 1_100, 3);
      }
    },
  );

  it('change by a purchase only by its price against the mid, and by rewards once they are paid, not while they are open', () => {
    fc.assert(
      fc.property(fc.integer({ min: 38, max: 42 }), size, (at, wanted) => {
        const account = afterLoss();
        const { test, script } = account;
        script.push([quoteIntent(1, [['BUY', at, wanted]])]);
        const commands = act(account);
        accept(test, commands);
        const [request] = placed(commands);
        if (request === undefined) throw new Error('expected an order');
        test.step({ kind: 'fill', fill: fillOf(request, 'trade', wanted, 'MATCHED', test.nowMs) });
        wakes(test, 3, 1_000);
        const worth = 1_080 + (wanted * (40 - at)) / 100;
        expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo(100 * (1 - worth / 1_100), 6);
        const askedAtMs = test.nowMs;
        test.step({
          kind: 'earningsRead',
          date: '2026-09-21',
          byMarket: [[conditionId(1), dollars(50)]],
          askedAtMs,
        });
        wakes(test, 3, 1_000);
        expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo(100 * (1 - worth / 1_100), 6);
        transfer(account, 'reward', 10);
        wakes(test, 3, 1_000);
        expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo(
          100 * Math.max(0, 1 - (worth + 10) / 1_100),
          6,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('W25: show the outcome of a market that has ended, whether or not it can be redeemed yet', () => {
    const { test } = afterLoss();
    test.step({ kind: 'marketResolved', conditionId: conditionId(1), winner: 'NO' });
    wakes(test, 3, 1_000);
    expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo((100 * 100) / 1_100, 6);
    test.step({ kind: 'marketResolved', conditionId: conditionId(1), winner: 'YES' });
    wakes(test, 3, 1_000);
    expect(test.state.losses.drawdown).toMatchObject({ drawdownPct: 0, highWaterUsd: dollars(1_200) });
  });

  it('mark what is held cautiously where the book is wide or empty on the side that would buy it', () => {
    const { test } = afterLoss();
    const asks = book(1, 37, 43).asks;
    test.step({ ...book(1, 37, 43), bids: [], asks });
    wakes(test, 3, 1_000);
    // Nobody bids: half the widest spread above nothing, 6 cents a share.
    expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo(100 * (1 - 1_012 / 1_100), 6);
    test.step(book(1, 20, 60));
    wakes(test, 3, 1_000);
    expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo(100 * (1 - 1_052 / 1_100), 6);
    // A book that is not live says nothing.
    test.step({ kind: 'bookUntrusted', conditionId: conditionId(1), reason: 'gap' });
    wakes(test, 3, 1_000);
    expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo((100 * 20) / 1_100, 6);
  });
});

describe('W10: the first value', () => {
  it('W10: is known once the wallet was read, and nothing halts before', () => {
    const test = trading([], settings, [market(1)], { cash: 40 });
    wakes(test, 3, 1_000);
    expect(test.state.losses.drawdown).toMatchObject({
      highWaterUsd: dollars(40),
      drawdownPct: 0,
      verdict: 'ok',
    });
    expect(test.state.trading.mode).toBe('active');
  });
});

describe('a limit on losses', () => {
  it('forgets nothing by a pause and a resume while it holds nothing back', () => {
    const { test } = afterLoss();
    // 90 dollars of 1,100: 200 YES from 50 to 5 cents.
    test.step(book(1, 2, 8));
    wakes(test, 3, 1_000);
    const before = structuredClone(test.state.losses);
    expect(before.drawdown.drawdownPct).toBeCloseTo((100 * 90) / 1_100, 6);
    test.step({ kind: 'operator', order: 'pause', by: 'me', reason: 'lunch' });
    wakes(test, 3, 1_000);
    test.step({ kind: 'operator', order: 'resume', by: 'me', reason: 'back' });
    wakes(test, 3, 1_000);
    expect(test.state.losses).toMatchObject({ drawdown: before.drawdown, day: before.day });
  });

  it('outlives a restart with since when it stands, and trading goes on only once a person or the day has cleared it', () => {
    const { test } = afterLoss();
    // 200 YES from 50 to 1 cent are 98 dollars of 1,100, and a limit of 8 % for the day.
    const tight = { ...settings, trading: { ...settings.trading, stopLossPercent: 8 } };
    test.step({ kind: 'settingsChanged', settings: tight, by: 'test' });
    test.step({ kind: 'marketResolved', conditionId: conditionId(1), winner: 'NO' });
    wakes(test, 3, 1_000);
    expect(test.state.trading.mode).toBe('halted');
    const standing = test.state.trading.blocks.get('dailyStopLoss');
    expect(standing?.why).toMatch(/9\.1 % lost since the start of the UTC day, limit 8 %/);
    const next = laterProcess(test, [], 60_000);
    next.step(runStarted('run-2', tight));
    feedsUp(next);
    reconcile(next, { tokens: { 11: 200 } });
    wakes(next, 3, 1_000);
    expect(next.state.trading.mode).toBe('halted');
    expect(next.state.trading.blocks.get('dailyStopLoss')).toEqual(standing);
    const midnightMs = (Math.floor(next.nowMs / DAY_MS) + 1) * DAY_MS;
    expect(next.kernel.nextWakeAtMs()).toBeLessThanOrEqual(midnightMs);
    wakes(next, 1, midnightMs - next.nowMs);
    expect(next.state.trading.mode).toBe('starting');
    wakes(next, 1, 1);
    reconcile(next, { tokens: { 11: 200 } });
    expect(next.state.trading.mode).toBe('active');
  });
});

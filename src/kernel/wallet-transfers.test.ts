import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TokenId } from '../domain/market.ts';
import type { TransferKind, WalletTransfer } from '../domain/wallet-transfer.ts';
import { booksResidual, profitParts } from '../orders/books.ts';
import { balanceOf } from '../orders/ledger.ts';
import { decodeState, encodeState } from './codec.ts';
import { equityOf } from './gate-view.ts';
import type { Input } from './messages.ts';
import type { KernelState } from './state.ts';
import {
  balances,
  conditionId,
  dollars,
  feedsUp,
  laterProcess,
  market,
  ofKind,
  runStarted,
  scriptedLoop,
  shares,
  type TestKernel,
  testKernel,
  trading,
  wakes,
  yesToken,
} from './test-support/test-kernel.ts';

const transfer = (
  kind: TransferKind,
  amount: number,
  blockNumber: number,
  change: Partial<WalletTransfer> = {},
): WalletTransfer => ({
  key: `0x${kind}${amount}${blockNumber}/0/0`,
  kind,
  asset: 'USD',
  amount,
  counterparty: '0xsomebody',
  txHash: `0x${kind}${amount}${blockNumber}`,
  blockNumber,
  ...change,
});

const read = (
  test: TestKernel,
  transfers: readonly WalletTransfer[],
  blocks: { readonly after: number; readonly to: number; readonly final?: number },
): Extract<Input, { kind: 'transfersRead' }> => ({
  kind: 'transfersRead',
  afterBlock: blocks.after,
  toBlock: blocks.to,
  finalBlock: blocks.final ?? blocks.to,
  transfers,
  askedAtMs: test.nowMs,
});

/** A wallet of 1,000 dollars whose books were opened at block 1. */
const opened = (): TestKernel => trading([scriptedLoop().loop]);
const walletAt = (test: TestKernel, block: number, cash: number, tokens: Record<string, number> = {}) => ({
  ...balances(test, { cash, tokens }),
  blockNumber: block,
});
const residuals = ({ state }: TestKernel): number =>
  booksResidual(state.books, (id) => state.markets.get(id)?.market ?? null);
const cashOf = ({ state }: TestKernel): number => balanceOf(state.books.ledger, 'own.final', 'USD');

describe('money that moves by itself', () => {
  it('is booked each as its own kind, and the chain agrees in the same read', () => {
    const test = opened();
    const moved = [
      transfer('deposit', dollars(50), 2),
      transfer('reward', dollars(3), 3),
      transfer('rebate', dollars(2), 3),
      transfer('withdrawal', -dollars(20), 4),
    ];
    test.step(read(test, moved, { after: 1, to: 5 }));
    const commands = test.step(walletAt(test, 5, 1_035));
    expect(ofKind(commands, 'notify').filter(({ level }) => level === 'alarm')).toEqual([]);
    expect(profitParts(test.state.books)).toMatchObject({
      externalUsd: dollars(1_030),
      rewardsUsd: dollars(3),
      rebatesUsd: dollars(2),
      cashUsd: dollars(1_035),
    });
    expect(test.state.reconciliation.chain).toMatchObject({ blockNumber: 5, cashResidual: 0 });
    expect(test.state.counts.transfers).toMatchObject({
      deposit: dollars(50),
      withdrawal: -dollars(20),
      reward: dollars(3),
      rebate: dollars(2),
    });
    expect(residuals(test)).toBe(0);
  });

  it('counts once, however often and in whatever order it is told', () => {
    const all = [2, 3, 4, 5, 6].map((block) => transfer('deposit', dollars(block), block));
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.nat({ max: 3 })),
        ),
        (reads) => {
          const test = opened();
          for (const [after, to, depth] of [...reads, [1, 6, 0] as const]) {
            const part = all.filter(({ blockNumber }) => blockNumber > after && blockNumber <= to);
            test.step(read(test, part, { after, to: Math.max(after, to), final: to - depth }));
          }
          expect(cashOf(test)).toBe(dollars(1_020));
          expect(residuals(test)).toBe(0);
        },
      ),
    );
  });

  it('explains a balance before it is final, and is booked only then', () => {
    const test = opened();
    const deposit = transfer('deposit', dollars(50), 9);
    test.step(read(test, [deposit], { after: 1, to: 10, final: 6 }));
    test.step(walletAt(test, 10, 1_050));
    expect(test.state.reconciliation.chain).toMatchObject({ blockNumber: 10, cashResidual: 0 });
    expect(cashOf(test)).toBe(dollars(1_000));
    // A reorganisation takes it back: nobody has believed in it.
    test.step(read(test, [], { after: 6, to: 11, final: 7 }));
    test.step(walletAt(test, 11, 1_000));
    expect(test.state.reconciliation.chain).toMatchObject({ blockNumber: 11, cashResidual: 0 });
    test.step(read(test, [{ ...deposit, blockNumber: 12 }], { after: 7, to: 30, final: 26 }));
    test.step(walletAt(test, 30, 1_050));
    expect(cashOf(test)).toBe(dollars(1_050));
    expect(test.state.reconciliation.chain).toMatchObject({ blockNumber: 30, cashResidual: 0 });
  });

  it('that no transfer explains is told of, also at the start of a run', () => {
    const test = opened();
    test.step(read(test, [transfer('deposit', dollars(50), 2)], { after: 1, to: 3 }));
    const warnings = ofKind(test.step(walletAt(test, 3, 1_051)), 'notify').filter(
      ({ level }) => level === 'warning',
    );
    expect(warnings.map(({ text }) => text)).toEqual([
      'chain and books differ: cash by 1000000 micro-USD, tokens by 0 micro-shares; trades and wallet are read again',
    ]);
    test.state.endedClean = true;
    const next = laterProcess(test, [scriptedLoop().loop], 1e6);
    next.step(runStarted('run-2'));
    feedsUp(next);
    next.step({ kind: 'tradesRead', fills: [], sinceMs: 0, askedAtMs: next.nowMs });
    next.step(read(next, [transfer('deposit', dollars(7), 4)], { after: 3, to: 5 }), 1_000);
    const later = next.step(walletAt(next, 5, 1_058));
    expect(
      ofKind(later, 'notify').some(({ level, text }) => level === 'warning' && text.includes('differ')),
    ).toBe(true);
    expect(next.state.reconciliation.chain).toMatchObject({ cashResidual: dollars(1) });
    expect(profitParts(next.state.books).externalUsd).toBe(dollars(1_057));
  });

  it('of our own transactions is left to their own news', () => {
    const test = splitting();
    const own = { txHash: '0xsplit', counterparty: '0xadapter' };
    const token = (n: 1 | 2) => transfer('tokensIn', shares(10), 2, { ...own, asset: `1${n}` as TokenId });
    test.step(
      read(test, [transfer('withdrawal', -dollars(10), 2, own), token(1), token(2)], { after: 1, to: 3 }),
    );
    expect(cashOf(test)).toBe(dollars(1_000));
    test.step({ kind: 'transactionEnded', txKey: 't-1', status: 'confirmed', text: '' });
    test.step({ ...walletAt(test, 3, 990, { 11: 10, 12: 10 }), askedAtMs: test.nowMs + 1 }, 2);
    expect(test.state.reconciliation.chain).toMatchObject({
      cashResidual: 0,
      tokenResidual: 0,
      blockNumber: 3,
    });
    expect(residuals(test)).toBe(0);
  });

  it('as tokens comes in at the mark, and is neither profit nor a change of drawdown', () => {
    const test = opened();
    const profit = () => equityOf(test.state) - profitParts(test.state.books).externalUsd;
    const asset = yesToken(1);
    test.step(read(test, [transfer('tokensIn', shares(10), 2, { asset })], { after: 1, to: 2 }));
    test.step(walletAt(test, 2, 1_000, { [asset]: 10 }));
    expect(test.state.books.positions.get(conditionId(1))?.yes.final).toBe(shares(10));
    expect(profit()).toBe(0);
    test.step(read(test, [transfer('tokensOut', -shares(4), 3, { asset })], { after: 2, to: 3 }));
    test.step(walletAt(test, 3, 1_000, { [asset]: 6 }));
    expect(profit()).toBe(0);
    expect(test.state.losses.drawdown.drawdownPct).toBe(0);
    expect(test.state.reconciliation.chain).toMatchObject({ tokenResidual: 0, blockNumber: 3 });
    expect(residuals(test)).toBe(0);
  });

  it('of a token that is new to the books is in its first balance, and counts once', () => {
    const test = opened();
    test.step({ kind: 'marketsListed', markets: [market(1), market(2)] });
    const asset = yesToken(2);
    const early = transfer('tokensIn', shares(10), 4, { asset });
    const late = transfer('tokensIn', shares(5), 6, { asset });
    test.step(read(test, [early], { after: 1, to: 5, final: 3 }));
    test.step(walletAt(test, 5, 1_000, { [asset]: 10 }));
    test.step(read(test, [early, late], { after: 3, to: 8 }));
    test.step(walletAt(test, 8, 1_000, { [asset]: 15 }));
    expect(test.state.books.positions.get(conditionId(2))?.yes.final).toBe(shares(15));
    expect(test.state.reconciliation.chain).toMatchObject({ tokenResidual: 0, blockNumber: 8 });
    expect(residuals(test)).toBe(0);
  });

  it('is compared with no wallet from before it was booked', () => {
    const test = opened();
    test.step(read(test, [transfer('deposit', dollars(50), 5)], { after: 1, to: 6 }));
    const commands = test.step(walletAt(test, 4, 1_000));
    expect(ofKind(commands, 'notify').filter(({ level }) => level === 'alarm')).toEqual([]);
  });

  it('is read from the next balances on where the state is from before anybody read it', () => {
    const test = opened();
    const state = decodeState(encodeState(test.state)) as KernelState;
    const { transfers: _, ...older } = state;
    const next = testKernel([scriptedLoop().loop], older as KernelState, test.nowMs + 1e6);
    next.step(runStarted('run-2'));
    feedsUp(next);
    next.step(read(next, [transfer('deposit', dollars(50), 7)], { after: 1, to: 8 }));
    expect(cashOf(next)).toBe(dollars(1_000));
    next.step({ kind: 'tradesRead', fills: [], sinceMs: 0, askedAtMs: next.nowMs });
    next.step({ ...walletAt(next, 8, 1_000), askedAtMs: next.nowMs });
    expect(next.state.transfers.bookedToBlock).toBe(8);
    next.step(read(next, [transfer('deposit', dollars(50), 9)], { after: 8, to: 9 }));
    next.step(walletAt(next, 9, 1_050));
    expect(next.state.reconciliation.chain).toMatchObject({ blockNumber: 9, cashResidual: 0 });
  });

  it('moves the high-water mark unless it was earned', () => {
    const test = opened();
    test.state.losses.drawdown.highWaterUsd = dollars(1_250);
    wakes(test, 1, 1_000);
    expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo(20, 9);
    test.step(read(test, [transfer('withdrawal', -dollars(900), 2)], { after: 1, to: 2 }));
    test.step(walletAt(test, 2, 100));
    wakes(test, 3, 1_000);
    expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo(20, 9);
    test.step(read(test, [transfer('reward', dollars(12.5), 3)], { after: 2, to: 3 }));
    test.step(walletAt(test, 3, 112.5));
    wakes(test, 3, 1_000);
    expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo(10, 9);
  });
});

/** A split of ten pairs that was signed and sent. */
function splitting(): TestKernel {
  const { loop, script } = scriptedLoop();
  const test = trading([loop]);
  script.push([
    { kind: 'transact', action: 'split', conditionId: conditionId(1), amount: shares(10), why: 'to sell' },
  ]);
  expect(ofKind(wakes(test, 1, 10_000), 'transact')).toHaveLength(1);
  test.step({ kind: 'transactionPrepared', txKey: 't-1', hash: '0xsplit', nonce: 1 });
  return test;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WalletTransfer } from '../domain/wallet-transfer.ts';
import { dollars, shares } from '../kernel/test-support/test-kernel.ts';
import { bidAndAsk, createTale, tokenOf } from './test-support/tale.ts';

type Told = Pick<WalletTransfer, 'kind' | 'asset' | 'amount'>;

/** Tells of transfers, each in a block of its own after the one that opened the books. */
function teller(tale: ReturnType<typeof createTale>) {
  let block = 1;
  return (...told: readonly Told[]): void => {
    const afterBlock = block;
    const transfers = told.map((one): WalletTransfer => {
      block += 1;
      return { ...one, key: `0x${block}/0/0`, txHash: `0x${block}`, blockNumber: block, counterparty: '0xa' };
    });
    tale.input({
      kind: 'transfersRead',
      afterBlock,
      toBlock: block,
      finalBlock: block,
      transfers,
      askedAtMs: tale.nowMs(),
    });
  };
}

const usd = (kind: WalletTransfer['kind'], amount: number): Told => ({ kind, asset: 'USD', amount });

describe('money that moves by itself', () => {
  it('is profit where the venue paid it, on the lines that are for it, and no profit elsewhere', () => {
    const tale = createTale();
    const tell = teller(tale);
    tell(
      usd('reward', 1_500_000),
      usd('rebate', 20_000),
      usd('deposit', 50_000_000),
      usd('withdrawal', -7_000_000),
    );
    const { parts, total, residual } = tale.look();
    expect(parts).toMatchObject({ rewards: 1_500_000, rebates: 20_000 });
    expect([total, residual]).toEqual([1_520_000, 0]);
    expect(tale.rows('mm_daily_metrics')[0]).toMatchObject({
      rewards_micro_usd: 1_500_000,
      rebates_micro_usd: 20_000,
      total_micro_usd: 1_520_000,
      pnl_net: 1.52,
      portfolio_value: 1_044.52,
      residual_micro_usd: 0,
    });
  });

  it('adds up to the micro-dollar with fills and tokens between, whatever moves', () => {
    const kinds = fc.constantFrom('reward', 'rebate', 'deposit', 'withdrawal', 'tokensIn', 'tokensOut');
    const moves = fc.array(fc.tuple(kinds, fc.integer({ min: 1, max: 9_999_999 })), { maxLength: 12 });
    fc.assert(
      fc.property(moves, fc.integer({ min: 1, max: 40 }), (told, move) => {
        const tale = createTale();
        const tell = teller(tale);
        const token = tokenOf(1, 'YES');
        tale.input({
          kind: 'balancesRead',
          cash: dollars(1_000),
          tokens: [[token, shares(0)]],
          blockNumber: 1,
          askedAtMs: tale.nowMs(),
        });
        const [bid] = tale.place(...bidAndAsk(1, 47, 53, shares(10)));
        if (bid === undefined) throw new Error('two orders were placed');
        const fill = tale.trade(bid, shares(10));
        tale.tell(fill, 'MATCHED');
        tale.tell(fill, 'CONFIRMED');
        let earned = 0;
        let held = 10_000_000;
        for (const [kind, amount] of told) {
          const isOut = kind === 'withdrawal' || kind === 'tokensOut';
          const isToken = kind === 'tokensIn' || kind === 'tokensOut';
          if (isToken) held += isOut ? -amount : amount;
          const asset = isToken ? token : 'USD';
          if (kind === 'reward' || kind === 'rebate') earned += amount;
          tell({ kind, asset, amount: isOut ? -amount : amount });
          tale.setBook(1, 47 - move, 53 - move, 1_000);
        }
        const { parts, residual } = tale.look();
        expect(residual).toBe(0);
        expect(parts.rewards + parts.rebates).toBe(earned);
        tale.look();
        const row = tale.rows('mm_inventory').find(({ token_id }) => token_id === token);
        expect(row?.net_position).toBe(held / 1e6);
      }),
      { numRuns: 60 },
    );
  });
});

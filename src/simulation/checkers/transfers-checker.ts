import type { TransferKind } from '../../domain/wallet-transfer.ts';
import { profitParts } from '../../orders/books.ts';
import { WALLET_NEWS, type World } from '../world.ts';
import { type Checker, Violation } from './checker.ts';

/** At the end everything that moved the wallet by itself is in the books, as what it was; rewards and rebates alone are earned. */
export function transfersChecker(world: World): Checker {
  return {
    name: 'transfers',
    atEnd(state) {
      const sums: Record<TransferKind, number> = {
        reward: 0,
        rebate: 0,
        deposit: 0,
        withdrawal: 0,
        tokensIn: 0,
        tokensOut: 0,
      };
      for (const { kind, asset, amount, counterparty } of world.chain.transfers)
        if (counterparty === WALLET_NEWS && asset === 'USD') sums[kind] += amount;
      for (const kind of ['reward', 'rebate', 'deposit', 'withdrawal'] as const) {
        const booked = state.counts.transfers[kind];
        if (booked !== sums[kind])
          throw new Violation('transfers', `${kind}s of ${sums[kind]} micro-USD in the books`, `${booked}`);
      }
      const { rewardsUsd, rebatesUsd } = profitParts(state.books);
      if (rewardsUsd !== sums.reward || rebatesUsd !== sums.rebate)
        throw new Violation(
          'transfers',
          `${sums.reward} and ${sums.rebate} micro-USD earned by rewards and rebates`,
          `${rewardsUsd} and ${rebatesUsd}`,
        );
    },
  };
}

import { balanceOf } from '../../orders/ledger.ts';
import { isQuiet } from '../../orders/order-table.ts';
import { WORKER, type World } from '../world.ts';
import { type Checker, Violation } from './checker.ts';

/** After the worker has stopped: no order is left anywhere, and the chain holds to the millionth what the books say. */
export function endChecker(world: World): Checker {
  return {
    name: 'end',
    atEnd(state) {
      const open = world.exchange.accounts.get(WORKER)?.openOrderIds.size ?? 0;
      if (open > 0) throw new Violation('end', 'no open order at the venue', `${open}`);
      if (!isQuiet(state.orders))
        throw new Violation('end', 'no order that may be live in the books', 'some');
      const residual = chainResidual(world, state.books.ledger);
      if (residual !== 0) throw new Violation('end', 'a chain residual of 0 millionths', `${residual}`);
    },
  };
}

/** Sum of the absolute differences between the wallet on the chain and the books, over dollars and all tokens. */
export function chainResidual(world: World, ledger: Parameters<typeof balanceOf>[0]): number {
  let residual = Math.abs(world.chain.cash - balanceOf(ledger, 'own.final', 'USD'));
  for (const { yesTokenId, noTokenId } of world.chain.conditions.values())
    for (const tokenId of [yesTokenId, noTokenId])
      residual += Math.abs((world.chain.tokens.get(tokenId) ?? 0) - balanceOf(ledger, 'own.final', tokenId));
  return residual;
}

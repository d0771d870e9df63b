import type { TransactionRequest } from '../domain/transaction.ts';
import type { Approved } from './approved.ts';
import type { GateMarket, GatePass } from './gate.ts';
import { BALANCE_UNKNOWN, type Refused, refuse } from './refusal.ts';
import { mayTransmit } from './trading-state.ts';

/**
 * Approves a split, merge, redeem or convert and reserves what it needs, or says which limit it breaks. `giving` are the markets
 * whose NO shares a conversion takes. What it brings is worth what it takes in every outcome, so that no limit of risk stands in its way.
 */
export function checkTransaction(
  pass: GatePass,
  market: GateMarket,
  request: TransactionRequest,
  giving: readonly GateMarket[] = [],
): Approved<TransactionRequest> | Refused {
  if (!mayTransmit(pass.mode)) return refuse('tradingState', 0, 0, `trading state is ${pass.mode}`);
  if (pass.freeCash === null) return BALANCE_UNKNOWN;
  if (request.amount <= 0) return refuse('badSize', request.amount, 1, 'nothing to do');
  if (request.action === 'split') {
    if (pass.mode === 'reducing')
      return refuse('growsPosition', request.amount, 0, 'only reductions are allowed now');
    if (request.amount > pass.freeCash)
      return refuse('notEnoughCash', request.amount, pass.freeCash, 'not enough free cash');
    const after =
      Math.max(market.pairs, Math.abs(market.risk.mostNet), Math.abs(market.risk.leastNet)) + request.amount;
    if (after > pass.limits.maxSplitPerMarket) {
      return refuse(
        'splitCap',
        after,
        pass.limits.maxSplitPerMarket,
        'shares held plus this split pass the cap of the market',
      );
    }
    pass.freeCash -= request.amount;
    market.pairs += request.amount;
  } else if (request.action === 'merge') {
    const free = Math.min(market.freeYes, market.freeNo);
    if (request.amount > free)
      return refuse('notEnoughTokens', request.amount, free, 'not enough free pairs to merge');
    market.freeYes -= request.amount;
    market.freeNo -= request.amount;
    market.pairs -= request.amount;
  } else if (request.action === 'convert') {
    if (giving.length === 0) return refuse('badSize', 0, 1, 'no market gives NO shares to convert');
    const free = Math.min(...giving.map(({ freeNo }) => freeNo));
    if (request.amount > free)
      return refuse('notEnoughTokens', request.amount, free, 'not enough free NO shares to convert');
    for (const given of giving) given.freeNo -= request.amount;
  }
  return { request } as Approved<TransactionRequest>;
}

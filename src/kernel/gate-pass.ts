import type { Usd } from '../domain/units.ts';
import { freeCash } from '../orders/books.ts';
import type { GatePass } from '../risk/gate.ts';
import { refill } from '../risk/limits.ts';
import { equityNow, exposureNow } from './account-risk.ts';
import { limitsOf } from './limits-from-settings.ts';
import type { KernelState } from './state.ts';
import { cashReserved } from './transactions.ts';

/**
 * Opens one pass through the gate with the figures of this moment. The sums over the whole account are brought up to
 * date when a check first asks for them: most looks at a market change nothing.
 */
export function openGatePass(state: KernelState): GatePass {
  const limits = limitsOf(state.settings);
  refill(state.orderBudget, limits, state.nowMs);
  let equity: Usd | null = null;
  let exposure: number | null = null;
  let openOrders: number | null = null;
  return {
    mode: state.trading.mode,
    limits,
    budget: state.orderBudget,
    notional: state.notional,
    nowMs: state.nowMs,
    freeCash: freeCash(state.books, state.orders, cashReserved(state.transactions, null)),
    get equity() {
      equity ??= equityNow(state);
      return equity;
    },
    get totalExposure() {
      exposure ??= exposureNow(state);
      return exposure;
    },
    set totalExposure(value) {
      exposure = value;
    },
    get openOrders() {
      openOrders ??= state.orders.reserved.live;
      return openOrders;
    },
    set openOrders(value) {
      openOrders = value;
    },
  };
}

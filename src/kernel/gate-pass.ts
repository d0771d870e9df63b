import type { Usd } from '../domain/units.ts';
import { freeCash } from '../orders/books.ts';
import type { GatePass } from '../risk/gate.ts';
import { refill } from '../risk/limits.ts';
import { equityNow, exposureNow } from './account-risk.ts';
import { limitsOf } from './limits-from-settings.ts';
import type { KernelState } from './state.ts';
import { cashReserved } from './transactions.ts';

/** Opens one pass through the gate with the figures of this moment. */
export function openGatePass(state: KernelState): GatePass {
  refill(state.orderBudget, limitsOf(state.settings), state.nowMs);
  return new OpenPass(state);
}

/**
 * The sums over the whole account are brought up to date when a check first asks for them: most looks at a market change nothing. A class,
 * because accessors of a literal give every object a shape of its own, which outlives it and is made anew with each pass.
 */
class OpenPass implements GatePass {
  readonly mode: GatePass['mode'];
  readonly limits: GatePass['limits'];
  readonly budget: GatePass['budget'];
  readonly notional: GatePass['notional'];
  readonly nowMs: number;
  freeCash: number | null;
  readonly #state: KernelState;
  #equity: Usd | null = null;
  #exposure: number | null = null;
  #openOrders: number | null = null;

  constructor(state: KernelState) {
    this.mode = state.trading.mode;
    this.limits = limitsOf(state.settings);
    this.budget = state.orderBudget;
    this.notional = state.notional;
    this.nowMs = state.nowMs;
    this.freeCash = freeCash(state.books, state.orders, cashReserved(state.transactions, null));
    this.#state = state;
  }

  get equity(): Usd {
    this.#equity ??= equityNow(this.#state);
    return this.#equity;
  }

  get totalExposure(): number {
    this.#exposure ??= exposureNow(this.#state);
    return this.#exposure;
  }

  set totalExposure(value: number) {
    this.#exposure = value;
  }

  get openOrders(): number {
    this.#openOrders ??= this.#state.orders.reserved.live;
    return this.#openOrders;
  }

  set openOrders(value: number) {
    this.#openOrders = value;
  }
}

import type { OrderRequest } from '../../domain/order.ts';
import { notional, type Usd } from '../../domain/units.ts';

/** Whether these buys together cost more than `cash`. */
export const isBeyond = (requests: readonly OrderRequest[], cash: Usd): boolean =>
  requests.reduce((sum, { price, size }) => sum + notional(price, size, 'up'), 0) > cash;

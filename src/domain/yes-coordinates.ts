import type { Outcome, Side } from './market.ts';
import { complement, type Price } from './units.ts';

/** The side of the market's one book on which an order stands: an order for NO is the opposite order for YES at 1 - p. */
export const yesSideOf = (order: { readonly outcome: Outcome; readonly side: Side }): Side =>
  (order.side === 'BUY') === (order.outcome === 'YES') ? 'BUY' : 'SELL';

/** The price in YES coordinates at which an order stands. */
export const yesPriceOf = (order: { readonly outcome: Outcome; readonly price: Price }): Price =>
  order.outcome === 'YES' ? order.price : complement(order.price);

import type { OrderRequest } from '../domain/order.ts';
import { PRICE_ONE, type Price } from '../domain/units.ts';
import type { SignedOrder } from '../ports/signer.ts';

/** Signed orders kept for what is probably asked for next. */
export interface SignedAhead {
  /** A signed order with exactly these terms, which is then gone from here; null where there is none, or it is too old. */
  take(order: OrderRequest, nowMs: number): SignedOrder | null;
  /** What is probably asked for after this order: the same quote a tick higher and lower. Notes them as on their way. */
  wantedAfter(order: OrderRequest, nowMs: number): OrderRequest[];
  /** Keeps what was signed; null gives up what was on its way. */
  keep(order: OrderRequest, signed: SignedOrder | null): void;
  /** Forgets everything: no order that was signed before is sent after it. */
  forget(): void;
}

/** The age at which a signed order is not used any more, since its time is a part of it. */
const LONGEST_MS = 20_000;
/** Orders kept, and prices whose size is remembered: enough for two hundred markets. */
const MAX_KEPT = 2_048;
const MAX_REMEMBERED = 16_384;
const COARSEST_TICK = 1_000;

interface Kept {
  readonly request: OrderRequest;
  /** Null while the signer has it. */
  signed: SignedOrder | null;
}

/** Everything of an order that is signed or sent, but for its salt and its time. */
const keyOf = (order: OrderRequest): string =>
  `${order.tokenId}/${order.side}/${order.price}/${order.size}/${order.negRisk}/${order.marketVersion ?? 'v1'}`;
const quoteOf = ({ tokenId, side, price }: OrderRequest): string => `${tokenId}/${side}/${price}`;
/** Only orders that rest until they are cancelled: those that take are made for one moment. */
const isQuote = ({ timeInForce, spend }: OrderRequest): boolean =>
  timeInForce === 'GTC' && spend === undefined;

export function createSignedAhead(nextSalt: () => number): SignedAhead {
  const kept = new Map<string, Kept>();
  /** The size that a quote had the last time it stood at a price: sizes follow prices. */
  const sizes = new Map<string, OrderRequest['size']>();
  const ticks = new Map<string, { price: number; tick: number }>();

  function take(order: OrderRequest, nowMs: number): SignedOrder | null {
    if (!isQuote(order)) return null;
    const key = keyOf(order);
    const found = kept.get(key);
    if (found === undefined || found.signed === null) return null;
    kept.delete(key);
    const ageMs = nowMs - found.request.timestampMs;
    return ageMs >= 0 && ageMs <= LONGEST_MS ? found.signed : null;
  }

  /** The smallest step between prices of this token's side so far. */
  function tickOf({ tokenId, side, price }: OrderRequest): number {
    const key = `${tokenId}/${side}`;
    const last = ticks.get(key);
    const step = last === undefined ? 0 : Math.abs(price - last.price);
    const tick = Math.min(last?.tick ?? COARSEST_TICK, step === 0 ? COARSEST_TICK : step);
    remember(ticks, key, { price, tick });
    return tick;
  }

  function wantedAfter(order: OrderRequest, nowMs: number): OrderRequest[] {
    if (!isQuote(order)) return [];
    remember(sizes, quoteOf(order), order.size);
    const tick = tickOf(order);
    // The first order of a side does not say how far the next one moves.
    if (tick === COARSEST_TICK) return [];
    const wanted: OrderRequest[] = [];
    for (const price of [order.price + tick, order.price - tick]) {
      if (price <= 0 || price >= PRICE_ONE) continue;
      const moved: OrderRequest = { ...order, price: price as Price, salt: nextSalt(), timestampMs: nowMs };
      const next: OrderRequest = { ...moved, size: sizes.get(quoteOf(moved)) ?? order.size };
      const have = kept.get(keyOf(next));
      if (have !== undefined && nowMs - have.request.timestampMs < LONGEST_MS / 2) continue;
      remember(kept, keyOf(next), { request: next, signed: null }, MAX_KEPT);
      wanted.push(next);
    }
    return wanted;
  }

  return {
    take,
    wantedAfter,
    keep: (order, signed) => {
      const key = keyOf(order);
      const found = kept.get(key);
      // Forgotten meanwhile, or asked for a second time.
      if (found === undefined || found.request !== order) return;
      if (signed === null) kept.delete(key);
      else found.signed = signed;
    },
    forget: () => kept.clear(),
  };
}

/** Puts an entry at the end of a map, and takes the oldest one out where there are too many. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value, most = MAX_REMEMBERED): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

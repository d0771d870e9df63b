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

/** Tokens that have a number; beyond it everything is forgotten and they are numbered anew. */
const MAX_TOKENS = 4_096;
/** Sizes are multiples of 0.01 share. */
const SIZE_STEP = 10_000;
/** Quotes of fewer steps have keys of their own; a larger one may share another's, and is told apart by its terms. */
const MOST_SIZE_STEPS = 2 ** 26;

interface Kept {
  readonly request: OrderRequest;
  /** Null while the signer has it. */
  signed: SignedOrder | null;
}

/** Only orders that rest until they are cancelled: those that take are made for one moment. */
const isQuote = ({ timeInForce, spend }: OrderRequest): boolean =>
  timeInForce === 'GTC' && spend === undefined;

/** Everything of a quote that is signed, but for its salt and its time. */
const isSame = (one: OrderRequest, other: OrderRequest): boolean =>
  one.size === other.size &&
  one.price === other.price &&
  one.side === other.side &&
  one.tokenId === other.tokenId &&
  one.negRisk === other.negRisk &&
  (one.marketVersion ?? 'v1') === (other.marketVersion ?? 'v1');

export function createSignedAhead(nextSalt: () => number): SignedAhead {
  /** Each token has a number, and keys are made of numbers: the text of a token is not read again for each order. */
  const tokens = new Map<OrderRequest['tokenId'], number>();
  const kept = new Map<number, Kept>();
  /** The size that a quote had the last time it stood at a price: sizes follow prices. */
  const sizes = new Map<number, OrderRequest['size']>();
  const ticks = new Map<number, { price: number; tick: number }>();

  /** The number of a token's side. */
  function sideOf({ tokenId, side }: OrderRequest): number {
    let token = tokens.get(tokenId);
    if (token === undefined) {
      if (tokens.size >= MAX_TOKENS) for (const map of [tokens, kept, sizes, ticks]) map.clear();
      token = tokens.size;
      tokens.set(tokenId, token);
    }
    return 2 * token + (side === 'BUY' ? 0 : 1);
  }

  const quoteOf = (order: OrderRequest): number => sideOf(order) * PRICE_ONE + order.price;
  const keyOf = (order: OrderRequest): number => quoteOf(order) * MOST_SIZE_STEPS + order.size / SIZE_STEP;

  function find(order: OrderRequest, key: number): Kept | undefined {
    const found = kept.get(key);
    return found !== undefined && isSame(found.request, order) ? found : undefined;
  }

  function take(order: OrderRequest, nowMs: number): SignedOrder | null {
    if (!isQuote(order)) return null;
    const key = keyOf(order);
    const found = find(order, key);
    if (found === undefined || found.signed === null) return null;
    kept.delete(key);
    const ageMs = nowMs - found.request.timestampMs;
    return ageMs >= 0 && ageMs <= LONGEST_MS ? found.signed : null;
  }

  /** The smallest step between prices of this token's side so far. */
  function tickOf(order: OrderRequest): number {
    const { price } = order;
    const key = sideOf(order);
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
      const key = keyOf(next);
      const have = find(next, key);
      if (have !== undefined && nowMs - have.request.timestampMs < LONGEST_MS / 2) continue;
      remember(kept, key, { request: next, signed: null }, MAX_KEPT);
      wanted.push(next);
    }
    return wanted;
  }

  return {
    take,
    wantedAfter,
    keep: (order, signed) => {
      const key = keyOf(order);
      const found = find(order, key);
      // Forgotten meanwhile, or asked for a second time.
      if (found === undefined || found.request !== order) return;
      if (signed === null) kept.delete(key);
      else found.signed = signed;
    },
    forget: () => kept.clear(),
  };
}

/** Puts an entry at the end of a map, and takes the oldest one out where there are too many. */
function remember<Value>(map: Map<number, Value>, key: number, value: Value, most = MAX_REMEMBERED): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

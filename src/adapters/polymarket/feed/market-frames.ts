import { isParseFailure } from '../../../domain/fixed.ts';
import type { Outcome, Side, WatchedMarket } from '../../../domain/market.ts';
import { oppositeSide } from '../../../domain/market.ts';
import type { LevelChange, OutcomeTouches, WireLevel } from '../../../domain/market-event.ts';
import { complement, type Price, parsePrice, type Shares } from '../../../domain/units.ts';
import {
  asArray,
  asObject,
  optionalText,
  priceField,
  sharesField,
  sideField,
  textField,
  WireFault,
  type WireObject,
} from '../wire/fields.ts';
import { touchesApart } from './touches.ts';

/** A whole book of the wire in YES coordinates, with the texts its hash is made of. */
export interface WireBook {
  readonly outcome: Outcome;
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
  readonly hash: string;
  readonly stampMs: number;
  readonly tickText: string | null;
  readonly tick: Price | null;
  readonly minSizeText: string | null;
  readonly lastTradeText: string | null;
}

/** What one `price_change` message says of one market, in YES coordinates. */
export interface WireChanges {
  readonly changes: readonly LevelChange[];
  readonly stampMs: number;
  readonly hash: string;
  /** The token whose book `hash` covers. */
  readonly hashOutcome: Outcome;
  /** The touch after the whole event, null where a side is empty, undefined where the message does not say. */
  readonly bestBid: Price | null | undefined;
  readonly bestAsk: Price | null | undefined;
  /** Both tokens' touches where they do not mirror each other, null where they do, undefined where the message does not tell. */
  readonly touchesApart: OutcomeTouches | null | undefined;
}

/** Who won by a `market_resolved` frame: null where nobody has (void), undefined where the frame does not say it in our terms. */
export function winnerOf(
  { winning_asset_id: found }: WireObject,
  { yesTokenId, noTokenId }: WatchedMarket,
): Outcome | null | undefined {
  if (found === yesTokenId) return 'YES';
  if (found === noTokenId) return 'NO';
  return found === null || found === '' ? null : undefined;
}

/** `timestamp` of the wire: milliseconds as text. */
export function stampField(frame: WireObject): number {
  const stamp = Number(textField(frame, 'timestamp'));
  if (!Number.isSafeInteger(stamp)) throw new WireFault('timestamp', 'milliseconds', frame.timestamp);
  return stamp;
}

const wireLevels = (rows: unknown, name: string): (readonly [Price, Shares])[] =>
  asArray(rows, name).map((entry) => {
    const row = asObject(entry, `${name}[]`);
    return [priceField(row, 'price'), sharesField(row, 'size')] as const;
  });

/** The levels of a token's book in its own prices, in the order of the wire. Throws a WireFault. */
export const parseOwnLevels = (
  frame: WireObject,
): { readonly bids: readonly WireLevel[]; readonly asks: readonly WireLevel[] } => ({
  bids: wireLevels(frame.bids ?? [], 'bids'),
  asks: wireLevels(frame.asks ?? [], 'asks'),
});

/** A `book` frame or an answer of `GET /book`, of either token. Throws a WireFault. */
export function parseBook(frame: WireObject, outcome: Outcome): WireBook {
  const { bids, asks } = parseOwnLevels(frame);
  const mirrored = (levels: readonly WireLevel[]): WireLevel[] =>
    levels.map(([at, size]) => [complement(at), size] as const);
  const tickText = optionalText(frame, 'tick_size');
  return {
    outcome,
    bids: outcome === 'YES' ? bids : mirrored(asks),
    asks: outcome === 'YES' ? asks : mirrored(bids),
    hash: optionalText(frame, 'hash') ?? '',
    stampMs: stampField(frame),
    tickText,
    tick: tickText === null ? null : priceField(frame, 'tick_size'),
    minSizeText: optionalText(frame, 'min_order_size'),
    lastTradeText: optionalText(frame, 'last_trade_price'),
  };
}

/**
 * A `price_change` message. Both tokens of a market come in it, mirrored; the YES entries alone say everything, and
 * only where there are none the NO entries are turned over. Null when it has no entry of this market. Throws a WireFault.
 */
export function parseChanges(frame: WireObject, market: WatchedMarket): WireChanges | null {
  const rows = asArray(frame.price_changes, 'price_changes') as readonly WireObject[];
  const stampMs = stampField(frame);
  for (const outcome of ['YES', 'NO'] as const) {
    const tokenId = outcome === 'YES' ? market.yesTokenId : market.noTokenId;
    const changes: LevelChange[] = [];
    let last: WireObject | null = null;
    let lastOther: WireObject | null = null;
    for (const row of rows) {
      if (row?.asset_id !== tokenId) {
        if (row?.asset_id === market.noTokenId) lastOther = row;
        continue;
      }
      last = row;
      const side: Side = sideField(row, 'side');
      const at = priceField(row, 'price');
      const size = sharesField(row, 'size');
      changes.push(outcome === 'YES' ? [side, at, size] : [oppositeSide(side), complement(at), size]);
    }
    if (last === null) continue;
    const bid = touchPrice(last.best_bid, 0 as Price);
    const ask = touchPrice(last.best_ask, 10_000 as Price);
    return {
      changes,
      stampMs,
      hash: optionalText(last, 'hash') ?? '',
      hashOutcome: outcome,
      bestBid: outcome === 'YES' ? bid : turned(ask),
      bestAsk: outcome === 'YES' ? ask : turned(bid),
      touchesApart: lastOther === null ? undefined : apartOf(bid, ask, lastOther),
    };
  }
  return null;
}

const turned = (at: Price | null | undefined): Price | null | undefined =>
  typeof at === 'number' ? complement(at) : at;

/** The touches of YES, and of NO by its own row, where one is not the other turned over. */
function apartOf(
  bid: Price | null | undefined,
  ask: Price | null | undefined,
  noRow: WireObject,
): OutcomeTouches | null | undefined {
  const noBid = touchPrice(noRow.best_bid, 0 as Price);
  const noAsk = touchPrice(noRow.best_ask, 10_000 as Price);
  if (bid === undefined || ask === undefined || noBid === undefined || noAsk === undefined) return undefined;
  return touchesApart({ bid, ask }, { bid: noBid, ask: noAsk });
}

/** A touch price of the wire: empty text, zero and the far end all stand for an empty side. */
function touchPrice(value: unknown, emptyEnd: Price): Price | null | undefined {
  if (typeof value !== 'string') return undefined;
  if (value === '') return null;
  const parsed = parsePrice(value);
  if (isParseFailure(parsed)) return undefined;
  return parsed === emptyEnd || parsed === 0 ? null : parsed;
}

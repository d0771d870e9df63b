import {
  type DirectionalExit,
  type DirectionalPosition,
  type DirectionalSignal,
  realisedUsd,
} from '../../domain/directional.ts';
import type { ConditionId, Market, Outcome } from '../../domain/market.ts';
import type { ClientId, FillReport, OrderId, TradeStatus } from '../../domain/order.ts';
import { winnerOf } from '../../domain/resolution.ts';
import { complement, MICRO, notional, type Shares, sharesToFloat, type Usd } from '../../domain/units.ts';
import { payoutOf } from '../../kernel/gate-view.ts';
import type { Command, Input } from '../../kernel/messages.ts';
import { fillRecordOf } from '../../orders/book-fill.ts';
import { fillKey, isAdvance } from '../../orders/fills.ts';
import type { JournalEntry } from '../../ports/journal.ts';
import type { DirectionalOrderNote } from './order-story.ts';

/** What directional trading made of one market. */
export interface DirectionalStory {
  /** The latest signals, newest first. */
  readonly signals: readonly DirectionalSignal[];
  /** One for each entry that was sent, oldest first. */
  readonly trades: readonly ShownTrade[];
}

/** One entry with the exits that sold what it bought. Dollars and shares. */
export interface ShownTrade {
  readonly entry: string;
  readonly outcome: Outcome;
  readonly signal: DirectionalSignal;
  readonly exits: readonly {
    readonly clientId: string;
    readonly atMs: number;
    readonly exit: DirectionalExit;
  }[];
  readonly fills: number;
  readonly failedFills: number;
  readonly boughtShares: number;
  readonly paidUsd: number;
  readonly soldShares: number;
  readonly gotUsd: number;
  readonly feesUsd: number;
  /** What was held when the market was resolved; 0 before. */
  readonly payoutUsd: number;
  readonly heldShares: number;
  /** Net of fees. */
  readonly realisedUsd: number;
  readonly state: 'not filled' | 'held' | 'sold' | 'resolved';
}

/** Kinds of entry that say something of the directional trades of a market. */
export const DIRECTIONAL_KINDS: ReadonlySet<string> = new Set<(Input | Command)['kind']>([
  'directional',
  'ordersPrepared',
  'fill',
  'tradesRead',
  'marketResolved',
  'resolutionsRead',
]);

const SIGNALS_SHOWN = 5;

export interface DirectionalTeller {
  tell(entry: JournalEntry): void;
  /** The listing tells the fees and the tokens; without it nothing is known of money. */
  explain(market: Market | null): DirectionalStory;
}

interface HeardFill {
  readonly fill: FillReport;
  status: TradeStatus;
}

interface Trade {
  readonly clientId: ClientId;
  readonly signal: DirectionalSignal;
  readonly exits: { readonly clientId: ClientId; readonly atMs: number; readonly exit: DirectionalExit }[];
}

/** Follows the directional trades of one market through a journal, or through those of runs that continue each other. */
export function createDirectionalTeller(conditionId: ConditionId): DirectionalTeller {
  const signals = new Map<number, DirectionalSignal>();
  const trades: Trade[] = [];
  const names = new Map<OrderId, ClientId>();
  const fills = new Map<string, HeardFill>();
  let winner: Outcome | null | undefined;

  function takeSignal(signal: DirectionalSignal): void {
    if (signal.conditionId !== conditionId) return;
    signals.delete(signal.id);
    signals.set(signal.id, signal);
    const [oldest] = signals.keys();
    if (signals.size > SIGNALS_SHOWN && oldest !== undefined) signals.delete(oldest);
  }

  function takeOrder(note: DirectionalOrderNote, atMs: number): void {
    const { clientId } = note;
    if (note.of === 'entry') {
      if (note.signal.conditionId === conditionId) trades.push({ clientId, signal: note.signal, exits: [] });
    } else if (note.conditionId === conditionId)
      trades.at(-1)?.exits.push({ clientId, atMs, exit: note.exit });
  }

  function takeFill(fill: FillReport): void {
    if (fill.conditionId !== conditionId) return;
    const key = fillKey(fill);
    const known = fills.get(key);
    if (known === undefined) fills.set(key, { fill, status: fill.status });
    else if (isAdvance(known.status, fill.status)) known.status = fill.status;
  }

  function input(body: Input): void {
    if (body.kind === 'ordersPrepared')
      for (const [clientId, orderId] of body.orders) names.set(orderId, clientId);
    else if (body.kind === 'fill') takeFill(body.fill);
    else if (body.kind === 'tradesRead') body.fills.forEach(takeFill);
    else if (body.kind === 'marketResolved' && body.conditionId === conditionId) winner = body.winner;
    else if (body.kind === 'resolutionsRead') {
      const payouts = body.resolutions.find((one) => one.conditionId === conditionId)?.payouts ?? null;
      if (payouts !== null) winner = winnerOf(payouts);
    }
  }

  return {
    tell({ dir, body, atMs }) {
      if (dir === 'in') input(body as Input);
      else if ((body as Command).kind === 'directional') {
        const { note } = body as Extract<Command, { kind: 'directional' }>;
        if (note.of === 'signal') takeSignal(note.signal);
        else if (note.of !== 'review') takeOrder(note, atMs);
      }
    },
    explain: (market) => ({
      signals: [...signals.values()].reverse(),
      trades: trades.map((trade) => {
        const own = new Set<ClientId>([trade.clientId, ...trade.exits.map(({ clientId }) => clientId)]);
        const isOwn = ({ fill }: HeardFill): boolean => own.has(names.get(fill.orderId) ?? ('' as ClientId));
        return shownTrade(trade, [...fills.values()].filter(isOwn), market, winner);
      }),
    }),
  };
}

function shownTrade(
  { clientId, signal, exits }: Trade,
  fills: readonly HeardFill[],
  market: Market | null,
  winner: Outcome | null | undefined,
): ShownTrade {
  const standing = fills.filter(({ status }) => status !== 'FAILED');
  const sums = { bought: 0, paid: 0, sold: 0, got: 0, fees: 0 };
  if (market !== null)
    for (const { fill } of standing) {
      const { cashUsd, feeUsd } = fillRecordOf(fill, market);
      sums.fees += feeUsd;
      if (fill.side === 'BUY') {
        sums.bought += fill.size;
        sums.paid -= cashUsd;
      } else {
        sums.sold += fill.size;
        sums.got += cashUsd;
      }
    }
  const outcome = signal.outcome ?? 'YES';
  const held = Math.max(0, sums.bought - sums.sold) as Shares;
  const isSold = exits.length > 0 && sums.sold > 0 && held < (market?.minOrderSize ?? 0);
  const isResolved = winner !== undefined && held > 0 && !isSold;
  const pays = outcome === 'YES' ? payoutOf(winner ?? null) : complement(payoutOf(winner ?? null));
  const payout = isResolved ? notional(pays, held) : (0 as Usd);
  const state = sums.bought === 0 ? 'not filled' : isSold ? 'sold' : isResolved ? 'resolved' : 'held';
  return {
    entry: clientId,
    outcome,
    signal,
    exits,
    fills: standing.length,
    failedFills: fills.length - standing.length,
    boughtShares: sharesToFloat(sums.bought as Shares),
    paidUsd: sums.paid / MICRO,
    soldShares: sharesToFloat(sums.sold as Shares),
    gotUsd: sums.got / MICRO,
    feesUsd: sums.fees / MICRO,
    payoutUsd: payout / MICRO,
    heldShares: isResolved ? 0 : sharesToFloat(held),
    realisedUsd:
      realisedUsd({ ...sums, payout, closedBecause: isResolved ? 'resolved' : null } as Money) / MICRO,
    state,
  };
}

type Money = Pick<
  DirectionalPosition,
  'bought' | 'sold' | 'paid' | 'got' | 'payout' | 'fees' | 'closedBecause'
>;

import type { ConditionId } from '../../domain/market.ts';
import type { FillReport } from '../../domain/order.ts';
import type { Input } from '../../kernel/messages.ts';
import type { World } from '../world.ts';

/** What trading in one market has brought, in millionths, by the fills that were told. Splits and merges change none of its worth. */
export interface ToldHolding {
  cash: number;
  yes: number;
  no: number;
  /** Whether one of its trades has failed on the chain. */
  hasFailed: boolean;
}

export interface ToldHoldings {
  readonly byMarket: ReadonlyMap<ConditionId, Readonly<ToldHolding>>;
  /** Takes the input in and names the markets whose holdings it has changed. */
  take(input: Input): ReadonlySet<ConditionId>;
}

/** The simplest account of trading: each part of a trade counts once, from when it is told, and is taken back when it fails. */
export function createToldHoldings(world: World): ToldHoldings {
  const byMarket = new Map<ConditionId, ToldHolding>();
  const counted = new Map<string, 'counted' | 'failed' | 'final'>();

  function takeFill(report: FillReport, changed: Set<ConditionId>): void {
    const key = `${report.tradeId}/${report.orderId}`;
    const known = counted.get(key);
    if (known === 'failed' || known === 'final') return;
    if (report.status === 'FAILED') {
      if (known !== undefined) move(report, -1, changed);
      holdingOf(report.conditionId).hasFailed = true;
      counted.set(key, 'failed');
    } else {
      if (known === undefined) move(report, 1, changed);
      counted.set(key, report.status === 'CONFIRMED' ? 'final' : 'counted');
    }
  }

  function move(report: FillReport, sign: 1 | -1, changed: Set<ConditionId>): void {
    const { conditionId, tokenId, side, price, size, role, tradeId } = report;
    const holding = holdingOf(conditionId);
    const isYes = world.chain.conditions.get(conditionId)?.yesTokenId === tokenId;
    const shares = sign * (side === 'BUY' ? size : -size);
    const fee =
      role === 'TAKER' ? (world.ownTrades.find(({ trade }) => trade.id === tradeId)?.trade.fee ?? 0) : 0;
    holding.cash -= (shares * price) / 10_000 + sign * fee;
    if (isYes) holding.yes += shares;
    else holding.no += shares;
    changed.add(conditionId);
  }

  function holdingOf(conditionId: ConditionId): ToldHolding {
    let holding = byMarket.get(conditionId);
    if (holding === undefined) {
      holding = { cash: 0, yes: 0, no: 0, hasFailed: false };
      byMarket.set(conditionId, holding);
    }
    return holding;
  }

  return {
    byMarket,
    take(input) {
      const changed = new Set<ConditionId>();
      if (input.kind === 'fill') takeFill(input.fill, changed);
      else if (input.kind === 'tradesRead') for (const fill of input.fills) takeFill(fill, changed);
      return changed;
    },
  };
}

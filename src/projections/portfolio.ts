import { type DirectionalPosition, heldShares, realisedUsd } from '../domain/directional.ts';
import type { ConditionId, Market, Outcome, TokenId } from '../domain/market.ts';
import { complement, MICRO, notional, PRICE_ONE, type Price } from '../domain/units.ts';
import { markOf } from '../kernel/gate-view.ts';
import type { MarketSlot } from '../kernel/market-slots.ts';
import type { KernelState } from '../kernel/state.ts';
import { profitParts } from '../orders/books.ts';
import { balanceOf } from '../orders/ledger.ts';
import { netShares, type Position } from '../orders/position.ts';

/** Where the price comes from at which a share is valued. */
export type MarkSource = 'payout' | 'mid' | 'listing' | 'even';

/** What is held of one outcome. Shares and dollars as decimals, exact to their millionth. */
export interface HeldOutcome {
  readonly conditionId: ConditionId;
  readonly slug: string;
  readonly outcome: Outcome;
  readonly tokenId: TokenId;
  /** Confirmed by the chain; bought and sold in trades that are not final. */
  readonly finalShares: number;
  readonly provisionalIn: number;
  readonly provisionalOut: number;
  /** Dollars a share, average cost; null where nothing is held. */
  readonly averageCost: number | null;
  readonly costUsd: number;
  readonly mark: number;
  readonly markSource: MarkSource;
  readonly valueUsd: number;
  readonly unrealisedUsd: number;
}

export interface MarketProfit {
  readonly conditionId: ConditionId;
  readonly slug: string;
  readonly question: string;
  /** `resolved` once the chain pays; `told` while only the venue says so. */
  readonly status: 'open' | 'proposed' | 'disputed' | 'told' | 'resolved';
  readonly realisedUsd: number;
  readonly unrealisedUsd: number;
  readonly feesUsd: number;
  readonly profitUsd: number;
}

/** The books as a person wants them: what is held, and what it has come to. */
export interface Portfolio {
  readonly wallet: string;
  readonly asOfMs: number;
  readonly cashFinalUsd: number;
  /** What matched trades will add or take. */
  readonly cashProvisionalUsd: number;
  readonly held: readonly HeldOutcome[];
  readonly markets: readonly MarketProfit[];
  readonly totals: PortfolioTotals;
  /** What was bought on the word of the directional model: a part of what stands above, and counted there too. */
  readonly directional: DirectionalPortfolio;
}

export interface DirectionalPortfolio {
  readonly held: readonly HeldDirectional[];
  /** The latest positions that were closed, and what was realised on them and on the sold part of those that are held, net of fees. */
  readonly closed: number;
  readonly realisedUsd: number;
}

export interface HeldDirectional {
  readonly conditionId: ConditionId;
  readonly slug: string;
  readonly outcome: Outcome;
  readonly shares: number;
  /** Dollars a share. */
  readonly entryPrice: number;
  readonly mark: number;
  readonly unrealisedUsd: number;
}

export interface PortfolioTotals {
  readonly valueUsd: number;
  readonly heldUsd: number;
  /** Deposits less withdrawals. */
  readonly depositedUsd: number;
  readonly realisedUsd: number;
  readonly unrealisedUsd: number;
  readonly feesUsd: number;
  readonly rewardsUsd: number;
  readonly rebatesUsd: number;
  readonly profitUsd: number;
  /** Value - deposited - (realised + unrealised - fees + rewards + rebates), in micro-dollars. 0, always. */
  readonly residualMicroUsd: number;
}

const inUnits = (micro: number): number => micro / MICRO;

/** Positions at average cost, YES and NO apart, and profit realised and not, by market and in all. */
export function portfolioOf(state: KernelState): Portfolio {
  const held: HeldOutcome[] = [];
  const markets: MarketProfit[] = [];
  let [heldMicro, unrealised] = [0, 0];
  for (const position of state.books.positions.values()) {
    const slot = state.markets.get(position.conditionId);
    const sides = (['YES', 'NO'] as const).map((outcome) => sideOf(position, slot, outcome));
    const value = sides.reduce((sum, side) => sum + side.value, 0);
    const gain = sides.reduce((sum, side) => sum + side.value - side.cost, 0);
    heldMicro += value;
    unrealised += gain;
    for (const side of sides) if (side.isHeld) held.push(heldOutcome(position, slot, side));
    if (sides.some(({ isHeld }) => isHeld) || position.realisedUsd !== 0 || position.feesUsd !== 0)
      markets.push(marketProfit(position, slot, gain));
  }
  const parts = profitParts(state.books);
  const cashFinal = balanceOf(state.books.ledger, 'own.final', 'USD');
  const value = parts.cashUsd + heldMicro;
  const explained = parts.realisedUsd + unrealised - parts.feesUsd + parts.rewardsUsd + parts.rebatesUsd;
  return {
    wallet: state.run.wallet,
    asOfMs: state.nowMs,
    cashFinalUsd: inUnits(cashFinal),
    cashProvisionalUsd: inUnits(parts.cashUsd - cashFinal),
    held: held.sort((a, b) => b.valueUsd - a.valueUsd || (a.tokenId < b.tokenId ? -1 : 1)),
    markets: markets.sort((a, b) => b.profitUsd - a.profitUsd || (a.conditionId < b.conditionId ? -1 : 1)),
    totals: {
      valueUsd: inUnits(value),
      heldUsd: inUnits(heldMicro),
      depositedUsd: inUnits(parts.externalUsd),
      realisedUsd: inUnits(parts.realisedUsd),
      unrealisedUsd: inUnits(unrealised),
      feesUsd: inUnits(parts.feesUsd),
      rewardsUsd: inUnits(parts.rewardsUsd),
      rebatesUsd: inUnits(parts.rebatesUsd),
      profitUsd: inUnits(value - parts.externalUsd),
      residualMicroUsd: value - parts.externalUsd - explained,
    },
    directional: directionalPortfolio(state),
  };
}

function directionalPortfolio({ directional, markets }: KernelState): DirectionalPortfolio {
  const { positions, closed } = directional;
  const all = [...positions.values(), ...closed];
  return {
    held: [...positions.values()]
      .filter((position) => position.bought > 0 && heldShares(position) > 0)
      .map((position) => heldDirectional(position, markets.get(position.conditionId))),
    closed: closed.length,
    realisedUsd: inUnits(all.reduce((sum, position) => sum + realisedUsd(position), 0)),
  };
}

function heldDirectional(position: DirectionalPosition, slot: MarketSlot | undefined): HeldDirectional {
  const { conditionId, outcome, paid, bought } = position;
  const shares = heldShares(position);
  const yesMark = markOf(slot);
  const mark = outcome === 'YES' ? yesMark : complement(yesMark);
  return {
    conditionId,
    slug: slot?.market.slug ?? conditionId,
    outcome,
    shares: inUnits(shares),
    entryPrice: paid / bought,
    mark: mark / PRICE_ONE,
    unrealisedUsd: inUnits(notional(mark, shares) - Math.round((paid / bought) * shares)),
  };
}

interface Side {
  readonly outcome: Outcome;
  readonly isHeld: boolean;
  readonly mark: Price;
  /** Micro-dollars. */
  readonly value: number;
  readonly cost: number;
}

function sideOf(position: Position, slot: MarketSlot | undefined, outcome: Outcome): Side {
  const isYes = outcome === 'YES';
  const holding = isYes ? position.yes : position.no;
  const yesMark = markOf(slot);
  const mark = isYes ? yesMark : complement(yesMark);
  const { costUsd } = isYes ? position.yesPool : position.noPool;
  const isHeld = holding.final !== 0 || holding.provisionalIn !== 0 || holding.provisionalOut !== 0;
  return { outcome, isHeld, mark, value: notional(mark, netShares(holding)), cost: costUsd };
}

function heldOutcome(position: Position, slot: MarketSlot | undefined, side: Side): HeldOutcome {
  const isYes = side.outcome === 'YES';
  const holding = isYes ? position.yes : position.no;
  const pool = isYes ? position.yesPool : position.noPool;
  const market = slot?.market;
  return {
    conditionId: position.conditionId,
    slug: slugOf(position, market),
    outcome: side.outcome,
    tokenId: (isYes ? market?.yesTokenId : market?.noTokenId) ?? ('' as TokenId),
    finalShares: inUnits(holding.final),
    provisionalIn: inUnits(holding.provisionalIn),
    provisionalOut: inUnits(holding.provisionalOut),
    averageCost: pool.shares === 0 ? null : pool.costUsd / pool.shares,
    costUsd: inUnits(side.cost),
    mark: side.mark / PRICE_ONE,
    markSource: markSourceOf(slot),
    valueUsd: inUnits(side.value),
    unrealisedUsd: inUnits(side.value - side.cost),
  };
}

const slugOf = ({ conditionId }: Position, market: Market | undefined): string => market?.slug ?? conditionId;

function markSourceOf(slot: MarketSlot | undefined): MarkSource {
  if (slot?.resolved !== undefined) return 'payout';
  if (slot?.lastMid != null) return 'mid';
  return slot?.market.listedYesPrice == null ? 'even' : 'listing';
}

function marketProfit(position: Position, slot: MarketSlot | undefined, unrealised: number): MarketProfit {
  const { conditionId, realisedUsd, feesUsd } = position;
  return {
    conditionId,
    slug: slugOf(position, slot?.market),
    question: slot?.market.question ?? '',
    status: resolutionStatus(slot),
    realisedUsd: inUnits(realisedUsd),
    unrealisedUsd: inUnits(unrealised),
    feesUsd: inUnits(feesUsd),
    profitUsd: inUnits(realisedUsd + unrealised - feesUsd),
  };
}

/** What the oracle says, most certain first: only what the chain pays is resolved, whatever was told before. */
export function resolutionStatus(slot: MarketSlot | undefined): MarketProfit['status'] {
  if (slot?.isPaidOut === true) return 'resolved';
  if (slot?.resolved !== undefined) return 'told';
  const stage = slot?.market.resolution;
  return stage === 'disputed' || stage === 'proposed' ? stage : 'open';
}

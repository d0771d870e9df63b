import type { ConditionId } from '../domain/market.ts';
import { MICRO, PRICE_ONE } from '../domain/units.ts';
import { endMs, winnerOf } from '../local-venue/traders/index.ts';
import type { PricingEngineName } from '../pricing/pricing-engine.ts';
import { openScenario, worthOf } from './run-seed.ts';
import type { World } from './world.ts';

/** One engine in one run. A seed gives every engine the same hidden paths, and the same takers at the same moments. */
export interface ComparedRun {
  readonly seed: number;
  readonly engine: PricingEngineName;
  /** Share of taker arrivals that know the hidden probability. */
  readonly informed: number;
  readonly hours: number;
  readonly markets: number;
}

/** What one market brought, from its first fill to its payout. */
export interface MarketOutcome {
  /** Dollars in minus dollars out, with what was held at the end paid out at 0 or 1. */
  readonly pnlUsd: number;
  readonly fills: number;
  /** Net shares (YES less NO, without sign): their average over the life of the market, and their most. */
  readonly meanHeldShares: number;
  readonly mostHeldShares: number;
}

export interface RunOutcome {
  readonly run: ComparedRun;
  readonly outcomes: readonly MarketOutcome[];
  readonly ordersPlaced: number;
  /** Orders that our own gate refused, by code. */
  readonly refused: Readonly<Record<string, number>>;
}

/** More than all limits together let a run lose, so that each market's own limit binds and never the account's. */
const CASH_PER_MARKET_USD = 1_000;
const MINUTE_MS = 60_000;
/** Markets end this long before the run does, so that every trade has settled by then. */
const SETTLE_MINUTES = 2;
/** Shortest run in which markets have a life worth trading. */
export const LEAST_MINUTES = 6;

/** Trades until every market has paid out. Without faults, because they would only add noise to what is compared. */
export function compareRun(run: ComparedRun): RunOutcome {
  const minutes = Math.floor(run.hours * 60);
  if (minutes < LEAST_MINUTES)
    throw new RangeError(`a run needs ${LEAST_MINUTES} minutes, found ${run.hours} hours`);
  const lifeMinutes = minutes - SETTLE_MINUTES;
  const { world, driver, kernel } = openScenario({
    seed: `compare-${run.seed}`,
    hours: run.hours,
    markets: run.markets,
    engine: run.engine,
    informed: run.informed,
    faults: 'none',
    cashPerMarketUsd: CASH_PER_MARKET_USD,
    livesMs: [Math.ceil(lifeMinutes / 2) * MINUTE_MS, lifeMinutes * MINUTE_MS],
  });
  const cashBefore = world.chain.cash;
  driver.runUntil(world.startMs + minutes * MINUTE_MS);
  const micro = [...world.markets.keys()].map((conditionId) => outcomeOf(world, conditionId));
  checkIdentity(micro, worthOf(world) - cashBefore);
  return {
    run,
    outcomes: micro.map(({ pnl, fills, meanHeld, mostHeld }) => ({
      pnlUsd: pnl / MICRO,
      fills,
      meanHeldShares: meanHeld / MICRO,
      mostHeldShares: mostHeld / MICRO,
    })),
    ordersPlaced: kernel.state.counts.ordersPlaced,
    refused: { ...kernel.state.counts.refused },
  };
}

interface MicroOutcome {
  readonly pnl: number;
  readonly fills: number;
  readonly meanHeld: number;
  readonly mostHeld: number;
}

/**
 * From the trades alone. Splits, merges and redemptions take no part: a pair costs and pays one dollar, whenever it is made or
 * burned, so cash from trades and the payout of what they moved is all there is.
 */
function outcomeOf(world: World, conditionId: ConditionId): MicroOutcome {
  const path = world.desks.get(conditionId)?.population.path;
  const condition = world.chain.conditions.get(conditionId);
  if (path === undefined || condition === undefined) throw new Error(`no market ${conditionId}`);
  const winner = winnerOf(path);
  if (winner === null) throw new Error(`market ${conditionId} has not ended within the run`);
  const yesPays = winner === 'YES' ? 1 : 0;
  const lifeMs = endMs(path.terms) - world.startMs;
  let [pnl, fills, net, heldTime, mostHeld, sinceMs] = [0, 0, 0, 0, 0, world.startMs];
  for (const own of world.ownTrades) {
    if (own.trade.conditionId !== conditionId) continue;
    for (const { tokenId, side, price, size, role, status, matchedAtMs } of own.reports) {
      if (status === 'FAILED' || status === 'RETRYING') continue;
      heldTime += Math.abs(net) * (matchedAtMs - sinceMs);
      sinceMs = matchedAtMs;
      const isYes = tokenId === condition.yesTokenId;
      const sign = side === 'BUY' ? 1 : -1;
      const pays = isYes ? yesPays : 1 - yesPays;
      pnl += sign * size * (pays - price / PRICE_ONE) - (role === 'TAKER' ? own.trade.fee : 0);
      net += isYes ? sign * size : -sign * size;
      mostHeld = Math.max(mostHeld, Math.abs(net));
      fills += 1;
    }
  }
  heldTime += Math.abs(net) * (world.startMs + lifeMs - sinceMs);
  return { pnl, fills, meanHeld: heldTime / lifeMs, mostHeld };
}

/** What the markets brought has to be what the wallet gained, or the comparison compares something else. */
function checkIdentity(outcomes: readonly MicroOutcome[], gained: number): void {
  const brought = outcomes.reduce((sum, { pnl }) => sum + pnl, 0);
  if (Math.abs(brought - gained) > 1)
    throw new Error(`the markets brought ${brought} micro-dollars and the wallet gained ${gained}`);
}

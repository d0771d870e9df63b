import type { ReviewedRow, TradesToReview } from '../../../ai/trade-review.ts';
import type { CoinBet, DirectionalPosition, DirectionalSignal } from '../../../domain/directional.ts';
import type { ConditionId } from '../../../domain/market.ts';
import { POINT, PRICE_ONE, usdToFloat } from '../../../domain/units.ts';
import type { LoopView } from '../../../kernel/loop.ts';
import type { StrategySettings } from '../../../kernel/strategy-settings.ts';

const HOUR_MS = 3_600_000;

type Markets = LoopView['state']['markets'];
export type DirectionalSettings = NonNullable<StrategySettings['cd']>;

/** What there is to look back on, as rows of figures, the newest last. */
export function tradesToReview(
  { state: { directional, markets }, nowMs }: Pick<LoopView, 'state' | 'nowMs'>,
  cd: DirectionalSettings,
): TradesToReview {
  const signals = [...directional.signals.values()].sort((a, b) => a.atMs - b.atMs || a.id - b.id);
  const open = [...directional.positions.values()].filter(({ bought }) => bought > 0);
  const results = directional.closed.map(profitUsd);
  return {
    signals: signals.map((signal) => signalRow(signal, markets, nowMs)),
    closed: directional.closed.map((position) => closedRow(position, markets, nowMs)),
    open: open.map((position) => openRow(position, markets, nowMs)),
    wins: results.filter((usd) => usd > 0).length,
    losses: results.filter((usd) => usd < 0).length,
    settings: tunableNow(cd),
  };
}

/** The settings that a suggestion may be about, as they are now. */
export const tunableNow = (cd: DirectionalSettings): TradesToReview['settings'] => ({
  CD_MIN_EDGE_PTS: cd.minEdgePts,
  CD_KELLY_FRACTION: cd.kellyFraction,
  CD_STUDENT_T_NU: cd.studentTNu,
  CD_EXIT_STOP_LOSS_PTS: cd.exitStopLossPts,
  CD_EXIT_TAKE_PROFIT_PTS: cd.exitTakeProfitPts,
});

/** Dollars that a closed position has brought, fees paid. */
export const profitUsd = ({ got, payout, paid, fees }: DirectionalPosition): number =>
  usdToFloat(got) + usdToFloat(payout) - usdToFloat(paid) - usdToFloat(fees);

/** How many signals and closed positions are newer than the last review. */
export function newSince(
  { directional }: Pick<LoopView['state'], 'directional'>,
  sinceMs: number,
): { readonly signals: number; readonly positions: number } {
  let signals = 0;
  for (const { atMs } of directional.signals.values()) if (atMs > sinceMs) signals += 1;
  const positions = directional.closed.filter(({ closedAtMs }) => (closedAtMs ?? 0) > sinceMs).length;
  return { signals, positions };
}

function betRow(bet: CoinBet, markets: Markets, nowMs: number): ReviewedRow {
  return {
    question: questionOf(bet.conditionId, markets),
    coin: bet.coin,
    kind: bet.kind,
    direction: bet.direction,
    strikesUsd: bet.strikesUsd.join(' and '),
    hoursToEnd: bet.endAtMs === null ? null : rounded((bet.endAtMs - nowMs) / HOUR_MS, 2),
  };
}

const signalRow = (signal: DirectionalSignal, markets: Markets, nowMs: number): ReviewedRow => ({
  ...betRow(signal, markets, nowMs),
  hoursAgo: rounded((nowMs - signal.atMs) / HOUR_MS, 2),
  action: signal.action,
  outcome: signal.outcome,
  probability: rounded(signal.probability, 4),
  priceCents: signal.price === null ? null : signal.price / POINT,
  edgePoints: rounded(signal.edgePts, 2),
  yesMidCents: signal.yesMid === null ? null : signal.yesMid / POINT,
  confirmations: signal.confirmations,
  dailyVolatilityPercent: rounded(signal.dailyVolatility === null ? null : 100 * signal.dailyVolatility, 2),
});

const positionRow = (position: DirectionalPosition, markets: Markets, nowMs: number): ReviewedRow => ({
  ...betRow(position, markets, nowMs),
  outcome: position.outcome,
  probabilityAtEntry: rounded(position.probability, 4),
  edgePointsAtEntry: rounded(position.edgePts, 2),
  entryCents: averageCents(position.paid, position.bought),
  paidUsd: rounded(usdToFloat(position.paid), 2),
});

const openRow = (position: DirectionalPosition, markets: Markets, nowMs: number): ReviewedRow => ({
  ...positionRow(position, markets, nowMs),
  hoursHeld: hoursBetween(position.openedAtMs, nowMs),
  midCents: midCents(position, markets),
});

const closedRow = (position: DirectionalPosition, markets: Markets, nowMs: number): ReviewedRow => ({
  ...positionRow(position, markets, nowMs),
  hoursHeld: hoursBetween(position.openedAtMs, position.closedAtMs),
  closedBecause: position.closedBecause,
  exitCents: averageCents(position.got, position.sold),
  payoutUsd: rounded(usdToFloat(position.payout), 2),
  profitUsd: rounded(profitUsd(position), 2),
});

/** In cents, the average of what `shares` cost or brought. */
const averageCents = (usd: number, shares: number): number | null =>
  shares === 0 ? null : rounded((100 * usd) / shares, 2);

/** Where the market stands now, in the coordinates of what is held. */
function midCents({ conditionId, outcome }: DirectionalPosition, markets: Markets): number | null {
  const mid = markets.get(conditionId)?.lastMid ?? null;
  if (mid === null) return null;
  return rounded((outcome === 'YES' ? mid : PRICE_ONE - mid) / POINT, 2);
}

const questionOf = (conditionId: ConditionId, markets: Markets): string | null =>
  markets.get(conditionId)?.market.question ?? null;

const hoursBetween = (fromMs: number | null, toMs: number | null): number | null =>
  fromMs === null || toMs === null ? null : rounded((toMs - fromMs) / HOUR_MS, 2);

function rounded(value: number, decimals: number): number;
function rounded(value: number | null, decimals: number): number | null;
function rounded(value: number | null, decimals: number): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toFixed(decimals));
}

import type { Input } from '../../kernel/messages.ts';
import type { BlockName, TradingMode } from '../../risk/trading-state.ts';
import { WORKER, type World } from '../world.ts';
import { type CheckedStep, type Checker, Violation } from './checker.ts';
import { createMarketMirror, type MirroredMarket, markOfMirror, mirror } from './market-mirror.ts';
import { createToldHoldings } from './told-holdings.ts';

/** The settings on losses, in percent and milliseconds. */
export interface LossSettings {
  readonly reducePct: number;
  readonly killPct: number;
  readonly resumePct: number;
  readonly cooldownMs: number;
  readonly maxRecoveriesPerDay: number;
  readonly stopPct: number;
  readonly dailyStopPct: number;
  /** Points: a mark further from what somebody would pay than half of this is not believed. */
  readonly maxSpreadPts: number;
}

/** What a run has seen, so that a test can say that it saw something. */
export interface LossCounts {
  kills: number;
  resumesByItself: number;
  stops: number;
}

/** A level that is passed has to show in the trading state within this; a look takes a second, and three of them are asked for. */
const DELAY_MS = 5_000;
const LOOK_EVERY_MS = 500;
const DAY_MS = 86_400_000;
/** Orders are gone from the venue this long after a halt at the latest. */
const WITHDRAWN_MS = 30_000;
/** Points of percent by which marks are rounded. */
const ROUNDED_PCT = 0.01;

/** Between what the account is worth at the worst and at the best reading of its marks, in micro-dollars. */
interface Worth {
  readonly low: number;
  readonly high: number;
}

interface Look extends Worth {
  readonly atMs: number;
  /** Percent below the high-water mark, and below the start of the day: at least, and at most. */
  readonly down: Worth;
  readonly lost: Worth;
}

/**
 * The limits on losses do what their settings say, judged by a value of its own: opening cash, fills as they were told, and marks
 * from books as they were told. It has a low and a high reading, and accuses only where both agree.
 */
export function lossLimitsChecker(
  world: World,
  settings: LossSettings,
): Checker & { readonly counts: LossCounts } {
  const markets = createMarketMirror();
  const holdings = createToldHoldings(world);
  const counts: LossCounts = { kills: 0, resumesByItself: 0, stops: 0 };
  let opening: number | null = null;
  let isFunded = false;
  let highWater: Worth = { low: 0, high: 0 };
  let dayStart: (Worth & { readonly atMs: number }) | null = null;
  let day = 0;
  let looks: Look[] = [];
  let lookedAtMs = 0;
  let stood: ReadonlySet<BlockName> = new Set();
  let killedAtMs: number | null = null;
  let recoveries = 0;
  let haltedSinceMs: number | null = null;

  const worthNow = (): Worth => {
    let low = opening ?? 0;
    let high = low;
    for (const [conditionId, { cash, yes, no }] of holdings.byMarket) {
      const market = markets.markets.get(conditionId);
      const mid = market === undefined ? 5_000 : markOfMirror(market);
      const at = (mark: number): number => cash + (yes * mark + no * (10_000 - mark)) / 10_000;
      const cautious = cautiousMark(market, mid, yes - no, settings.maxSpreadPts * 50);
      high += Math.max(at(mid), at(cautious));
      low += Math.min(at(mid), at(cautious));
    }
    return { low, high };
  };

  function look(atMs: number): void {
    const worth = worthNow();
    const today = Math.floor(atMs / DAY_MS);
    if (today !== day || dayStart === null) {
      if (today !== day) recoveries = 0;
      day = today;
      dayStart = { ...worth, atMs };
    } else if (atMs - dayStart.atMs <= DELAY_MS) {
      // The first look of the day may have been taken at any of these moments.
      const { low, high } = dayStart;
      dayStart = { ...dayStart, low: Math.min(low, worth.low), high: Math.max(high, worth.high) };
    }
    // A value that stood for a moment only need not have been taken for one.
    const lasting = Math.min(worth.low, ...looks.map(({ low }) => low));
    highWater = {
      low: Math.max(highWater.low, looks.length === 0 ? worth.low : lasting),
      high: Math.max(highWater.high, worth.high),
    };
    looks = [
      ...looks.filter((one) => atMs - one.atMs <= DELAY_MS),
      { atMs, ...worth, down: below(highWater, worth), lost: below(dayStart, worth) },
    ];
  }

  /** Whether every look of the last seconds agrees. */
  const forSome = (atMs: number, holds: (look: Look) => boolean): boolean => {
    const oldest = looks[0];
    return oldest !== undefined && atMs - oldest.atMs >= DELAY_MS - 2 * LOOK_EVERY_MS && looks.every(holds);
  };

  function checkRaised(atMs: number, blocks: ReadonlySet<BlockName>, mode: TradingMode): void {
    const { killPct, reducePct, stopPct, dailyStopPct } = settings;
    const demand = (name: BlockName, isDue: boolean, what: string): void => {
      if (isDue && !blocks.has(name))
        throw new Violation(
          'loss limits',
          `${name} within ${DELAY_MS / 1_000} s of ${what}`,
          `${mode}, ${describe(looks.at(-1))}`,
        );
    };
    demand(
      'drawdownKill',
      forSome(atMs, ({ down }) => down.low >= killPct + ROUNDED_PCT),
      `a drawdown of ${killPct} %`,
    );
    if (!blocks.has('drawdownKill'))
      demand(
        'drawdownReduce',
        forSome(atMs, ({ down }) => down.low >= reducePct + ROUNDED_PCT),
        `a drawdown of ${reducePct} %`,
      );
    if (stopPct > killPct)
      demand(
        'drawdownStopLoss',
        forSome(atMs, ({ down }) => down.low >= stopPct + ROUNDED_PCT),
        `a drawdown of ${stopPct} %`,
      );
    demand(
      'dailyStopLoss',
      forSome(atMs, ({ lost }) => lost.low >= dailyStopPct + ROUNDED_PCT),
      `a loss of ${dailyStopPct} % in a day`,
    );
  }

  function checkNew(atMs: number, blocks: ReadonlySet<BlockName>, input: Input): void {
    const isResume = input.kind === 'operator' && input.order === 'resume';
    const seen = (holds: (look: Look) => boolean): boolean => looks.some(holds);
    const forbid = (is: boolean, expected: string): void => {
      if (is)
        throw new Violation('loss limits', expected, `${[...blocks].join(', ')}, ${describe(looks.at(-1))}`);
    };
    const { killPct, resumePct, cooldownMs, maxRecoveriesPerDay, dailyStopPct, stopPct } = settings;
    if (blocks.has('drawdownKill') && !stood.has('drawdownKill')) {
      counts.kills += 1;
      killedAtMs = atMs;
      forbid(
        !seen(({ down }) => down.high >= killPct - ROUNDED_PCT),
        `no kill below a drawdown of ${killPct} %`,
      );
    }
    if (!blocks.has('drawdownKill') && stood.has('drawdownKill') && !isResume) {
      counts.resumesByItself += 1;
      forbid(
        atMs - (killedAtMs ?? atMs) < cooldownMs,
        `no resume before ${cooldownMs / 1_000} s have passed`,
      );
      forbid(
        !seen(({ down }) => down.low < resumePct + ROUNDED_PCT),
        `no resume at a drawdown of ${resumePct} %`,
      );
      recoveries += 1;
      forbid(
        recoveries > maxRecoveriesPerDay,
        `at most ${maxRecoveriesPerDay} resumes a day without a person`,
      );
    }
    const newStop = blocks.has('drawdownStopLoss') && !stood.has('drawdownStopLoss');
    if (newStop)
      forbid(
        !seen(({ down }) => down.high >= stopPct - ROUNDED_PCT),
        `no stop below a drawdown of ${stopPct} %`,
      );
    const newDaily = blocks.has('dailyStopLoss') && !stood.has('dailyStopLoss');
    if (newDaily)
      forbid(
        !seen(({ lost }) => lost.high >= dailyStopPct - ROUNDED_PCT),
        `no daily stop below a loss of ${dailyStopPct} %`,
      );
    if (newStop || newDaily) counts.stops += 1;
    forbid(
      !isResume && !blocks.has('drawdownStopLoss') && stood.has('drawdownStopLoss'),
      'no end of a drawdown stop without a person',
    );
    forbid(
      !isResume && !blocks.has('dailyStopLoss') && stood.has('dailyStopLoss') && atMs % DAY_MS > DELAY_MS,
      'no end of a daily stop within its day without a person',
    );
    if (!blocks.has('drawdownKill')) killedAtMs = null;
  }

  function checkWithdrawn(atMs: number): void {
    const open = world.exchange.accounts.get(WORKER)?.openOrderIds.size ?? 0;
    if (haltedSinceMs !== null && atMs - haltedSinceMs > WITHDRAWN_MS && open > 0)
      throw new Violation(
        'loss limits',
        `no live order ${WITHDRAWN_MS / 1_000} s after a halt for losses`,
        `${open}`,
      );
  }

  function takeFacts(input: Input): void {
    mirror(markets, input);
    holdings.take(input);
    if (input.kind === 'balancesRead') opening ??= input.cash;
    // Money from outside moves what losses are measured from, which is another checker's matter.
    if (
      input.kind === 'transfersRead' &&
      input.transfers.some(({ txHash }) => txHash.startsWith('0xtransfer'))
    )
      isFunded = true;
  }

  function afterStep({ atMs, input, state }: CheckedStep): void {
    takeFacts(input);
    if (opening === null || isFunded) return;
    const isResume = input.kind === 'operator' && input.order === 'resume';
    if (isResume && LOSS_BLOCKS.some((name) => stood.has(name))) {
      highWater = { low: 0, high: 0 };
      dayStart = null;
      looks = [];
      lookedAtMs = 0;
    }
    if (atMs - lookedAtMs >= LOOK_EVERY_MS) {
      lookedAtMs = atMs;
      look(atMs);
      checkWithdrawn(atMs);
    }
    const { blocks, mode } = state.trading;
    const standing = new Set(blocks.keys());
    checkNew(atMs, standing, input);
    if (mode !== 'starting') checkRaised(atMs, standing, mode);
    const isHalted = HALTING.some((name) => standing.has(name));
    haltedSinceMs = isHalted ? (haltedSinceMs ?? atMs) : null;
    stood = standing;
  }

  return {
    name: 'loss limits',
    counts,
    afterStep,
    onTransmit(atMs) {
      if (haltedSinceMs !== null && !isFunded)
        throw new Violation(
          'loss limits',
          'no order to leave while losses halt trading',
          `orders at ${atMs}`,
        );
    },
  };
}

const LOSS_BLOCKS = ['drawdownReduce', 'drawdownKill', 'drawdownStopLoss', 'dailyStopLoss'] as const;
const HALTING = ['drawdownKill', 'drawdownStopLoss', 'dailyStopLoss'] as const;

/** How far below a mark the value is, in percent: at least, and at most. */
const below = (mark: Worth, worth: Worth): Worth => ({
  low: 100 * (1 - worth.high / Math.max(1, mark.low)),
  high: 100 * (1 - worth.low / Math.max(1, mark.high)),
});

/** A mark that hardly anybody could doubt: no further than `reach` from the worst price on the side that would take the shares. */
function cautiousMark(
  market: MirroredMarket | undefined,
  mid: number,
  excess: number,
  reach: number,
): number {
  if (market === undefined || market.resolved || !market.live) return mid;
  if (excess > 0)
    return Math.min(
      mid,
      reach + Math.min(10_000, ...market.bids.keys(), market.bids.size === 0 ? 0 : 10_000),
    );
  return Math.max(mid, Math.max(0, ...market.asks.keys(), market.asks.size === 0 ? 10_000 : 0) - reach);
}

const describe = (look: Look | undefined): string =>
  look === undefined
    ? 'no look yet'
    : `down ${look.down.low.toFixed(2)} to ${look.down.high.toFixed(2)} %, lost ${look.lost.low.toFixed(2)} to ${look.lost.high.toFixed(2)} % today`;

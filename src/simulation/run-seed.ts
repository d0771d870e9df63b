import { MICRO, PRICE_ONE, type Usd } from '../domain/units.ts';
import { forgetDoneOrders } from '../exchange/index.ts';
import { createKernel } from '../kernel/kernel.ts';
import type { Command, Input } from '../kernel/messages.ts';
import { loops } from '../loops/index.ts';
import { booksResidual } from '../orders/books.ts';
import type { PricingEngineName } from '../pricing/pricing-engine.ts';
import { explainBlocks } from '../risk/trading-state.ts';
import { parseSettings, type Settings, type SettingTexts } from '../settings/index.ts';
import { CANARIES, type CanaryName } from './canaries.ts';
import { booksChecker } from './checkers/books-checker.ts';
import { type CertificateLimits, certificateChecker } from './checkers/certificate-checker.ts';
import { type Checker, Violation } from './checkers/checker.ts';
import { chainResidual, endChecker } from './checkers/end-checker.ts';
import { type LossCounts, type LossSettings, lossLimitsChecker } from './checkers/loss-limits-checker.ts';
import { profitChecker } from './checkers/profit-checker.ts';
import { quotesChecker } from './checkers/quotes-checker.ts';
import { sumsChecker } from './checkers/sums-checker.ts';
import { transfersChecker } from './checkers/transfers-checker.ts';
import { transmissionChecker } from './checkers/transmission-checker.ts';
import { withdrawalChecker } from './checkers/withdrawal-checker.ts';
import { startCrossedBooks } from './crossed-books.ts';
import { FAULT_LEVELS, type FaultLevel, type FaultRates } from './faults.ts';
import { startFeeds } from './feed-drops.ts';
import { startHeartbeat } from './heartbeat-model.ts';
import { startOperator } from './operator-model.ts';
import { createSimulatedDriver, type SimulatedDriver, type SteppedKernel } from './simulated-driver.ts';
import { type SimulatedMarket, simulatedMarkets } from './simulated-markets.ts';
import { createSpotModel, startSpot } from './spot-model.ts';
import { startDesk } from './venue-model.ts';
import { startWalletTransfers } from './wallet-transfers.ts';
import { after, createWorld, type World } from './world.ts';

export interface SeedOptions {
  readonly seed: string;
  /** How long the worker trades, in virtual hours; healing and stopping come after. */
  readonly hours: number;
  readonly markets: number;
  readonly engine: PricingEngineName;
  /** Share of taker arrivals that are informed; null for the traders' default. */
  readonly informed: number | null;
  readonly faults: FaultLevel | FaultRates;
  /** Mean time between two looks of one of the other makers; each look changes its market's book. */
  readonly makerRefreshMs?: number;
  /** Shortest and longest life of a market, in whole minutes; left out, most outlive the run. */
  readonly livesMs?: readonly [number, number];
  /** So many markets after each other are the outcomes of one neg-risk event; left out, each stands alone. */
  readonly eventsOf?: number;
  /** News comes as jumps of the hidden paths, a few in a market's life. */
  readonly jumps?: boolean;
  /** The most that any outcome of a market may lose, in dollars; left out, its budget where the engine promises that. */
  readonly certifiedUsd?: number;
  /** What the wallet starts with for each market, in dollars. */
  readonly cashPerMarketUsd?: number;
  /** What is different about the drawn markets, such as that they are the outcomes of one event. */
  readonly adjust?: (markets: readonly SimulatedMarket[]) => readonly SimulatedMarket[];
  /** Prices of coins that move under the seed, and a worker that follows them; left out, there are none. */
  readonly prices?: boolean;
  /** A bug to plant. */
  readonly canary?: CanaryName;
  /** Settings beyond what the other options mean, by environment name. */
  readonly settings?: SettingTexts;
  /** Settings of the market maker set past their bounds, for runs larger than any that trades. */
  readonly unbounded?: Partial<Settings['mm']>;
  readonly onStep?: (atMs: number, input: Input, commands: readonly Command[]) => void;
}

export interface SeedResult {
  readonly seed: string;
  readonly traceHash: string;
  readonly inputs: number;
  readonly commands: number;
  readonly ordersPlaced: number;
  readonly fills: number;
  readonly failedTrades: number;
  readonly splitUsd: number;
  readonly mergedUsd: number;
  /** At the end, positions valued at the hidden probability. */
  readonly pnlUsd: number;
  readonly ledgerResidualMicroUsd: number;
  readonly chainResidualMicroUsd: number;
  readonly openOrdersAtExit: number;
  readonly losses: LossCounts;
  readonly faults: Readonly<Record<string, number>>;
  readonly virtualSeconds: number;
  readonly violation: FoundViolation | null;
}

/** What was wrong, and where: the number of the input and its virtual time since the start. */
export interface FoundViolation {
  readonly checker: string;
  readonly expected: string;
  readonly found: string;
  readonly inputNumber: number;
  readonly atVirtualS: number;
}

/** Midnight of a day in 2027, UTC. Any fixed moment would do. */
const START_MS = 1_800_000_000_000;
const CASH_PER_MARKET_USD = 100;
const LEAST_MARKETS_FUNDED = 5;
const HOUR_MS = 3_600_000;
/** After the last fault, the worker must be trading again within this. */
const HEAL_MS = 90_000;
/** Cancels, settlements and the last comparison have bounds of 60 and 45 s of their own. */
const STOP_BOUND_MS = 180_000;
const FORGET_EVERY_MS = 300_000;

/** A run that is set up and can be driven step by step: tests take hold of its world. */
export interface Scenario {
  readonly world: World;
  readonly kernel: SteppedKernel;
  readonly driver: SimulatedDriver;
  readonly settings: Settings;
  /** How often losses have halted trading so far, and let it go on. */
  readonly losses: LossCounts;
  /** Runs the checkers' last look. */
  checkEnd(): void;
}

/** The settings of a simulated run: the defaults, with every market quoted. */
export function simulatedSettings(
  options: Pick<SeedOptions, 'markets' | 'engine' | 'settings' | 'unbounded'>,
): Settings {
  const parsed = parseSettings({
    MM_MAX_MARKETS: String(options.markets),
    MM_PRICING_ENGINE: options.engine,
    ...options.settings,
  });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join(' '));
  return { ...parsed.settings, mm: { ...parsed.settings.mm, ...options.unbounded } };
}

/** Builds world, kernel, checkers and driver from a seed, and starts the run. */
export function openScenario(options: SeedOptions): Scenario {
  const { seed } = options;
  const settings = simulatedSettings(options);
  const drawn = simulatedMarkets({
    seed,
    count: options.markets,
    startMs: START_MS,
    informed: options.informed,
    ...(options.makerRefreshMs === undefined ? {} : { makerRefreshMs: options.makerRefreshMs }),
    ...(options.livesMs === undefined ? {} : { livesMs: options.livesMs }),
    ...(options.eventsOf === undefined ? {} : { eventsOf: options.eventsOf }),
    ...(options.jumps === undefined ? {} : { jumps: options.jumps }),
  });
  const markets = options.adjust?.(drawn) ?? drawn;
  const world = createWorld({
    seed,
    startMs: START_MS,
    cash: startingCash(options),
    markets,
    faults: typeof options.faults === 'string' ? FAULT_LEVELS[options.faults] : options.faults,
  });
  const bare: SteppedKernel = createKernel(loops, null);
  const kernel = options.canary === undefined ? bare : CANARIES[options.canary](bare);
  const losses = lossLimitsChecker(world, lossSettingsOf(settings));
  const caps = {
    maxPerMarketMicroUsd: Math.round(settings.mm.maxPerMarketUsd * MICRO),
    maxPerEventMicroUsd: Math.round(settings.mm.maxPerEventUsd * MICRO),
  };
  const checkers = [
    booksChecker(world),
    transmissionChecker(),
    quotesChecker(world, {
      ...caps,
      maxPerCoinMicroUsd: Math.round(settings.trading.maxPerCoinUsd * MICRO),
      maxMinuteMicroUsd: (settings.trading.maxNotionalPerMinuteUsd || Number.POSITIVE_INFINITY) * MICRO,
      maxTotalExposurePct: settings.trading.maxTotalExposurePct,
    }),
    withdrawalChecker(world),
    endChecker(world),
    profitChecker(),
    transfersChecker(world),
    sumsChecker(),
    losses,
    ...certificateCheckers(world, options, caps),
  ];
  const driver = createSimulatedDriver({
    world,
    kernel,
    checkers,
    ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
  });
  const { mm, trading, heartbeat, cd } = settings;
  if (options.prices === true) world.spot = createSpotModel(seed, world);
  world.deliver({
    kind: 'runStarted',
    runId: world.runId,
    parentRunId: null,
    seed,
    wallet: '0x0000000000000000000000000000000000000001',
    settings: { mm, trading, heartbeat, ...(world.spot === null ? {} : { cd }) },
  });
  startFeeds(world);
  startHeartbeat(world);
  startCrossedBooks(world);
  startWalletTransfers(world);
  if (world.spot !== null) startSpot(world);
  for (const desk of world.desks.values()) startDesk(world, desk);
  forgetNowAndThen(world);
  const checkEnd = (): void => {
    for (const checker of checkers) checker.atEnd?.(kernel.state);
  };
  return { world, kernel, driver, settings, losses: losses.counts, checkEnd };
}

function certificateCheckers(
  world: World,
  { engine, certifiedUsd }: SeedOptions,
  caps: CertificateLimits,
): Checker[] {
  if (certifiedUsd !== undefined)
    return [certificateChecker(world, { ...caps, maxPerMarketMicroUsd: certifiedUsd * MICRO })];
  return engine === 'bounded' ? [certificateChecker(world, caps)] : [];
}

const lossSettingsOf = ({ mm, trading }: Settings): LossSettings => ({
  reducePct: mm.ddReducePct,
  killPct: mm.ddKillPct,
  resumePct: mm.ddResumePct,
  cooldownMs: mm.ddCooldownMinutes * 60_000,
  maxRecoveriesPerDay: mm.ddMaxRecoveriesPerDay,
  stopPct: trading.drawdownStopLossPercent,
  dailyStopPct: trading.stopLossPercent,
  maxSpreadPts: mm.maxSpreadPts,
});

/** In micro-dollars. */
function startingCash({ markets, cashPerMarketUsd = CASH_PER_MARKET_USD }: SeedOptions): Usd {
  return (cashPerMarketUsd * MICRO * Math.max(LEAST_MARKETS_FUNDED, markets)) as Usd;
}

function forgetNowAndThen(world: World): void {
  after(world, FORGET_EVERY_MS, () => {
    forgetDoneOrders(world.exchange, world.nowMs - FORGET_EVERY_MS);
    forgetNowAndThen(world);
  });
}

/** Trades under faults for the wanted time, heals, checks that trading goes on, stops, and checks what is left. */
export function runSeed(options: SeedOptions): SeedResult {
  const scenario = openScenario(options);
  const { world, driver } = scenario;
  let violation: FoundViolation | null = null;
  try {
    play(scenario, options.hours);
  } catch (error) {
    violation = asViolation(error, driver.counts.inputs, (world.nowMs - START_MS) / 1_000);
  }
  return resultOf(scenario, options, violation);
}

function play({ world, kernel, driver, checkEnd }: Scenario, hours: number): void {
  const endMs = START_MS + Math.round(hours * HOUR_MS);
  let isHealing = false;
  startOperator(world, () => isHealing || world.nowMs > endMs - 120_000);
  driver.runUntil(endMs);
  isHealing = true;
  world.faults = FAULT_LEVELS.none;
  driver.runUntil(endMs + HEAL_MS);
  const standing = explainBlocks(kernel.state.trading).filter(
    (block) => !/^(drawdown|dailyStopLoss)/.test(block),
  );
  if (standing.length > 0)
    throw new Violation('liveness', `trading ${HEAL_MS / 1_000} s after the last fault`, standing.join('; '));
  world.deliver({ kind: 'operator', order: 'stop', by: 'simulation', reason: 'the end of the run' });
  driver.runUntil(endMs + HEAL_MS + STOP_BOUND_MS);
  const reason = driver.exitReason();
  if (reason === null) throw new Violation('liveness', `an exit within ${STOP_BOUND_MS / 1_000} s`, 'none');
  checkEnd();
}

function asViolation(error: unknown, inputNumber: number, atVirtualS: number): FoundViolation {
  if (error instanceof Violation) {
    const { checker, expected, found } = error;
    return { checker, expected, found, inputNumber, atVirtualS };
  }
  const found = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    checker: 'assertion',
    expected: 'no broken invariant inside the core',
    found,
    inputNumber,
    atVirtualS,
  };
}

function resultOf(
  { world, kernel, driver, losses }: Scenario,
  options: SeedOptions,
  violation: FoundViolation | null,
): SeedResult {
  const { state } = kernel;
  const { counts, books } = state;
  return {
    seed: options.seed,
    traceHash: driver.traceHash(),
    inputs: driver.counts.inputs,
    commands: driver.counts.commands,
    ordersPlaced: counts.ordersPlaced,
    fills: counts.fills,
    failedTrades: counts.failedTrades,
    splitUsd: counts.splitMicroUsd / MICRO,
    mergedUsd: counts.mergedMicroUsd / MICRO,
    pnlUsd: (worthOf(world) - world.chain.putIn - startingCash(options)) / MICRO,
    ledgerResidualMicroUsd: booksResidual(books, (id) => world.markets.get(id)?.market ?? null),
    chainResidualMicroUsd: chainResidual(world, books.ledger),
    openOrdersAtExit: world.exchange.accounts.get('worker')?.openOrderIds.size ?? 0,
    losses: { ...losses },
    faults: Object.fromEntries([...world.faultCounts].sort(([a], [b]) => (a < b ? -1 : 1))),
    virtualSeconds: (world.nowMs - START_MS) / 1_000,
    violation,
  };
}

/** What the wallet is worth to somebody who knows the hidden probabilities, in micro-dollars. */
export function worthOf(world: World): number {
  let worth = world.chain.cash;
  for (const [conditionId, { yesTokenId, noTokenId }] of world.chain.conditions) {
    const probability = world.desks.get(conditionId)?.population.path.probability ?? 0.5;
    const yesPrice = Math.round(probability * PRICE_ONE);
    worth += ((world.chain.tokens.get(yesTokenId) ?? 0) * yesPrice) / PRICE_ONE;
    worth += ((world.chain.tokens.get(noTokenId) ?? 0) * (PRICE_ONE - yesPrice)) / PRICE_ONE;
  }
  return worth;
}

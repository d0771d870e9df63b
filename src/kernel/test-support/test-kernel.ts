/** A kernel that a test drives input by input, with the shortest way to a market that is quoted. */
import type { ConditionId, Market, Side, TokenId } from '../../domain/market.ts';
import type {
  ClientId,
  FillReport,
  OrderId,
  OrderRequest,
  TradeStatus,
  VenueOrder,
} from '../../domain/order.ts';
import type { Price, Shares, Usd } from '../../domain/units.ts';
import { defaultSettings } from '../../settings/index.ts';
import { decodeState, encodeState } from '../codec.ts';
import { createKernel, type Kernel } from '../kernel.ts';
import type { Intent, Loop } from '../loop.ts';
import { defineLoop } from '../loop.ts';
import type { Command, Input } from '../messages.ts';
import type { KernelState } from '../state.ts';
import type { StrategySettings } from '../strategy-settings.ts';

export const T0 = 1_790_000_000_000;
export const DAY_MS = 86_400_000;

export const cents = (count: number): Price => Math.round(count * 100) as Price;
export const shares = (count: number): Shares => Math.round(count * 1e6) as Shares;
export const dollars = (count: number): Usd => Math.round(count * 1e6) as Usd;
export const conditionId = (n: number): ConditionId => `0x${n.toString(16).padStart(64, 'c')}` as ConditionId;
export const yesToken = (n: number): TokenId => `${n}1` as TokenId;
export const noToken = (n: number): TokenId => `${n}2` as TokenId;
export const orderIdOf = (clientId: ClientId): OrderId =>
  `0x${clientId.slice(2).padStart(64, '0')}` as OrderId;

export const market = (n: number, change: Partial<Market> = {}): Market => ({
  conditionId: conditionId(n),
  questionId: `0x${n}`,
  gammaId: `${n}`,
  slug: `market-${n}`,
  question: `Question ${n}?`,
  description: '',
  yesTokenId: yesToken(n),
  noTokenId: noToken(n),
  outcomeNames: ['Yes', 'No'],
  version: 'v1',
  negRisk: false,
  eventId: null,
  tags: [],
  category: 'other',
  tickSize: 100 as Price,
  minOrderSize: shares(5),
  active: true,
  closed: false,
  acceptingOrders: true,
  enableOrderBook: true,
  restricted: false,
  resolution: 'none',
  createdAtMs: T0 - 30 * DAY_MS,
  endAtMs: T0 + 10 * DAY_MS,
  gameStartAtMs: null,
  fee: { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 },
  rewards: null,
  volume24h: dollars(100_000),
  liquidity: dollars(100_000),
  listedYesPrice: cents(50),
  listedSpread: null,
  ...change,
});

export function strategySettings(
  mm: Partial<StrategySettings['mm']> = {},
  others: Partial<Pick<StrategySettings, 'trading' | 'heartbeat' | 'cd'>> = {},
): StrategySettings {
  const settings = defaultSettings();
  return {
    mm: { ...settings.mm, ...mm },
    trading: settings.trading,
    heartbeat: settings.heartbeat,
    ...others,
  };
}

export interface TestKernel {
  readonly kernel: Kernel;
  readonly state: KernelState;
  /** Every input so far with its time. */
  readonly inputs: (readonly [number, Input])[];
  readonly commands: Command[];
  nowMs: number;
  /** Lets `afterMs` pass, gives one input, and returns what came out. */
  step(input: Input, afterMs?: number): Command[];
}

/** A kernel before its first input, or on the state of an earlier run. */
export function testKernel(
  loops: readonly Loop[],
  restored: KernelState | null = null,
  nowMs = T0,
): TestKernel {
  const kernel = createKernel(loops, restored);
  const test: TestKernel = {
    kernel,
    get state() {
      return kernel.state;
    },
    inputs: [],
    commands: [],
    nowMs,
    step(input, afterMs = 1) {
      test.nowMs += afterMs;
      test.inputs.push([test.nowMs, input]);
      const commands = kernel.step(test.nowMs, input);
      test.commands.push(...commands);
      return commands;
    },
  };
  return test;
}

/** A later process on the state that this one left, through text, as after a crash; it has yet to be started. */
export const laterProcess = (test: TestKernel, loops: readonly Loop[], afterMs: number): TestKernel =>
  testKernel(loops, decodeState(encodeState(test.state)) as KernelState, test.nowMs + afterMs);

export const runStarted = (
  runId = 'run-1',
  settings = strategySettings(),
): Input & { kind: 'runStarted' } => ({
  kind: 'runStarted',
  runId,
  parentRunId: null,
  seed: 'seed',
  wallet: '0xwallet',
  settings,
});

/** All three feeds come up. */
export function feedsUp(test: TestKernel): Command[] {
  return (['market', 'user', 'heartbeat'] as const).flatMap((feed) =>
    test.step({ kind: 'feed', feed, up: true, reason: 'connected' }),
  );
}

export const book = (
  n: number,
  bid: number,
  ask: number,
  size = 1_000,
): Extract<Input, { kind: 'book' }> => ({
  kind: 'book',
  conditionId: conditionId(n),
  tick: 100 as Price,
  bids: [bid, bid - 1].map((at) => [cents(at), shares(size)] as const),
  asks: [ask, ask + 1].map((at) => [cents(at), shares(size)] as const),
  hash: 'hash',
  venueAtMs: T0,
  source: 'socket',
});

export interface WalletTerms {
  readonly cash?: number;
  /** Shares by token; the tokens of markets 1 to 9 that are not named hold nothing. */
  readonly tokens?: Readonly<Record<string, number>>;
  readonly orders?: readonly VenueOrder[];
  readonly fills?: readonly FillReport[];
}

/** The wallet as the chain shows it. */
export function balances(
  test: TestKernel,
  terms: WalletTerms = {},
): Extract<Input, { kind: 'balancesRead' }> {
  const listed = [...test.state.markets.values()].flatMap(({ market: { yesTokenId, noTokenId } }) => [
    yesTokenId,
    noTokenId,
  ]);
  return {
    kind: 'balancesRead',
    cash: dollars(terms.cash ?? 1_000),
    tokens: listed.map((tokenId) => [tokenId, shares(terms.tokens?.[tokenId] ?? 0)] as const),
    blockNumber: 1,
    askedAtMs: test.nowMs,
  };
}

/** Orders, trades and balances are read and agree. */
export function reconcile(test: TestKernel, terms: WalletTerms = {}): Command[] {
  const askedAtMs = test.nowMs;
  return [
    ...test.step({ kind: 'openOrdersRead', orders: terms.orders ?? [], askedAtMs }),
    ...test.step({ kind: 'tradesRead', fills: terms.fills ?? [], sinceMs: 0, askedAtMs }),
    ...test.step({ ...balances(test, terms), askedAtMs }),
  ];
}

/** A run that trades: started, connected, `markets` listed with a book of 47 to 53 cents each, and reconciled. */
export function trading(
  loops: readonly Loop[],
  settings: StrategySettings = strategySettings(),
  markets: readonly Market[] = [market(1)],
  terms: WalletTerms = {},
): TestKernel {
  const test = testKernel(loops);
  test.step(runStarted('run-1', settings));
  feedsUp(test);
  test.step({ kind: 'marketsListed', markets });
  wakes(test, 2, 500);
  markets.forEach((one) => {
    test.step({ ...book(1, 47, 53), conditionId: one.conditionId, tick: one.tickSize });
  });
  reconcile(test, terms);
  return test;
}

/** Lets time pass in wakes and returns everything that came out. */
export function wakes(test: TestKernel, count: number, everyMs: number): Command[] {
  const commands: Command[] = [];
  for (let wake = 0; wake < count; wake += 1) commands.push(...test.step({ kind: 'wake' }, everyMs));
  return commands;
}

export const ofKind = <Kind extends Command['kind']>(
  commands: readonly Command[],
  kind: Kind,
): Extract<Command, { kind: Kind }>[] =>
  commands.filter((command): command is Extract<Command, { kind: Kind }> => command.kind === kind);

export const placed = (commands: readonly Command[]): OrderRequest[] =>
  ofKind(commands, 'place').flatMap(({ orders }) => orders.map(({ request }) => request));

/** Orders in YES cents and shares: `BUY 48 x 10`. */
export const inYes = (requests: readonly OrderRequest[]): string[] =>
  requests.map(({ outcome, side, price, size }) => {
    const isBid = (outcome === 'YES') === (side === 'BUY');
    return `${isBid ? 'BUY' : 'SELL'} ${(outcome === 'YES' ? price : 10_000 - price) / 100} x ${size / 1e6}`;
  });

/** Signs every order of `commands` and answers that it rests. Returns the commands that followed. */
export function accept(test: TestKernel, commands: readonly Command[]): Command[] {
  return ofKind(commands, 'place').flatMap(({ orders }) => {
    const ids = orders.map(({ request }) => request.clientId);
    return [
      ...test.step({ kind: 'ordersPrepared', orders: ids.map((id) => [id, orderIdOf(id)] as const) }),
      ...test.step({
        kind: 'ordersAnswered',
        answers: ids.map((id) => [id, { result: 'live' }] as const),
      }),
    ];
  });
}

/** Confirms every cancel in `commands`: by a frame, which tells how much was matched before, and by the answer. */
export function confirmCancels(test: TestKernel, commands: readonly Command[]): Command[] {
  return commands.flatMap((command) => {
    if (command.kind !== 'cancel') return [];
    const { orderIds } = command;
    return [
      ...orderIds.flatMap((orderId) => {
        const matchedSize = test.state.orders.byOrderId.get(orderId)?.matched ?? (0 as Shares);
        return test.step({ kind: 'orderSeen', orderId, status: 'CANCELED', matchedSize });
      }),
      ...test.step({ kind: 'cancelAnswered', requested: orderIds, canceled: orderIds, notCanceled: [] }),
    ];
  });
}

/** A fill of `request` at its own price. */
export const fillOf = (
  request: OrderRequest,
  tradeId: string,
  size: number,
  status: TradeStatus,
  matchedAtMs: number,
): FillReport => ({
  tradeId,
  orderId: orderIdOf(request.clientId),
  conditionId: request.conditionId,
  tokenId: request.tokenId,
  side: request.side,
  price: request.price,
  size: shares(size),
  role: 'MAKER',
  status,
  matchedAtMs,
  transactionHash: null,
});

export const venueOrder = (request: OrderRequest, change: Partial<VenueOrder> = {}): VenueOrder => ({
  orderId: orderIdOf(request.clientId),
  conditionId: request.conditionId,
  tokenId: request.tokenId,
  side: request.side,
  price: request.price,
  originalSize: request.size,
  matchedSize: 0 as Shares,
  status: 'LIVE',
  createdAtMs: request.timestampMs,
  ...change,
});

export interface ScriptedLoop {
  readonly loop: Loop;
  /** What each run of the loop returns next; an empty queue returns nothing, an error is thrown. */
  readonly script: (readonly Intent[] | Error)[];
  /** Cause and subjects of each run so far. */
  readonly runs: string[];
}

/** A loop that does what the test says. */
export function scriptedLoop(change: Partial<Omit<Loop, 'createMemory' | 'decide'>> = {}): ScriptedLoop {
  const script: (readonly Intent[] | Error)[] = [];
  const runs: string[] = [];
  const loop = defineLoop<object>({
    name: 'market-making',
    everyMs: () => 10_000,
    minGapMs: () => 250,
    wakesOn: ['book', 'ownFill', 'settings', 'transaction'],
    allowedIn: ['active', 'reducing'],
    createMemory: () => ({}),
    decide: ({ cause, subjects }) => {
      runs.push(`${cause}${[...subjects].map((id) => ` ${id.slice(-1)}`).join('')}`);
      const next = script.shift() ?? [];
      if (next instanceof Error) throw next;
      return [...next];
    },
    ...change,
  });
  return { loop, script, runs };
}

/** A quote intent of bids and asks in YES cents. */
export const quoteIntent = (
  n: number,
  quotes: readonly (readonly [side: Side, at: number, size: number])[],
): Extract<Intent, { kind: 'quote' }> => ({
  kind: 'quote',
  conditionId: conditionId(n),
  quotes: quotes.map(([side, at, size], index) => ({
    side,
    price: cents(at),
    size: shares(size),
    level: index,
  })),
  safe: { maxBid: null, minAsk: null },
  why: 'test',
});

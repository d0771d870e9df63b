/** A run of the entry loop in a world whose prices, books and answers a test says. */
import type { DirectionalSignal } from '../../../../domain/directional.ts';
import type { Market } from '../../../../domain/market.ts';
import type { OrderRequest } from '../../../../domain/order.ts';
import type { CoinSymbol } from '../../../../domain/spot-price.ts';
import { DAY_MS } from '../../../../domain/utc-day.ts';
import type { Loop } from '../../../../kernel/loop.ts';
import type { Command } from '../../../../kernel/messages.ts';
import {
  accept,
  book,
  conditionId,
  confirmCancels,
  feedsUp,
  market,
  ofKind,
  placed,
  reconcile,
  runStarted,
  strategySettings,
  type TestKernel,
  testKernel,
  type WalletTerms,
  wakes,
} from '../../../../kernel/test-support/test-kernel.ts';
import { defaultSettings } from '../../../../settings/index.ts';
import { candles, dailyCloses, type KnownPrices } from '../../pricing/test-support/known-prices.ts';
import { directionalEntry } from '../loop.ts';

/** Noon of New York on 10 November 2026. */
export const NOW = 1_794_330_000_000;
export const CYCLE_MS = 300_000;

/** Pays where bitcoin closes above so many dollars at noon of New York three days on. */
export const closeAbove = (n: number, strikeUsd = 105_000, change: Partial<Market> = {}): Market =>
  market(n, {
    question: `Will the price of Bitcoin be above $${strikeUsd.toLocaleString('en-US')} on November 13?`,
    description: '',
    about: { endDate: '2026-11-13T17:00:00Z' },
    endAtMs: NOW + 3 * DAY_MS,
    createdAtMs: NOW - 2 * DAY_MS,
    fee: { ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 0 },
    ...change,
  });

export type CdTerms = Partial<ReturnType<typeof defaultSettings>['cd']>;

export interface EntryTerms {
  readonly cd?: CdTerms;
  readonly markets?: readonly Market[];
  readonly known?: KnownPrices;
  /** Bid and ask of every market in YES cents. */
  readonly touch?: readonly [bid: number, ask: number];
  readonly wallet?: WalletTerms;
  readonly others?: readonly Loop[];
  /** Coins of which nobody has said a price when the run begins. */
  readonly silent?: readonly CoinSymbol[];
  readonly mm?: Parameters<typeof strategySettings>[0];
}

/** The world around the kernel: what it answers by itself, and what a test may change in it. */
export interface EntryRun {
  readonly test: TestKernel;
  known: KnownPrices;
  /** What Binance says, where that is another price. */
  otherUsd: number | null;
  readonly touches: Map<number, readonly [bid: number, ask: number]>;
  /** Coins that nobody says a price of any more. */
  readonly silent: Set<CoinSymbol>;
  /** Whether histories are answered, orders taken and cancels confirmed. */
  answersReads: boolean;
  confirmsCancels: boolean;
  /** Lets so many seconds pass, the world answering, and returns what came out. */
  pass(seconds: number): Command[];
  /** To the middle of the next cycle. */
  cycle(): Command[];
  say(n: number, bid: number, ask: number): void;
}

export const settingsOf = (cd: CdTerms = {}, mm: EntryTerms['mm'] = {}) =>
  strategySettings(
    { maxSpreadPts: 30, ...mm },
    {
      cd: {
        ...defaultSettings().cd,
        cycleMinutes: CYCLE_MS / 60_000,
        confirmationCycles: 1,
        pretradeAiEnabled: false,
        ...cd,
      },
    },
  );

/** A run that trades, with bitcoin at 100,000 dollars and two per cent a day, and books at 12 to 14 cents. */
export function entryRun(terms: EntryTerms = {}): EntryRun {
  const markets = terms.markets ?? [closeAbove(1)];
  const test = testKernel([directionalEntry, ...(terms.others ?? [])], null, NOW);
  const run = worldAround(test, terms.known ?? { spotUsd: 100_000, dailyVolatility: 0.02 });
  for (const { conditionId: id } of markets) run.touches.set(numberOf(id), terms.touch ?? [12, 14]);
  for (const coin of terms.silent ?? []) run.silent.add(coin);
  test.step(runStarted('run-1', settingsOf(terms.cd, terms.mm)));
  feedsUp(test);
  test.step({ kind: 'marketsListed', markets });
  wakes(test, 2, 500);
  tellSpots(run);
  reconcile(test, terms.wallet);
  return run;
}

const numberOf = (id: string): number => Number.parseInt(id.replace(/^0xc*/, ''), 16);

export function worldAround(test: TestKernel, known: KnownPrices): EntryRun {
  let answered = 0;
  const run: EntryRun = {
    test,
    known,
    otherUsd: null,
    touches: new Map(),
    silent: new Set(),
    answersReads: true,
    confirmsCancels: true,
    pass(seconds) {
      const before = test.commands.length;
      for (let second = 0; second < seconds; second += 1) {
        if (second % 5 === 0) tellSpots(run);
        test.step({ kind: 'wake' }, 1_000);
        const fresh = test.commands.slice(answered);
        answered = test.commands.length;
        answer(run, fresh);
      }
      return test.commands.slice(before);
    },
    cycle: () => run.pass(CYCLE_MS / 1_000),
    say(n, bid, ask) {
      run.touches.set(n, [bid, ask]);
      test.step(book(n, bid, ask));
    },
  };
  return run;
}

function tellSpots({ test, known, silent, otherUsd }: EntryRun): void {
  for (const coin of test.state.spot.coins)
    if (!silent.has(coin))
      test.step({
        kind: 'spotTicks',
        ticks: [
          ['polybolt', coin, known.spotUsd, test.nowMs],
          ['binance', coin, otherUsd ?? known.spotUsd, test.nowMs],
        ],
      });
}

/** Reads, books, orders and cancels, as a venue answers them. */
function answer(run: EntryRun, commands: readonly Command[]): void {
  const { test, known } = run;
  for (const command of commands) {
    if (command.kind === 'watch')
      for (const { conditionId: id } of command.markets) {
        const touch = run.touches.get(numberOf(id));
        if (touch !== undefined) test.step(book(numberOf(id), ...touch));
      }
    if (command.kind === 'readDailyCloses' && run.answersReads)
      test.step({
        kind: 'dailyClosesRead',
        coin: command.coin,
        closes: dailyCloses(known, test.nowMs),
        askedAtMs: test.nowMs,
      });
    if (command.kind === 'readCandles' && run.answersReads)
      test.step({
        kind: 'candlesRead',
        coin: command.coin,
        step: command.step,
        fromMs: command.fromMs,
        candles: candles(known, command.step, command.fromMs, test.nowMs),
        askedAtMs: test.nowMs,
      });
  }
  accept(test, commands);
  if (run.confirmsCancels) confirmCancels(test, commands);
}

/** What was told of markets, in order. */
export const signals = (commands: readonly Command[]): DirectionalSignal[] =>
  ofKind(commands, 'directional').flatMap(({ note }) => (note.of === 'signal' ? [note.signal] : []));

export const actions = (commands: readonly Command[]): string[] =>
  signals(commands).map(({ action }) => action);

/** Entries as a person reads them: `NO 86 x 5.8`. */
export const entries = (commands: readonly Command[]): string[] =>
  placed(commands)
    .filter(({ clientId }) => clientId.startsWith('e-'))
    .map(({ outcome, price, size }) => `${outcome} ${price / 100} x ${size / 1e6}`);

export function onlyEntry(commands: readonly Command[]): OrderRequest {
  const [entry, ...more] = placed(commands).filter(({ clientId }) => clientId.startsWith('e-'));
  if (entry === undefined || more.length > 0)
    throw new Error(`expected one entry, found ${more.length + (entry ? 1 : 0)}`);
  return entry;
}

export const canceled = (commands: readonly Command[]): string[] =>
  ofKind(commands, 'cancel').map(({ reason }) => reason);

export const notices = (commands: readonly Command[]): string[] =>
  ofKind(commands, 'notify').map(({ text }) => text);

export const ONE = conditionId(1);

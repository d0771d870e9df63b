import { join } from 'node:path';
import type { Lease } from '../adapters/node/lease.ts';
import { type RunManifest, replaceFile, writeManifest } from '../adapters/node/run-directory.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { FeedName, Input, OperatorOrder } from '../kernel/messages.ts';
import { mayBeat } from '../kernel/pull-orders.ts';
import { strategySettingsOf } from '../kernel/strategy-settings.ts';
import type { JournalSink } from '../ports/journal.ts';
import type { Log, Timers } from '../ports/timers.ts';
import type { FeedSink } from '../ports/venue.ts';
import { lastingBlocks, mayTransmit } from '../risk/trading-state.ts';
import { atMost } from '../runtime/at-most.ts';
import { createEffectRunner } from '../runtime/effect-runner.ts';
import { createHeartbeat } from '../runtime/heartbeat.ts';
import { createLiveDriver, type LiveDriver } from '../runtime/live-driver.ts';
import { createSpotSampler } from '../runtime/spot-sampler.ts';
import { environmentOf, type SettingChange, type Settings } from '../settings/index.ts';
import type { Adapters } from './adapters.ts';
import { cancelEverything } from './cancel-everything.ts';
import { controlPath } from './control-path.ts';
import { type ControlServer, startControlServer } from './control-server.ts';
import { signOnPresentGround } from './fresh-signatures.ts';
import { watchForHalt } from './halt-watch.ts';
import { portfolioReport } from './portfolio.ts';
import { checkResume } from './resume-check.ts';
import { createRunObserver } from './run-observer.ts';
import { baselineOf, type RunSummary, runSummary } from './run-summary.ts';
import { createSettingsDesk } from './settings-desk.ts';
import { writeSettingChanges } from './settings-file.ts';
import type { RunTables } from './tables/run-tables.ts';
import { takeReviewChange } from './take-review-change.ts';
import { type WorkerStatus, workerStatus } from './worker-status.ts';

export interface Worker {
  readonly directory: string;
  /** Asks for the graceful way out: cancel everything, confirm it, settle, exit. */
  stop(by: string, reason: string): void;
  /** Gives up: nothing more is sent but one bounded attempt to cancel everything. */
  abort(reason: string): void;
  status(): WorkerStatus;
  /** Resolves when everything is closed; `ok` only after a graceful exit with no order left. */
  readonly ended: Promise<RunSummary>;
}

export interface WorkerParts {
  /** What is in force: `.env` and the environment with the changes of operators laid over them. */
  readonly settings: Settings;
  /** What `.env` and the environment say alone. */
  readonly base: Settings;
  readonly changes: readonly SettingChange[];
  readonly dataDir: string;
  readonly directory: string;
  readonly manifest: RunManifest;
  readonly kernel: Kernel;
  /** Whether the kernel already holds the state of an earlier run. */
  readonly hasParent: boolean;
  /** Lifts what an operator of an earlier run has left standing. */
  readonly resume: boolean;
  readonly journal: JournalSink;
  readonly tables: RunTables;
  readonly adapters: Adapters;
  /** Throws away what the signer has signed ahead of being asked for. */
  readonly forgetSignedAhead: () => void;
  readonly lease: Lease;
  readonly timers: Timers;
  readonly log: Log;
}

/** From the asking to the exit; the kernel's own bounds on the way out are shorter. */
const STOP_BOUND_MS = 90_000;
/** How long calls under way may still answer once nothing new is sent. */
const DRAIN_BOUND_MS = 3_000;
const ABORT_CANCEL_BOUND_MS = 8_000;
const SYNC_EVERY_MS = 1_000;

/** Starts the parts in their order, runs until an exit, and closes them in the opposite one. */
export async function runWorker(parts: WorkerParts): Promise<Worker> {
  const { settings, directory, manifest, kernel, journal, adapters, timers, log } = parts;
  const baseline = parts.hasParent ? baselineOf(kernel.state) : { profitMicroUsd: 0, feesMicroUsd: 0 };
  const observer = createRunObserver({
    timers,
    state: () => kernel.state,
    frames: () => adapters.marketFeed.counts.frames,
  });
  /** Once false nothing is sent any more, whatever the kernel says. */
  let isOpen = true;
  let isEnding = false;
  let control: ControlServer | null = null;
  let cancelBound: (() => void) | null = null;
  const ending = Promise.withResolvers<RunSummary>();

  const submit = (input: Input): void => {
    observer.countInput();
    driver.submit(input);
    // However the stop was asked for, it has its bound.
    if (kernel.state.trading.mode === 'stopping') cancelBound ??= timers.after(STOP_BOUND_MS, overdue);
  };
  const overdue = (): void => abort(`the way out took longer than ${STOP_BOUND_MS / 1_000} s`);

  const effects = createEffectRunner({
    ports: {
      ...adapters,
      venue: signOnPresentGround(adapters.venue, () => kernel.state, parts.forgetSignedAhead),
    },
    submit,
    nowMs: () => driver.clock.nowMs(),
    aheadMs: () => driver.clock.aheadMs(),
    mayTransmit: () =>
      isOpen &&
      mayTransmit(kernel.state.trading.mode) &&
      // A process that was stopped and goes on may be at this very line: what it decided then is old, and it may have been killed meanwhile.
      !driver.isBackFromAbsence() &&
      !haltWatch.stands(),
    isOpen: () => isOpen,
    onExit: (reason) => {
      end(reason, kernel.state.shutdown?.ordersGoneAtMs != null).catch(failedEnd);
    },
    onChangeSetting: (change) => {
      if (!isEnding) takeReviewChange(change, { desk, presentOf: desk.presentOf, log });
    },
    log,
  });
  const driver: LiveDriver = createLiveDriver({
    kernel,
    journal,
    timers,
    log,
    notBeforeMs: parts.hasParent ? kernel.state.nowMs : 0,
    onCommand: (command) => {
      if (isOpen) effects.run(command);
    },
    onAbsence: (absentMs) => {
      const reason = `this process did not run for ${(absentMs / 1_000).toFixed(1)} s`;
      log.warning(`${reason}; orders are taken back, and books and sockets opened anew`);
      adapters.userFeed.reconnect(reason);
      adapters.marketFeed.reconnect(reason);
    },
    onFatal: (error) => abort(`the worker broke: ${error instanceof Error ? error.stack : String(error)}`),
  });
  const heartbeat = createHeartbeat({
    venue: adapters.venue,
    intervalMs: settings.heartbeat.intervalSeconds * 1_000,
    timers,
    submit,
    log,
    mayBeat: () => isOpen && mayBeat(kernel.state),
  });
  const haltWatch = watchForHalt({
    dataDir: parts.dataDir,
    timers,
    onFound: ({ atMs, by, reason }) =>
      submit({
        kind: 'operator',
        order: 'halt',
        by,
        reason: `${reason}, at ${new Date(atMs).toISOString()}`,
      }),
  });
  const sampler = createSpotSampler({ timers, submit });
  const cancelSync = syncEvery(journal, timers, (error) =>
    abort(`the journal cannot be forced to disk: ${String(error)}`),
  );

  /** Nothing more is sent from here on, but one attempt to take every order back. */
  function abort(reason: string): void {
    if (isEnding) return;
    isOpen = false;
    // Nothing is to be kept alive any more: should the attempt fail, the venue's sweep takes the orders.
    heartbeat.stop();
    log.alarm(`giving up: ${reason}`);
    const attempt = async (): Promise<void> => {
      const left = await cancelEverything(adapters.venue, ABORT_CANCEL_BOUND_MS);
      if (left.remaining === null) log.alarm(`orders may be live: ${left.trouble}`);
      else log.note(`cancelled everything; ${left.remaining.length} orders remain`);
      await end(reason, false);
    };
    // The end is decided here, so a way out that comes to its end meanwhile does not count any more.
    isEnding = true;
    attempt().catch(failedEnd);
  }

  async function end(reason: string, isGraceful: boolean): Promise<void> {
    if (isGraceful && isEnding) return;
    isEnding = true;
    cancelBound?.();
    heartbeat.stop();
    haltWatch.stop();
    observer.stop();
    sampler.close();
    cancelSync();
    await atMost(DRAIN_BOUND_MS, effects.idle());
    isOpen = false;
    driver.close();
    effects.close();
    await control?.close();
    await adapters.close();
    await journal.close();
    const summary = runSummary(kernel.state, baseline, await parts.tables.finish(), {
      ok: isGraceful,
      directory,
      exitReason: reason,
      quotedMarkets: observer.quotedMarkets(),
      journalEntries: driver.entryCount(),
    });
    replaceFile(join(directory, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
    writeManifest(directory, {
      ...manifest,
      endedAtMs: timers.nowMs(),
      status: isGraceful ? 'stopped' : 'crashed',
      exitReason: reason,
    });
    parts.lease.release();
    ending.resolve(summary);
  }

  function failedEnd(error: unknown): void {
    log.alarm(`closing down failed: ${error instanceof Error ? error.stack : String(error)}`);
    parts.lease.release();
    ending.reject(error);
  }

  const operate = (order: OperatorOrder, by: string, reason: string): void => {
    // The mark goes first: while it stands, nothing could be sent anyway.
    if (order === 'resume') haltWatch.clear();
    submit({ kind: 'operator', order, by, reason });
  };
  const status = (): WorkerStatus =>
    workerStatus(kernel.state, {
      directory,
      environment: environmentOf(settings),
      nowMs: timers.nowMs(),
      journalEntries: driver.entryCount(),
      ...observer.figures(),
      today: parts.tables.today(),
    });

  const desk = createSettingsDesk({
    base: parts.base,
    changes: parts.changes,
    keep: (changes) => writeSettingChanges(parts.dataDir, changes),
    submit,
    nowMs: () => timers.nowMs(),
  });

  control = await startControlServer({
    path: controlPath(parts.dataDir),
    status,
    portfolio: () =>
      portfolioReport(
        () => kernel.state,
        'worker',
        adapters,
        () => timers.nowMs(),
      ),
    check: async ({ order }) =>
      order === 'resume' ? checkResume(adapters.chain) : { refused: null, warning: null },
    operate: ({ order, by, reason }) => operate(order, by, reason),
    changeSetting: (word) =>
      isEnding
        ? { ok: false, problems: ['the worker is ending. Run this again once it is gone.'] }
        : desk.change(word),
  });
  driver.submit(runStarted(manifest, settings));
  if (parts.resume) operate('resume', 'operator', 'run start --resume');
  for (const line of lastingBlocks(kernel.state.trading))
    log.warning(`an earlier run left trading held back by ${line}`);
  haltWatch.start();
  observer.start();
  adapters.userFeed.start(feedSink('user', submit));
  adapters.marketFeed.start(feedSink('market', submit));
  adapters.spotPrices.start(sampler);
  if (settings.heartbeat.enabled) heartbeat.start();

  return {
    directory,
    stop: (by, reason) => operate('stop', by, reason),
    abort,
    status,
    ended: ending.promise,
  };
}

function runStarted(manifest: RunManifest, settings: Settings): Input {
  const { runId, parentRunId, seed, wallet } = manifest;
  return {
    kind: 'runStarted',
    runId,
    parentRunId,
    seed,
    wallet,
    settings: strategySettingsOf(settings),
  };
}

/** A feed that says `up` while it is up has lost something in between: it counts as down for a moment, so books are confirmed anew. */
function feedSink<Event extends Input>(feed: FeedName, submit: (input: Input) => void): FeedSink<Event> {
  let isUp = false;
  return {
    onEvent: submit,
    onUp: (reason) => {
      if (isUp) submit({ kind: 'feed', feed, up: false, reason });
      isUp = true;
      submit({ kind: 'feed', feed, up: true, reason });
    },
    onDown: (reason) => {
      isUp = false;
      submit({ kind: 'feed', feed, up: false, reason });
    },
  };
}

/** What was appended survives the process; forcing it to disk now and then makes it survive the machine. */
function syncEvery(journal: JournalSink, timers: Timers, onFailed: (error: unknown) => void): () => void {
  let isStopped = false;
  let cancel = timers.after(SYNC_EVERY_MS, tick);
  function tick(): void {
    journal.sync().then(
      () => {
        if (!isStopped) cancel = timers.after(SYNC_EVERY_MS, tick);
      },
      (error: unknown) => {
        if (!isStopped) onFailed(error);
      },
    );
  }
  return () => {
    isStopped = true;
    cancel();
  };
}

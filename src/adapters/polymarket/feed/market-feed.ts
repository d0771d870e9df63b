import type { MarketEvent } from '../../../domain/market-event.ts';
import { ForeignError } from '../../../ports/foreign-error.ts';
import type { FeedSink } from '../../../ports/venue.ts';
import { createHttpClient } from '../http.ts';
import { TOKENS_PER_SOCKET } from '../venue-facts.ts';
import { asObject, WireFault, type WireObject } from '../wire/fields.ts';
import { fetchBook, fetchOutcomeBooks } from './fetch-book.ts';
import type { MarketFeed, MarketFeedCounts, MarketFeedOptions } from './market-feed-options.ts';
import { parseBook, parseChanges, type WireBook, type WireChanges, winnerOf } from './market-frames.ts';
import { createMirror, type MarketMirror } from './market-mirror.ts';
import { createMarketShards } from './market-shards.ts';
import {
  bookEvent,
  checkMirror,
  isTouchReached,
  levelsEvent,
  takeBook,
  takeChanges,
  takeFacts,
  takeTickSize,
  takeTrade,
  touchesEvent,
} from './mirror-events.ts';
import { createChangesScanner } from './scan-changes.ts';

const VERIFY_EVERY_MS = 1_000;
const ASSET_SILENT_AFTER_MS = 60_000;
const SNAPSHOT_WITHIN_MS = 5_000;
/** Frames of one event follow each other at once; one whose touch is not reached waits this long for the others. */
const HOLD_MS = 20;
const SWEEP_MS = 250;
/** The state must have rested this long before a sweep checks it, so that all frames of its event are in. */
const SETTLED_MS = 100;
const READ_TIMEOUT_MS = 10_000;
const READS_AT_ONCE = 4;
const RESYNC_RETRY_MS = 1_000;

/** Books over the market socket, proven by the venue's own hashes and repaired over REST. */
export function createMarketFeed(options: MarketFeedOptions): MarketFeed {
  const { timers, log } = options;
  const verifyEveryMs = options.verifyEveryMs ?? VERIFY_EVERY_MS;
  const http = createHttpClient({
    baseUrl: options.clobUrl,
    nowMs: () => timers.nowMs(),
    timeoutMs: READ_TIMEOUT_MS,
  });
  const closing = new AbortController();
  const mirrors = new Map<string, MarketMirror>();
  const byToken = new Map<string, MarketMirror>();
  const scanner = createChangesScanner<MarketMirror>();
  const reading = new Set<MarketMirror>();
  const retryAtMs = new Map<MarketMirror, number>();
  const counts: MarketFeedCounts = {
    frames: 0,
    parsedChanges: 0,
    oddFrames: 0,
    checks: 0,
    mismatches: 0,
    resyncs: 0,
  };
  let sink: FeedSink<MarketEvent> | null = null;
  let cancelSweep: (() => void) | null = null;

  const shards = createMarketShards({
    url: options.wsMarketUrl,
    tokensPerSocket: options.tokensPerSocket ?? TOKENS_PER_SOCKET,
    timers,
    random: options.random,
    log,
    timing: options,
    onMessage: receive,
    onOpen: (markets) => {
      for (const market of markets) {
        const mirror = mirrors.get(market.conditionId);
        if (mirror !== undefined) mirror.heardAtMs = timers.nowMs();
      }
      if (shards.openCount() === 1) sink?.onUp('market socket open');
    },
    onDown: (markets, reason) => {
      for (const market of markets) {
        const mirror = mirrors.get(market.conditionId);
        if (mirror === undefined) continue;
        dropPending(mirror);
        mirror.isLive = false;
        emit({
          kind: 'bookUntrusted',
          conditionId: market.conditionId,
          reason: `market socket down: ${reason}`,
        });
      }
      if (shards.openCount() === 0) sink?.onDown(reason);
    },
  });

  const emit = (event: MarketEvent): void => sink?.onEvent(event);

  function receive(bytes: Buffer): void {
    const first = bytes[0];
    // PONG, NO NEW ASSETS and other bare words; '{' and '[' begin what matters.
    if (first !== 0x7b && first !== 0x5b) return;
    const scanned = scanner.scan(bytes);
    if (scanned !== null) {
      counts.frames += 1;
      onChanges(scanned.of, scanned);
      return;
    }
    let parsed: unknown;
    try {
      parsed = JSON.parse(bytes.toString('utf8'));
    } catch {
      odd('a frame that is no JSON', bytes.toString('utf8'));
      return;
    }
    if (Array.isArray(parsed)) for (const entry of parsed) handle(entry);
    else handle(parsed);
  }

  function handle(entry: unknown): void {
    counts.frames += 1;
    try {
      route(asObject(entry, 'the frame'));
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      odd(error.message, JSON.stringify(entry));
      distrustAfterOddFrame(entry, error.message);
    }
  }

  function odd(reason: string, text: string): void {
    counts.oddFrames += 1;
    log.debug(`market socket: ${reason}`, { frame: text.slice(0, 200) });
  }

  /** A book frame or change that cannot be read leaves the mirror behind the venue. */
  function distrustAfterOddFrame(entry: unknown, reason: string): void {
    if (typeof entry !== 'object' || entry === null) return;
    const { event_type, market } = entry as Record<string, unknown>;
    const mirror = typeof market === 'string' ? mirrors.get(market) : undefined;
    if (mirror !== undefined && (event_type === 'price_change' || event_type === 'book'))
      distrust(mirror, reason);
  }

  function route(frame: WireObject): void {
    switch (frame.event_type) {
      case 'price_change': {
        counts.parsedChanges += 1;
        const mirror = mirrors.get(String(frame.market));
        const found = mirror?.isLive === true ? parseChanges(frame, mirror.market) : null;
        if (mirror !== undefined && found !== null) onChanges(mirror, found);
        return;
      }
      case 'book':
        onBook(frame);
        return;
      case 'last_trade_price': {
        const mirror = byToken.get(String(frame.asset_id));
        if (mirror === undefined) return;
        mirror.heardAtMs = timers.nowMs();
        emit(takeTrade(mirror, frame));
        return;
      }
      case 'tick_size_change': {
        const mirror = byToken.get(String(frame.asset_id));
        // Both tokens announce it; one announcement is enough.
        if (mirror === undefined || String(frame.new_tick_size) === mirror.tickText) return;
        flush(mirror);
        // The hash announced last covers the old tick, so it is checked now or never.
        if (!mirror.isHashChecked && isCheckDue(mirror)) check(mirror);
        mirror.isHashChecked = true;
        emit(takeTickSize(mirror, frame));
        return;
      }
      case 'market_resolved': {
        const mirror = mirrors.get(String(frame.market));
        if (mirror === undefined) return;
        const winner = winnerOf(frame, mirror.market);
        // Who has won must not be guessed: what is held is paid out and booked by it.
        if (winner === undefined) distrust(mirror, 'resolved, with a winner that is not of this market');
        else emit({ kind: 'marketResolved', conditionId: mirror.market.conditionId, winner });
        return;
      }
      default:
        return;
    }
  }

  function onBook(frame: WireObject): void {
    const mirror = byToken.get(String(frame.asset_id));
    if (mirror === undefined) return;
    mirror.heardAtMs = timers.nowMs();
    // The other token's book says the same; one of them is enough.
    if (frame.asset_id !== mirror.market.yesTokenId) return;
    dropPending(mirror);
    deliverBook(mirror, parseBook(frame, 'YES'), 'socket');
  }

  function deliverBook(
    mirror: MarketMirror,
    found: WireBook,
    source: 'socket' | 'read',
  ): MarketEvent & { kind: 'book' } {
    takeBook(mirror, found);
    if (verifyEveryMs === 0 || mirror.proof !== 'proven') check(mirror);
    if (mirror.proof === 'unproven' && !mirror.isProofAsked) {
      mirror.isProofAsked = true;
      resync(mirror);
    }
    const event = bookEvent(mirror, source);
    emit(event);
    return event;
  }

  function onChanges(mirror: MarketMirror, found: WireChanges): void {
    if (!mirror.isLive) return;
    const nowMs = timers.nowMs();
    mirror.heardAtMs = nowMs;
    if (found.stampMs !== mirror.stampMs || found.hash !== mirror.hash) {
      if (mirror.pending.length > 0) flush(mirror);
      // The event before this one is complete now: this is the moment its hash must fit.
      if (!mirror.isHashChecked && isCheckDue(mirror) && !check(mirror)) return;
    }
    takeChanges(mirror, found);
    const apart = touchesEvent(mirror, found);
    if (apart !== null && !mirror.isUntrusted) emit(apart);
    if (isTouchReached(mirror, found)) flush(mirror);
    else mirror.cancelHold ??= timers.after(HOLD_MS, () => endHold(mirror));
  }

  /** The touch announced was not reached in time: the hash decides whether the book or the announcement is off. */
  function endHold(mirror: MarketMirror): void {
    mirror.cancelHold = null;
    if (mirror.pending.length === 0) return;
    flush(mirror);
    check(mirror);
  }

  function flush(mirror: MarketMirror): void {
    mirror.cancelHold?.();
    mirror.cancelHold = null;
    const event = levelsEvent(mirror);
    if (event !== null && !mirror.isUntrusted) emit(event);
  }

  function dropPending(mirror: MarketMirror): void {
    mirror.cancelHold?.();
    mirror.cancelHold = null;
    mirror.pending = [];
  }

  const isCheckDue = (mirror: MarketMirror): boolean => timers.nowMs() - mirror.checkedAtMs >= verifyEveryMs;

  /** True unless the mirror was proven wrong, in which case its repair has begun. */
  function check(mirror: MarketMirror): boolean {
    counts.checks += 1;
    const verdict = checkMirror(mirror, timers.nowMs());
    if (verdict !== 'wrong') return true;
    counts.mismatches += 1;
    distrust(mirror, `the book does not hash to ${mirror.hash}`);
    return false;
  }

  function distrust(mirror: MarketMirror, reason: string): void {
    dropPending(mirror);
    if (!mirror.isUntrusted) {
      mirror.isUntrusted = true;
      emit({ kind: 'bookUntrusted', conditionId: mirror.market.conditionId, reason });
    }
    resync(mirror);
  }

  /** Reads the whole book in the background; a failure is tried again by the sweep. */
  function resync(mirror: MarketMirror): void {
    if (reading.has(mirror) || reading.size >= READS_AT_ONCE || closing.signal.aborted) return;
    counts.resyncs += 1;
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(READ_TIMEOUT_MS)]);
    readInto(mirror, signal).then(
      (event) => {
        retryAtMs.delete(mirror);
        if (event !== null) emit(event);
      },
      (error: unknown) => {
        retryAtMs.set(mirror, timers.nowMs() + RESYNC_RETRY_MS);
        if (!closing.signal.aborted)
          log.note(`the book of ${mirror.market.conditionId} could not be read again`, {
            error: String(error),
          });
      },
    );
  }

  /** Null when the book read is the one we have. Throws where it is older than what the socket already brought. */
  async function readInto(
    mirror: MarketMirror,
    signal: AbortSignal,
  ): Promise<(MarketEvent & { kind: 'book' }) | null> {
    const wasLive = mirror.isLive;
    const stampBefore = wasLive ? mirror.stampMs : 0;
    mirror.sinceRead ??= [];
    reading.add(mirror);
    try {
      const found = await fetchBook(http, mirror.market, signal);
      // A book that nothing keeps up to date is old at once: only a market whose own connection is open gets one.
      if (!shards.isOpen(mirror.market.conditionId))
        throw new ForeignError('socketDown', 'the socket of this market is down', 'later', {
          conditionId: mirror.market.conditionId,
        });
      // The connection's own snapshot came meanwhile, and is as new or newer.
      if (!wasLive && mirror.isLive) return null;
      if (found.stampMs < stampBefore)
        throw new ForeignError(
          'staleBook',
          `GET /book gave a book of ${found.stampMs}, the socket is at ${stampBefore}`,
          'later',
          {
            conditionId: mirror.market.conditionId,
          },
        );
      const isSame = mirror.isLive && !mirror.isUntrusted && found.hash !== '' && found.hash === mirror.hash;
      if (isSame) {
        takeFacts(mirror, found);
        if (mirror.proof !== 'proven') proveByRead(mirror);
        return null;
      }
      dropPending(mirror);
      takeBook(mirror, found);
      if (mirror.sinceRead?.length === 0) proveByRead(mirror);
      return bookEvent(mirror, 'read');
    } finally {
      reading.delete(mirror);
      mirror.sinceRead = null;
      mirror.heardAtMs = timers.nowMs();
    }
  }

  /** A whole book with all its facts that still does not fit the formula: hashes prove nothing in this market. */
  function proveByRead(mirror: MarketMirror): void {
    counts.checks += 1;
    if (checkMirror(mirror, timers.nowMs()) === 'right' || mirror.hash === '') return;
    mirror.proof = 'unprovable';
    log.note(
      `book hashes of ${mirror.market.conditionId} do not follow the known formula; its book is not checked by them`,
    );
  }

  /** What no frame brings about: late checks, missing snapshots, assets that fell silent, repairs that failed. */
  function sweep(): void {
    cancelSweep = timers.after(SWEEP_MS, sweep);
    if (shards.openCount() === 0) return;
    const nowMs = timers.nowMs();
    for (const mirror of mirrors.values()) {
      if (!shards.isOpen(mirror.market.conditionId)) continue;
      const restedMs = nowMs - mirror.heardAtMs;
      if (mirror.isUntrusted || !mirror.isLive) {
        const isDue = mirror.isUntrusted || restedMs >= (options.snapshotWithinMs ?? SNAPSHOT_WITHIN_MS);
        if (isDue && nowMs >= (retryAtMs.get(mirror) ?? 0)) resync(mirror);
      } else if (!mirror.isHashChecked && restedMs >= SETTLED_MS && isCheckDue(mirror)) {
        check(mirror);
      } else if (restedMs >= (options.assetSilentAfterMs ?? ASSET_SILENT_AFTER_MS)) auditSilent(mirror);
    }
  }

  /** A quiet market and a lost subscription look the same from here; the whole book tells them apart. */
  function auditSilent(mirror: MarketMirror): void {
    if (reading.has(mirror) || reading.size >= READS_AT_ONCE) return;
    const { conditionId } = mirror.market;
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(READ_TIMEOUT_MS)]);
    readInto(mirror, signal).then(
      (event) => {
        if (event === null) return;
        log.warning(`the socket fell silent for ${conditionId} while its book moved; subscribing again`);
        shards.resubscribe(conditionId);
        emit(event);
      },
      (error: unknown) =>
        log.debug(`the silent book of ${conditionId} could not be compared`, { error: String(error) }),
    );
  }

  return {
    counts,
    start: (given) => {
      sink = given;
      cancelSweep = timers.after(SWEEP_MS, sweep);
    },
    watch: (markets) => {
      const fresh = markets.filter((market) => !mirrors.has(market.conditionId));
      for (const market of fresh) {
        const mirror = createMirror(market);
        mirror.heardAtMs = timers.nowMs();
        mirrors.set(market.conditionId, mirror);
        byToken.set(market.yesTokenId, mirror);
        byToken.set(market.noTokenId, mirror);
        scanner.add(market, mirror);
      }
      shards.add(fresh);
    },
    unwatch: (conditionIds) => {
      for (const conditionId of conditionIds) {
        const mirror = mirrors.get(conditionId);
        if (mirror === undefined) continue;
        dropPending(mirror);
        mirrors.delete(conditionId);
        byToken.delete(mirror.market.yesTokenId);
        byToken.delete(mirror.market.noTokenId);
        scanner.remove(mirror.market);
        retryAtMs.delete(mirror);
      }
      shards.remove(conditionIds);
    },
    readBook: async (market, signal) => {
      const mirror = mirrors.get(market.conditionId);
      if (mirror !== undefined) return (await readInto(mirror, signal)) ?? bookEvent(mirror, 'read');
      const apart = createMirror(market);
      takeBook(apart, await fetchBook(http, market, signal));
      return bookEvent(apart, 'read');
    },
    readOutcomeBooks: (market, signal) => fetchOutcomeBooks(http, market, signal),
    reconnect: (reason) => shards.reconnect(reason),
    close: async () => {
      closing.abort();
      cancelSweep?.();
      for (const mirror of mirrors.values()) dropPending(mirror);
      shards.close();
      await http.close();
    },
  };
}

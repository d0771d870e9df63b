import type { Log, Timers } from '../../../ports/timers.ts';
import type { MarketFeedPort } from '../../../ports/venue.ts';
import type { SocketTiming } from './live-socket.ts';

export interface MarketFeedOptions extends SocketTiming {
  readonly wsMarketUrl: string;
  /** For whole books over REST. */
  readonly clobUrl: string;
  readonly timers: Timers;
  readonly random: () => number;
  readonly log: Log;
  readonly tokensPerSocket?: number;
  /** At most one hash check a market in this time; zero checks every event. */
  readonly verifyEveryMs?: number;
  /** A market without a frame for this long has its book compared with REST: single assets fall silent on open sockets. */
  readonly assetSilentAfterMs?: number;
  /** A market without a whole book this long after its subscription has it read over REST. */
  readonly snapshotWithinMs?: number;
}

/** Counts for metrics and for `status`. */
export interface MarketFeedCounts {
  frames: number;
  /** Price changes that were not written as the scanner knows them, and went the slow way. */
  parsedChanges: number;
  /** Frames or entries that could not be read. */
  oddFrames: number;
  checks: number;
  mismatches: number;
  resyncs: number;
}

export interface MarketFeed extends MarketFeedPort {
  readonly counts: MarketFeedCounts;
}

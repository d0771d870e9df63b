import { applySettlement, balanceOf, type ExchangeEvent } from '../../exchange/index.ts';
import type { Address, Hex, LocalChain, Match, Settlement } from '../chain/types.ts';
import type { VenueTradeStatus } from '../types.ts';
import { emit, type TradeRecord, type VenueCore } from './core.ts';
import { strike } from './faults.ts';

/** Matches sent to the chain without waiting for the block of the one before. */
const MAX_IN_FLIGHT = 16;
/** How often a mined trade that waits for more blocks looks at the head. */
const CONFIRMATION_POLL_MS = 250;

interface Job {
  readonly tradeId: string;
  readonly match: Match;
  readonly owners: ReadonlySet<Address>;
  /** Resolved once its receipt is accounted for. */
  readonly applied: Promise<void>;
  readonly markApplied: () => void;
}

/** The operator: calls `matchOrders` for each match in order, several in flight, and follows each to its end. */
export interface SettlementQueue {
  readonly enqueue: (tradeId: string, match: Match) => void;
  /** What is sent or waits to be sent for an owner: each resolves when its receipt is accounted for. */
  readonly pendingOf: (owner: Address) => Promise<void>[];
  /** Whether a transaction was sent from here. */
  readonly isOwnTransaction: (txHash: Hex) => boolean;
  /** Resolves when no trade is on its way any more; false when that took longer than `timeoutMs`. */
  readonly idle: (timeoutMs: number) => Promise<boolean>;
}

/** Remembered hashes of own transactions; the chain is polled far more often than this many settle. */
const KEPT_HASHES = 20_000;

export function createSettlementQueue(getCore: () => VenueCore): SettlementQueue {
  const waiting: Job[] = [];
  const pending = new Set<Job>();
  const ownHashes = new Set<Hex>();
  const idleWaiters = new Set<() => void>();
  let inFlight = 0;
  let unconfirmed = 0;

  const isIdle = (): boolean => pending.size === 0 && unconfirmed === 0;
  const noteIdle = (): void => {
    if (!isIdle()) return;
    for (const resolve of idleWaiters) resolve();
    idleWaiters.clear();
  };

  function pump(): void {
    while (inFlight < MAX_IN_FLIGHT) {
      const job = waiting.shift();
      if (job === undefined) return;
      inFlight += 1;
      void run(job);
    }
  }

  async function run(job: Job): Promise<void> {
    const core = getCore();
    const trade = core.trades.get(job.tradeId);
    try {
      if (trade !== undefined) await settle(core, job, trade);
    } catch (error) {
      // The chain refused the call or is gone: for the venue that is a settlement that failed.
      if (trade !== undefined) end(core, job, trade, 'failed', describe(error));
    } finally {
      inFlight -= 1;
      pending.delete(job);
      job.markApplied();
      pump();
      noteIdle();
    }
  }

  async function settle(core: VenueCore, job: Job, trade: TradeRecord): Promise<void> {
    const subject = { conditionId: trade.conditionId, address: trade.takerOwner };
    if (strike(core.faults, 'settlementRetry', subject) !== null) {
      const first = await send(core, spoiled(job.match), trade);
      trade.txHash = first.txHash;
      setStatus(core, trade, 'RETRYING');
    }
    const fails = strike(core.faults, 'settlementFailure', subject) !== null;
    const settlement = await send(core, fails ? spoiled(job.match) : job.match, trade);
    trade.txHash = settlement.txHash;
    trade.blockNumber = settlement.blockNumber;
    if (settlement.status === 'reverted') {
      end(core, job, trade, 'failed', settlement.revertReason ?? 'reverted');
      return;
    }
    end(core, job, trade, 'confirmed', '');
    unconfirmed += 1;
    void confirm(core, trade, settlement.blockNumber).finally(() => {
      unconfirmed -= 1;
      noteIdle();
    });
  }

  async function send(core: VenueCore, match: Match, trade: TradeRecord): Promise<Settlement> {
    const submitted = await core.chain.submit(match);
    trade.txHash = submitted.txHash;
    ownHashes.add(submitted.txHash);
    if (ownHashes.size > KEPT_HASHES) {
      for (const oldest of ownHashes) {
        ownHashes.delete(oldest);
        break;
      }
    }
    return submitted.settled;
  }

  return {
    enqueue: (tradeId, match) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const owners = new Set([match.taker.maker, ...match.makers.map((maker) => maker.order.maker)]);
      const job: Job = { tradeId, match, owners, applied: promise, markApplied: resolve };
      pending.add(job);
      waiting.push(job);
      pump();
    },
    pendingOf: (owner) => [...pending].filter((job) => job.owners.has(owner)).map((job) => job.applied),
    isOwnTransaction: (txHash) => ownHashes.has(txHash),
    idle: async (timeoutMs) => {
      if (isIdle()) return true;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const done = (): void => resolve(true);
      idleWaiters.add(done);
      const timer = setTimeout(() => {
        idleWaiters.delete(done);
        resolve(false);
      }, timeoutMs);
      const isSettled = await promise;
      clearTimeout(timer);
      return isSettled;
    },
  };
}

/** A call that the exchange contract really refuses: the taker's signature no longer fits the order. */
function spoiled(match: Match): Match {
  const signature = `0x${'11'.repeat(64)}1b` as Hex;
  return { ...match, taker: { ...match.taker, signature } };
}

/** Accounts for a receipt: the engine's balances, the record of what the chain already contains, the trade's status. */
function end(
  core: VenueCore,
  job: Job,
  trade: TradeRecord,
  outcome: 'confirmed' | 'failed',
  reason: string,
): void {
  const holdings = holdingsOf(core, job, trade);
  const before = holdings.map(({ owner, asset }) => balanceOf(core.exchange, owner, asset).settled);
  const out: ExchangeEvent[] = [];
  applySettlement(core.exchange, trade.id, outcome, out);
  if (outcome === 'failed') {
    trade.failureReason = reason;
    setStatus(core, trade, 'FAILED');
    return;
  }
  for (const [index, { owner, asset }] of holdings.entries()) {
    const delta = balanceOf(core.exchange, owner, asset).settled - (before[index] ?? 0);
    core.balances.noteSettled(owner, asset, trade.blockNumber ?? 0, delta);
  }
  setStatus(core, trade, 'MINED');
}

function holdingsOf(core: VenueCore, job: Job, trade: TradeRecord) {
  const market = core.markets.get(trade.conditionId)?.market;
  const holdings: { owner: Address; asset: 'USD' | NonNullable<typeof market>['yesTokenId'] }[] = [];
  for (const owner of job.owners) {
    holdings.push({ owner, asset: 'USD' });
    if (market === undefined) continue;
    holdings.push({ owner, asset: market.yesTokenId }, { owner, asset: market.noTokenId });
  }
  return holdings;
}

async function confirm(core: VenueCore, trade: TradeRecord, blockNumber: number): Promise<void> {
  const late = strike(core.faults, 'delayedConfirmation', { conditionId: trade.conditionId });
  if (late !== null) await pause(core, late.forMs ?? 5_000);
  const enough = blockNumber + core.options.confirmations - 1;
  if (core.options.confirmations > 1) {
    while (!core.stopped && (await headNumber(core.chain)) < enough) await pause(core, CONFIRMATION_POLL_MS);
  }
  if (!core.stopped) setStatus(core, trade, 'CONFIRMED');
}

/** The head's number; an unreachable node counts as block 0, so that the waiting goes on until the venue stops. */
async function headNumber(chain: LocalChain): Promise<number> {
  try {
    return (await chain.head()).number;
  } catch {
    return 0;
  }
}

const pause = (core: VenueCore, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    core.clock.after(delayMs, resolve);
  });

function setStatus(core: VenueCore, trade: TradeRecord, status: VenueTradeStatus): void {
  trade.status = status;
  trade.updatedAtMs = core.clock.nowMs();
  emit(core, { kind: 'trade', trade: { ...trade }, atMs: trade.updatedAtMs });
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

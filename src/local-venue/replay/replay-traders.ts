import type { Market } from '../../domain/market.ts';
import { complement, type Shares } from '../../domain/units.ts';
import type { FundedAccount } from '../chain/types.ts';
import type { VenueOrder, VenueState, VenueTraders } from '../types.ts';
import type { L2Capture, L2Second } from './l2-capture.ts';
import { planLevels, type RestingQuote, type WantedQuote } from './plan-levels.ts';

/** More than the deepest recorded book costs; makers and takers only ever buy, the other outcome where they sell. */
const FUNDS_PER_ACCOUNT = 20_000_000_000_000n;

/**
 * Plays L2 captures into the books of their markets, all from the moment it starts. At each recorded second the
 * trades since the second before are sent as takers against the book as it then stands, so that they also meet the
 * quotes of others; then a maker's resting orders are made equal to the recorded levels. A maker order that meets a
 * quote of somebody else matches it: the recorded market moved through that quote. A capture that shows its
 * window's outcome ends with the market resolved; one that does not ends with the maker's orders cancelled.
 */
export function replayTraders(captures: readonly L2Capture[]): VenueTraders {
  return async (state) => {
    const accounts = await state.chain.addAccounts(captures.length + 1);
    const taker = accounts[captures.length];
    const players: Player[] = [];
    for (const [index, capture] of captures.entries()) {
      const maker = accounts[index];
      const market = state.marketByToken(capture.yesTokenId)?.market;
      if (maker === undefined || taker === undefined || market === undefined) {
        throw new Error(`the market ${capture.slug} is not listed with its recorded ids`);
      }
      for (const { address } of [maker, taker]) {
        await state.chain.fund(address, FUNDS_PER_ACCOUNT);
        await state.warm(address, [market.yesTokenId, market.noTokenId]);
      }
      players.push({
        state,
        capture,
        market,
        maker,
        taker,
        startMs: 0,
        next: 0,
        isStopped: false,
        cancelTimer: noop,
        turn: Promise.resolve(),
      });
    }
    for (const player of players) {
      player.startMs = state.clock.nowMs();
      player.turn = step(player);
    }
    return { stop: () => stopAll(players) };
  };
}

interface Player {
  readonly state: VenueState;
  readonly capture: L2Capture;
  readonly market: Market;
  readonly maker: FundedAccount;
  readonly taker: FundedAccount;
  startMs: number;
  /** Index of the next second to play. */
  next: number;
  isStopped: boolean;
  cancelTimer: () => void;
  turn: Promise<void>;
}

const noop = (): void => undefined;

async function stopAll(players: readonly Player[]): Promise<void> {
  for (const player of players) {
    player.isStopped = true;
    player.cancelTimer();
  }
  await Promise.all(players.map(({ turn }) => turn));
  for (const { state, maker, taker } of players) {
    state.cancelAll(maker.address);
    state.cancelAll(taker.address);
  }
}

/** Plays every second that is due, its levels only for the newest of them, and arms the timer for the one after. */
async function step(player: Player): Promise<void> {
  const { state, capture, market } = player;
  const firstMs = capture.seconds[0]?.recordedAtMs ?? 0;
  const dueAtMs = (second: L2Second): number => player.startMs + (second.recordedAtMs - firstMs);
  const nowMs = state.clock.nowMs();
  let newest: L2Second | undefined;
  for (;;) {
    const second = capture.seconds[player.next];
    if (second === undefined || dueAtMs(second) > nowMs) break;
    player.next += 1;
    newest = second;
    await playTrades(player, second);
  }
  if (player.isStopped || state.marketByCondition(market.conditionId)?.status !== 'open') return;
  if (newest !== undefined) await playLevels(player, newest);
  const next = capture.seconds[player.next];
  if (next === undefined) {
    await end(player);
    return;
  }
  player.cancelTimer = state.clock.after(Math.max(1, dueAtMs(next) - state.clock.nowMs()), () => {
    player.turn = step(player);
  });
}

/** Recorded trades as takers. One too small to be an order of its own, or that finds no such price any more, is dropped. */
async function playTrades(player: Player, second: L2Second): Promise<void> {
  for (const { side, price, size } of second.trades) {
    if (player.isStopped) return;
    if (size >= player.market.minOrderSize) await send(player, player.taker, { side, price, size }, 'FAK');
  }
}

async function playLevels(player: Player, second: L2Second): Promise<void> {
  const { state, market, maker } = player;
  const resting = state.openOrders(maker.address, market.conditionId).map(restingQuote);
  const plan = planLevels(resting, second.bids, second.asks, market.minOrderSize);
  state.cancelOrders(maker.address, plan.cancel as readonly `0x${string}`[]);
  for (const quote of plan.place) {
    if (player.isStopped) return;
    await send(player, maker, quote, 'GTC');
  }
}

function restingQuote(order: VenueOrder): RestingQuote {
  const isYes = order.outcome === 'YES';
  return {
    orderId: order.id,
    side: (order.side === 'BUY') === isYes ? 'BUY' : 'SELL',
    price: isYes ? order.price : complement(order.price),
    remaining: (order.originalSize - order.matchedSize) as Shares,
  };
}

async function send(
  player: Player,
  account: FundedAccount,
  quote: WantedQuote,
  orderType: 'GTC' | 'FAK',
): Promise<void> {
  const { market } = player;
  const isBuy = quote.side === 'BUY';
  await player.state.submitOrder(account, {
    tokenId: isBuy ? market.yesTokenId : market.noTokenId,
    side: 'BUY',
    price: isBuy ? quote.price : complement(quote.price),
    size: quote.size,
    orderType,
  });
}

async function end(player: Player): Promise<void> {
  const { state, capture, market, maker } = player;
  if (capture.winner === null) {
    state.cancelAll(maker.address, market.conditionId);
    return;
  }
  await state.resolveMarket(market.conditionId, capture.winner);
}

import type { ConditionId } from '../../domain/market.ts';
import { WORKER, type World } from '../world.ts';
import { type Checker, Violation } from './checker.ts';
import { createMarketMirror, mirror } from './market-mirror.ts';
import { createPermission } from './transmission-checker.ts';

/**
 * How long own orders may outlive what forbids them: a lost answer is known after 10 s, a lost cancel is repeated 2 s later,
 * and the venue sweeps a silent worker after 15 s at the latest.
 */
const GRACE_MS = 30_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Quotes do not outlive the reasons for them: while nothing may be sent, and in a market whose book is not to be trusted, the
 * venue itself must soon show no order of ours.
 */
export function withdrawalChecker(world: World): Checker {
  const permission = createPermission();
  const markets = createMarketMirror();
  const doubtfulSinceMs = new Map<ConditionId, number>();
  let forbiddenSinceMs: number | null = null;
  let lookedAtMs = 0;

  function look(atMs: number): void {
    for (const [conditionId, { live, resolved }] of markets.markets) {
      if (live && !resolved) doubtfulSinceMs.delete(conditionId);
      else if (!doubtfulSinceMs.has(conditionId)) doubtfulSinceMs.set(conditionId, atMs);
    }
    const open = world.exchange.accounts.get(WORKER)?.openOrderIds;
    if (open === undefined || open.size === 0) return;
    if (forbiddenSinceMs !== null && atMs - forbiddenSinceMs > GRACE_MS)
      throw new Violation(
        'withdrawal',
        `no live order ${GRACE_MS / 1_000} s after trading was forbidden`,
        `${open.size} live, because ${permission.obstacle() ?? 'nothing forbids it now'}`,
      );
    for (const id of open) {
      const order = world.exchange.orders.get(id);
      const sinceMs = order === undefined ? undefined : doubtfulSinceMs.get(order.conditionId);
      if (sinceMs !== undefined && atMs - sinceMs > GRACE_MS)
        throw new Violation(
          'withdrawal',
          'no live order on a book that is not live',
          `${id} since ${sinceMs}`,
        );
    }
  }

  return {
    name: 'withdrawal',
    afterStep({ atMs, input }) {
      permission.take(atMs, input);
      mirror(markets, input);
      if (permission.obstacle() === null) forbiddenSinceMs = null;
      else forbiddenSinceMs ??= atMs;
      if (atMs - lookedAtMs < LOOK_EVERY_MS) return;
      lookedAtMs = atMs;
      look(atMs);
    },
  };
}

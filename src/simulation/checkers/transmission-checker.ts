import type { Command, Input } from '../../kernel/messages.ts';
import { type Checker, Violation } from './checker.ts';

/**
 * Nothing is sent that must not be: each order came out of the kernel and was prepared before it leaves, it leaves once, and
 * it leaves only while nothing forbids it. What forbids it is counted here anew, from the inputs alone.
 */
export function transmissionChecker(): Checker {
  const journaled = new Set<string>();
  const prepared = new Set<string>();
  const sent = new Set<string>();
  const permission = createPermission();

  return {
    name: 'transmission',
    afterStep({ atMs, input, commands }) {
      permission.take(atMs, input);
      if (input.kind === 'ordersPrepared') for (const [clientId] of input.orders) prepared.add(clientId);
      for (const command of commands) if (command.kind === 'place') takePlace(command);
    },
    onTransmit(_atMs, orders) {
      const why = permission.obstacle();
      if (why !== null)
        throw new Violation('transmission', `no order to leave while ${why}`, `${orders.length} orders`);
      for (const [{ clientId }] of orders) {
        if (!journaled.has(clientId) || !prepared.has(clientId))
          throw new Violation(
            'transmission',
            `${clientId} to be journaled before it leaves`,
            'no journal entry of it',
          );
        if (sent.has(clientId))
          throw new Violation('transmission', `${clientId} to leave once`, 'a second time');
        sent.add(clientId);
      }
    },
  };

  function takePlace(command: Extract<Command, { kind: 'place' }>): void {
    const why = permission.obstacle();
    if (why !== null)
      throw new Violation('transmission', `no order to be asked for while ${why}`, 'a place command');
    if (command.orders.length > 15)
      throw new Violation('transmission', 'batches of at most 15 orders', `${command.orders.length}`);
    for (const { request } of command.orders) {
      if (journaled.has(request.clientId))
        throw new Violation('transmission', `${request.clientId} to be a new name`, 'a name used before');
      journaled.add(request.clientId);
    }
  }
}

/** Whether orders may leave, from the inputs alone. */
export interface Permission {
  take(atMs: number, input: Input): void;
  /** Why nothing may leave now, or null. */
  obstacle(): string | null;
}

export function createPermission(): Permission {
  const up = { market: false, user: false, heartbeat: false };
  const operator = new Set<string>();
  const reads = { openOrders: -1, trades: -1, balances: -1 };
  let neededSinceMs = Number.POSITIVE_INFINITY;

  function takeOperator(atMs: number, order: string): void {
    if (order === 'resume') {
      operator.delete('pause');
      operator.delete('halt');
      neededSinceMs = atMs;
    } else operator.add(order);
  }

  return {
    take(atMs, input) {
      switch (input.kind) {
        case 'runStarted':
          neededSinceMs = atMs;
          return;
        case 'feed':
          if (up[input.feed] === input.up) return;
          up[input.feed] = input.up;
          if (input.up && input.feed !== 'market') neededSinceMs = atMs;
          return;
        case 'operator':
          takeOperator(atMs, input.order);
          return;
        case 'openOrdersRead':
          reads.openOrders = Math.max(reads.openOrders, input.askedAtMs);
          return;
        case 'tradesRead':
          reads.trades = Math.max(reads.trades, input.askedAtMs);
          return;
        case 'balancesRead':
          reads.balances = Math.max(reads.balances, input.askedAtMs);
          return;
        default:
      }
    },
    obstacle() {
      for (const [name, isUp] of Object.entries(up)) if (!isUp) return `the ${name} feed is down`;
      for (const order of ['pause', 'halt', 'stop'])
        if (operator.has(order)) return `the operator's ${order} stands`;
      for (const [name, askedAtMs] of Object.entries(reads))
        if (askedAtMs < neededSinceMs) return `${name} have not been read again`;
      return null;
    },
  };
}

/** The venue's timers as a binary heap by (atMs, seq): ends of GTD orders and releases of delayed ones. */
import type { Exchange, ExchangeTimer } from './types.ts';

const before = (a: ExchangeTimer, b: ExchangeTimer): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.seq < b.seq);

export function addTimer(
  exchange: Exchange,
  atMs: number,
  orderId: string,
  what: ExchangeTimer['what'],
): void {
  const { timers } = exchange;
  const timer: ExchangeTimer = { atMs, seq: exchange.nextTimerSeq, orderId, what };
  exchange.nextTimerSeq += 1;
  let index = timers.length;
  timers.push(timer);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = timers[parent] as ExchangeTimer;
    if (!before(timer, above)) break;
    timers[index] = above;
    index = parent;
  }
  timers[index] = timer;
}

/** Takes the first timer that is due at `nowMs`, or undefined. */
export function takeDueTimer(exchange: Exchange, nowMs: number): ExchangeTimer | undefined {
  const { timers } = exchange;
  const first = timers[0];
  if (first === undefined || first.atMs > nowMs) return undefined;
  const last = timers.pop() as ExchangeTimer;
  if (timers.length > 0) sink(timers, last);
  return first;
}

function sink(timers: ExchangeTimer[], timer: ExchangeTimer): void {
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= timers.length) break;
    const right = timers[child + 1];
    if (right !== undefined && before(right, timers[child] as ExchangeTimer)) child += 1;
    const below = timers[child] as ExchangeTimer;
    if (!before(below, timer)) break;
    timers[index] = below;
    index = child;
  }
  timers[index] = timer;
}

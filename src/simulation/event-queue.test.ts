import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventQueue, nextEventAtMs, scheduleAt, takeNext } from './event-queue.ts';

describe('the event queue', () => {
  it('gives events in the order of time, and of scheduling where times are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (times) => {
        const queue = createEventQueue();
        const happened: number[] = [];
        for (const [index, atMs] of times.entries()) scheduleAt(queue, atMs, () => happened.push(index));
        for (let event = takeNext(queue); event !== undefined; event = takeNext(queue)) event.action();
        const expected = times
          .map((atMs, index) => ({ atMs, index }))
          .sort((a, b) => a.atMs - b.atMs || a.index - b.index);
        expect(happened).toEqual(expected.map(({ index }) => index));
      }),
    );
  });

  it('says when the next event is due, and infinity when none is', () => {
    const queue = createEventQueue();
    expect(nextEventAtMs(queue)).toBe(Number.POSITIVE_INFINITY);
    scheduleAt(queue, 7, () => undefined);
    scheduleAt(queue, 3, () => undefined);
    expect(nextEventAtMs(queue)).toBe(3);
  });
});

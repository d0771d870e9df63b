import { describe, expect, it } from 'vitest';
import { applyAnswers, applyMatched, applyOrderRead, applyOrderSeen, takeLookUps } from './order-life.ts';
import { awaitsFills, createOrderTable, isQuiet } from './order-table.ts';
import { reservedCash } from './reserve.ts';
import { clientId, dollars, listed, orderId, send, shares, T0 } from './test-orders.ts';

const LATER = T0 + 30_000;
const takes = { timeInForce: 'FAK', postOnly: false } as const;

describe('a fill-and-kill order', () => {
  it('ends as canceled when its frame tells less than its size, and still waits for the fills of what was matched', () => {
    const table = createOrderTable();
    const record = send(table, 1, takes);
    applyAnswers(table, [[clientId(1), { result: 'matched' }]], T0);
    applyOrderSeen(table, orderId(1), 'MATCHED', shares(4), T0);
    expect(record.state).toBe('canceled');
    expect(record.doubt).toBeNull();
    expect(awaitsFills(record)).toBe(true);
    expect(reservedCash(table)).toBe(dollars(2));
    applyMatched(table, record, shares(4), LATER);
    expect(reservedCash(table)).toBe(0);
    expect(isQuiet(table)).toBe(true);
  });

  it('counts what a later frame adds after the end', () => {
    const table = createOrderTable();
    const record = send(table, 1, takes);
    applyOrderSeen(table, orderId(1), 'MATCHED', shares(4), T0);
    applyOrderSeen(table, orderId(1), 'MATCHED', shares(7), T0);
    expect([record.state, record.venueMatched]).toEqual(['canceled', shares(7)]);
    expect(awaitsFills(record)).toBe(true);
  });

  it('is not ended by a frame that does not say how much was matched', () => {
    const table = createOrderTable();
    const record = send(table, 1, takes);
    applyOrderSeen(table, orderId(1), 'MATCHED', null, T0);
    expect(record.state).toBe('open');
    expect(takeLookUps(table, T0, 1_000, 10)).toEqual([orderId(1)]);
  });

  it('leaves a resting order that was matched in part in doubt, as before', () => {
    const table = createOrderTable();
    const record = send(table, 1);
    applyOrderSeen(table, orderId(1), 'MATCHED', shares(4), T0);
    expect(record.state).toBe('partiallyFilled');
    expect(record.doubt).not.toBeNull();
  });

  it('is over when it found nothing: by the answer, by a frame, or by a read after a delay', () => {
    const table = createOrderTable();
    const rejected = send(table, 1, takes);
    applyAnswers(table, [[clientId(1), { result: 'rejected', code: 'fakNoMatch', text: 'no orders' }]], T0);
    const unmatched = send(table, 2, takes);
    applyAnswers(table, [[clientId(2), { result: 'unmatched' }]], T0);
    const killed = send(table, 3, takes);
    applyOrderSeen(table, orderId(3), 'CANCELED', null, T0);
    const delayed = send(table, 4, takes);
    applyAnswers(table, [[clientId(4), { result: 'delayed' }]], T0);
    expect(delayed.state).toBe('delayed');
    applyOrderRead(table, orderId(4), listed(delayed, { status: 'CANCELED' }), LATER, LATER);
    expect([rejected.state, unmatched.state, killed.state, delayed.state]).toEqual([
      'rejected',
      'canceled',
      'canceled',
      'canceled',
    ]);
    expect(reservedCash(table)).toBe(0);
  });

  it('of unknown outcome holds its money until a read tells', () => {
    const table = createOrderTable();
    const record = send(table, 1, takes);
    applyAnswers(table, [[clientId(1), { result: 'unknown', code: 'timeout', text: 'lost' }]], T0);
    expect(record.state).toBe('unknown');
    expect(reservedCash(table)).toBe(dollars(5));
    const read = listed(record, { status: 'MATCHED', matchedSize: shares(4) });
    applyOrderRead(table, orderId(1), read, LATER, LATER);
    expect(record.state).toBe('canceled');
    expect(reservedCash(table)).toBe(dollars(2));
  });

  it('may buy more shares than planned for its dollars, which contradicts nothing; a sale may not', () => {
    const table = createOrderTable();
    const bought = send(table, 1, { ...takes, spend: dollars(5) });
    applyMatched(table, bought, shares(12.5), T0);
    expect([bought.state, table.counts.contradictions]).toEqual(['filled', 0]);
    const sold = send(table, 2, { ...takes, side: 'SELL' });
    applyMatched(table, sold, shares(12.5), T0);
    expect(table.counts.contradictions).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import type { Usd } from '../domain/units.ts';
import {
  ABSENCE_PROOF_AFTER_MS,
  applyAnswers,
  applyCancelAnswered,
  applyCancelFailed,
  applyMatched,
  applyOpenOrdersRead,
  applyOrderRead,
  applyOrderSeen,
  LIST_MARGIN_MS,
  markCancelAsked,
  recoverOrders,
  takeLookUps,
} from './order-life.ts';
import { possibleFill } from './order-size.ts';
import {
  addApproved,
  allLiveOrders,
  awaitsFills,
  createOrderTable,
  evictTerminal,
  isQuiet,
  liveOrders,
  orderTableFrom,
} from './order-table.ts';
import { ownQuotes, reservedCash, reservedTokens, selfCross } from './reserve.ts';
import {
  CONDITION,
  cents,
  clientId,
  dollars,
  listed,
  orderId,
  QUOTE,
  request,
  rest,
  send,
  shares,
  T0,
} from './test-orders.ts';

const LATER = T0 + 60_000;

describe('answers to a placement', () => {
  it.each([
    ['live', 'open'],
    ['delayed', 'delayed'],
    ['unmatched', 'open'],
    ['matched', 'open'],
  ] as const)('%s makes it %s', (result, state) => {
    const table = createOrderTable();
    const record = send(table, 1);
    applyAnswers(table, [[clientId(1), { result }]], T0);
    expect(record.state).toBe(state);
  });

  it('tells our own no from the venue’s', () => {
    const table = createOrderTable();
    const ours = send(table, 1);
    const theirs = send(table, 2);
    applyAnswers(table, [[clientId(1), { result: 'notSent', text: 'gate closed' }]], T0);
    applyAnswers(table, [[clientId(2), { result: 'rejected', code: 'CROSS', text: 'crosses' }]], T0);
    expect([ours.state, theirs.state]).toEqual(['refused', 'rejected']);
    expect(theirs.lastText).toBe('CROSS: crosses');
    expect(isQuiet(table)).toBe(true);
  });

  it('reads an order that matched at once, because the answer does not say how much', () => {
    const table = createOrderTable();
    send(table, 1, { timeInForce: 'FAK', postOnly: false });
    applyAnswers(table, [[clientId(1), { result: 'matched' }]], T0);
    expect(takeLookUps(table, T0, 1_000, 10)).toEqual([orderId(1)]);
    const record = table.byClientId.get(clientId(1));
    applyOrderRead(
      table,
      orderId(1),
      record ? listed(record, { status: 'MATCHED', matchedSize: shares(4) }) : null,
      LATER,
      LATER,
    );
    expect(record?.state).toBe('canceled');
    expect(record && possibleFill(record)).toBe(shares(4));
  });

  it('takes a matched fill-or-kill for wholly filled and waits for its fill', () => {
    const table = createOrderTable();
    const record = send(table, 1, { timeInForce: 'FOK', postOnly: false });
    applyAnswers(table, [[clientId(1), { result: 'matched' }]], T0);
    expect(record.state).toBe('filled');
    expect(awaitsFills(record)).toBe(true);
    expect(reservedCash(table)).toBe(dollars(5));
    applyMatched(table, record, shares(10), LATER);
    expect(reservedCash(table)).toBe(0);
  });

  it('keeps and doubts an order that is refused after it was seen to trade', () => {
    const table = createOrderTable();
    const record = send(table, 1);
    applyMatched(table, record, shares(2), T0);
    applyAnswers(table, [[clientId(1), { result: 'rejected', code: 'X', text: 'y' }]], T0);
    expect(record.state).toBe('inFlight');
    expect(record.doubt).toContain('rejected after it was seen');
    expect(table.counts.contradictions).toBe(1);
  });
});

describe('W6: an order of unknown state', () => {
  const lost = () => {
    const table = createOrderTable();
    const record = send(table, 1);
    applyAnswers(table, [[clientId(1), { result: 'unknown', code: 'TIMEOUT', text: 'no answer' }]], T0);
    return { table, record };
  };

  it('W6: counts as live, in money and on the book, until the venue has told', () => {
    const { table, record } = lost();
    expect(record.state).toBe('unknown');
    expect(liveOrders(table, CONDITION)).toEqual([record]);
    expect(reservedCash(table)).toBe(dollars(5));
    expect(ownQuotes(table, CONDITION)).toHaveLength(1);
  });

  it('W6: is read, and is cancelled like any other', () => {
    const { table, record } = lost();
    expect(takeLookUps(table, T0, 5_000, 10)).toEqual([orderId(1)]);
    expect(takeLookUps(table, T0 + 4_999, 5_000, 10)).toEqual([]);
    expect(takeLookUps(table, T0 + 5_000, 5_000, 10)).toEqual([orderId(1)]);
    markCancelAsked(table, [orderId(1)], T0);
    expect(record.state).toBe('unknown');
    applyCancelAnswered(table, [orderId(1)], [orderId(1)], [], T0);
    expect(record.state).toBe('canceled');
  });

  it('W6: is not given up when the cancel finds nothing', () => {
    const { table, record } = lost();
    markCancelAsked(table, [orderId(1)], T0);
    applyCancelAnswered(table, [orderId(1)], [], [[orderId(1), 'Order not found']], T0);
    expect(record.state).toBe('unknown');
    expect(allLiveOrders(table)).toHaveLength(1);
  });

  it('W6: is believed absent only by a read asked well after the transmission', () => {
    const { table, record } = lost();
    applyOrderRead(table, orderId(1), null, T0 + ABSENCE_PROOF_AFTER_MS - 1, LATER);
    expect(record.state).toBe('unknown');
    applyOrderRead(table, orderId(1), null, T0 + ABSENCE_PROOF_AFTER_MS, LATER);
    expect(record.state).toBe('rejected');
  });

  it('W6: is open again when the list shows it', () => {
    const { table, record } = lost();
    applyOpenOrdersRead(table, [listed(record)], LATER, LATER);
    expect(record.state).toBe('open');
    expect(record.doubt).toBeNull();
  });

  it('W6: keeps unknown when fills cover a part of it', () => {
    const { table, record } = lost();
    applyMatched(table, record, shares(4), T0);
    expect(record.state).toBe('unknown');
    expect(reservedCash(table)).toBe(dollars(3));
    applyMatched(table, record, shares(6), T0);
    expect(record.state).toBe('filled');
  });

  it('W6: a lost cancel leaves the order unknown, not gone', () => {
    const table = createOrderTable();
    const record = rest(table, 1);
    markCancelAsked(table, [orderId(1)], T0);
    expect(record.state).toBe('cancelInFlight');
    applyCancelFailed(table, [orderId(1)], 'timeout', T0);
    expect(record.state).toBe('unknown');
    expect(takeLookUps(table, T0, 1_000, 10)).toEqual([orderId(1)]);
  });
});

describe('the list of live orders', () => {
  it('finds orders that are not ours as orphans', () => {
    const table = createOrderTable();
    const record = rest(table, 1);
    const stranger = listed(record, { orderId: orderId(99) });
    expect(applyOpenOrdersRead(table, [listed(record), stranger], LATER, LATER).orphans).toEqual([
      orderId(99),
    ]);
  });

  it('marks orders that should be listed and are not, but no younger ones', () => {
    const table = createOrderTable();
    const old = rest(table, 1, {}, T0);
    const young = rest(table, 2, {}, LATER - LIST_MARGIN_MS);
    applyOpenOrdersRead(table, [], LATER, LATER);
    expect(old.doubt).toContain('missing');
    expect(young.doubt).toBeNull();
  });

  it('calls an order that ended long before the list an orphan, and ignores one that just ended', () => {
    const table = createOrderTable();
    const record = rest(table, 1);
    applyCancelAnswered(table, [orderId(1)], [orderId(1)], [], T0);
    expect(applyOpenOrdersRead(table, [listed(record)], T0 + LIST_MARGIN_MS, LATER).orphans).toEqual([]);
    expect(applyOpenOrdersRead(table, [listed(record)], T0 + LIST_MARGIN_MS + 1, LATER).orphans).toEqual([
      orderId(1),
    ]);
    evictTerminal(table, LATER, 0);
    expect(applyOpenOrdersRead(table, [listed(record)], T0 + LIST_MARGIN_MS + 1, LATER).orphans).toEqual([
      orderId(1),
    ]);
  });

  it('W32: keeps the price that was signed and rests, and counts a listing that says otherwise', () => {
    const table = createOrderTable();
    const record = rest(table, 1, { price: cents(47) });
    applyOpenOrdersRead(table, [listed(record, { price: cents(49) })], LATER, LATER);
    expect(table.counts.contradictions).toBe(1);
    expect(ownQuotes(table, CONDITION)[0]?.price).toBe(cents(47));
    expect(reservedCash(table)).toBe(dollars(4.7));
  });
});

describe('late and repeated news', () => {
  it('ignores LIVE after the end', () => {
    const table = createOrderTable();
    const record = rest(table, 1);
    applyCancelAnswered(table, [orderId(1)], [orderId(1)], [], T0);
    applyOrderSeen(table, orderId(1), 'LIVE', null, LATER);
    expect(record.state).toBe('canceled');
    expect(table.counts.lateAfterTerminal).toBe(1);
  });

  it('W7: counts a fill that comes after the cancel', () => {
    const table = createOrderTable();
    const record = rest(table, 1);
    applyOrderSeen(table, orderId(1), 'CANCELED', shares(3), T0);
    expect(record.state).toBe('canceled');
    expect(reservedCash(table)).toBe(dollars(1.5));
    applyMatched(table, record, shares(3), LATER);
    expect([record.state, record.matched, reservedCash(table)]).toEqual(['canceled', shares(3), 0]);
  });

  it('W7: keeps the part that is filled apart from the part that rests', () => {
    const table = createOrderTable();
    const record = rest(table, 1);
    applyOrderSeen(table, orderId(1), 'LIVE', shares(4), T0);
    expect(record.state).toBe('partiallyFilled');
    expect(ownQuotes(table, CONDITION)[0]?.size).toBe(shares(6));
    expect(reservedCash(table)).toBe(dollars(5));
  });

  it('ends a GTD order at its own time as expired', () => {
    const table = createOrderTable();
    const record = rest(table, 1, { timeInForce: 'GTD', expirationS: T0 / 1_000 + 90 });
    applyOrderSeen(table, orderId(1), 'CANCELED', null, T0 + 30_000);
    expect(record.state).toBe('expired');
  });
});

describe('restart and eviction', () => {
  it('refuses what was never signed and doubts what was under way', () => {
    const table = createOrderTable();
    const unsigned = addApproved(table, request(1), QUOTE, 0 as Usd, T0);
    const flying = send(table, 2);
    const resting = rest(table, 3);
    recoverOrders(table, LATER);
    expect([unsigned.state, flying.state, resting.state]).toEqual(['refused', 'unknown', 'open']);
    expect(takeLookUps(table, LATER, 1_000, 10)).toEqual([orderId(2), orderId(3)]);
  });

  it('keeps terminal orders until their fills are final, and rebuilds from records', () => {
    const table = createOrderTable();
    const record = rest(table, 1);
    record.openFills = 1;
    applyCancelAnswered(table, [orderId(1)], [orderId(1)], [], T0);
    expect(evictTerminal(table, LATER, 1_000)).toBe(0);
    record.openFills = 0;
    expect(evictTerminal(table, LATER, 1_000)).toBe(1);
    expect(table.byOrderId.size + table.byClientId.size).toBe(0);
    const other = createOrderTable();
    rest(other, 2);
    const rebuilt = orderTableFrom([...other.byClientId.values()], [...table.archive]);
    expect(rebuilt.workingByCondition.get(CONDITION)?.size).toBe(1);
    expect(rebuilt.archive.has(orderId(1))).toBe(true);
  });
});

describe('reserves and self-crossing', () => {
  it('holds back cash for buys and tokens for sells', () => {
    const table = createOrderTable();
    rest(table, 1, { side: 'BUY', price: cents(40) });
    rest(table, 2, { side: 'SELL', price: cents(60) });
    rest(table, 3, { side: 'SELL', outcome: 'NO', price: cents(55), size: shares(7) });
    expect(reservedCash(table)).toBe(dollars(4));
    expect(reservedTokens(table, CONDITION)).toEqual({ yes: shares(10), no: shares(7) });
  });

  it('sees YES and NO as one book: own bids for both must sum to less than a dollar', () => {
    const table = createOrderTable();
    rest(table, 1, { side: 'BUY', price: cents(45) });
    const own = ownQuotes(table, CONDITION);
    // A bid of 0.55 for NO is an ask of 0.45 for YES.
    expect(selfCross(own, 'SELL', cents(45))).toBe(clientId(1));
    expect(selfCross(own, 'SELL', cents(46))).toBeNull();
    expect(selfCross(own, 'BUY', cents(99))).toBeNull();
  });

  it('refuses a client id that is in use', () => {
    const table = createOrderTable();
    rest(table, 1);
    expect(() => addApproved(table, request(1), QUOTE, 0 as Usd, T0)).toThrow('in use already');
  });
});

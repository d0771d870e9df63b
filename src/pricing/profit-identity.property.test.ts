import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MICRO, mulDiv, type Shares, shares, type Usd, usd } from '../domain/units.ts';
import { fillIdentity, type ProfitBalance, type ProfitEvent, profitIdentity } from './profit-identity.ts';

const mid = fc.integer({ min: 1, max: MICRO - 1 });
const size = fc.integer({ min: 1, max: 50 * MICRO });

/** What happens, before any bookkeeping. The test books it with a ledger of its own. */
const happening = fc.oneof(
  fc.record({
    what: fc.constant('fill' as const),
    outcome: fc.constantFrom('YES' as const, 'NO' as const),
    isBought: fc.boolean(),
    size,
    units: fc.integer({ min: 1, max: 9_999 }),
    fee: fc.integer({ min: 0, max: 90_000 }),
    mid,
    later: mid,
  }),
  fc.record({ what: fc.constantFrom('split' as const, 'merge' as const), size, mid }),
  fc.record({ what: fc.constant('redeem' as const), size, isYesWinner: fc.boolean(), mid }),
  fc.record({ what: fc.constant('revert' as const), size, units: fc.integer({ min: 1, max: 9_999 }), mid }),
  fc.record({
    what: fc.constantFrom('rebate' as const, 'reward' as const),
    paid: fc.integer({ min: 0, max: 1e7 }),
  }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

interface Ledger {
  cash: number;
  yes: number;
  no: number;
}

/** Books one happening in the ledger and returns the event that describes it. */
function book(ledger: Ledger, at: Happening, index: number): ProfitEvent {
  const move = (yes: number, no: number, cash: number) => {
    ledger.yes += yes;
    ledger.no += no;
    ledger.cash += cash;
    return { atMs: index, yes: yes as Shares, no: no as Shares, cash: cash as Usd };
  };
  switch (at.what) {
    case 'fill': {
      const moved = at.isBought ? at.size : -at.size;
      const cash = at.isBought
        ? -mulDiv(at.units, at.size, 10_000, 'up')
        : mulDiv(at.units, at.size, 10_000, 'down');
      const booked = at.outcome === 'YES' ? move(moved, 0, cash) : move(0, moved, cash);
      ledger.cash -= at.fee;
      return {
        kind: 'fill',
        fillId: `t${index}`,
        ...booked,
        pricePerShare: at.units * 100,
        fee: usd(at.fee),
        mid: at.mid,
        midAtHorizon: at.later,
      };
    }
    case 'split':
      return { kind: 'chain', mid: at.mid, ...move(at.size, at.size, -at.size) };
    case 'merge':
      return { kind: 'chain', mid: at.mid, ...move(-at.size, -at.size, at.size) };
    case 'redeem': {
      const [yes, no] = at.isYesWinner ? [-at.size, 0] : [0, -at.size];
      return { kind: 'chain', mid: at.mid, ...move(yes, no, at.size) };
    }
    case 'revert':
      return { kind: 'revert', mid: at.mid, ...move(-at.size, 0, mulDiv(at.units, at.size, 10_000, 'down')) };
    default: {
      const { cash, atMs } = move(0, 0, at.paid);
      return { kind: at.what, atMs, cash };
    }
  }
}

const balance = (ledger: Ledger, at: number): ProfitBalance => ({
  cash: ledger.cash as Usd,
  yes: ledger.yes as Shares,
  no: ledger.no as Shares,
  mid: at,
});

describe('the profit identity', () => {
  it('adds up to the change in cash and marked value with a residual of exactly 0, for any history', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 40 }),
        fc.record({ cash: fc.integer({ min: 0, max: 1e12 }), yes: size, no: size }),
        mid,
        mid,
        (happenings, start, openingMid, closingMid) => {
          const ledger = { ...start };
          const opening = balance(ledger, openingMid);
          const events = happenings.map((at, index) => book(ledger, at, index));
          const closing = balance(ledger, closingMid);
          const identity = profitIdentity(opening, events, closing);
          expect(identity.residual).toBe(0);
          const marked = (at: ProfitBalance) =>
            BigInt(at.cash) * BigInt(MICRO) +
            BigInt(at.yes) * BigInt(at.mid) +
            BigInt(at.no) * BigInt(MICRO - at.mid);
          const change = Number(marked(closing) - marked(opening)) / MICRO;
          expect(Math.abs(identity.total - change)).toBeLessThan(1.001 + Math.abs(change) * 1e-12);
          const fills = happenings.filter((at) => at.what === 'fill').length;
          expect(Math.abs(identity.parts.rounding)).toBeLessThanOrEqual(fills + 10);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('adds up over days and markets: two stretches are the whole, but for what their lines round', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 20 }),
        fc.array(happening, { maxLength: 20 }),
        mid,
        mid,
        mid,
        (first, second, one, two, three) => {
          const ledger: Ledger = { cash: 0, yes: 0, no: 0 };
          const opening = balance(ledger, one);
          const before = first.map((at, index) => book(ledger, at, index));
          const middle = balance(ledger, two);
          const after = second.map((at, index) => book(ledger, at, index));
          const closing = balance(ledger, three);
          const days = [profitIdentity(opening, before, middle), profitIdentity(middle, after, closing)];
          const whole = profitIdentity(opening, [...before, ...after], closing);
          const total = days.reduce((sum, day) => sum + day.total, 0);
          expect(Math.abs(total - whole.total)).toBeLessThanOrEqual(1);
          for (const part of ['spreadCaptured', 'markout', 'drift', 'fees', 'chainOperations'] as const) {
            const sum = days.reduce((parts, day) => parts + day.parts[part], 0);
            expect(Math.abs(sum - whole.parts[part])).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it('shows what a missing or wrongly booked event is worth, to the micro-dollar', () => {
    const opening: ProfitBalance = { cash: usd(0), yes: shares(0), no: shares(0), mid: 500_000 };
    const bought: ProfitEvent = {
      kind: 'fill',
      fillId: 't1',
      atMs: 0,
      yes: shares(10 * MICRO),
      no: shares(0),
      pricePerShare: 480_000,
      cash: usd(-4_800_000),
      fee: usd(1_000),
      mid: 500_000,
      midAtHorizon: 490_000,
    };
    const closing: ProfitBalance = {
      cash: usd(-4_801_000),
      yes: shares(10 * MICRO),
      no: shares(0),
      mid: 530_000,
    };
    const { parts, fills, total, residual } = profitIdentity(opening, [bought], closing);
    expect(parts).toMatchObject({
      spreadCaptured: 200_000,
      markout: -100_000,
      drift: 400_000,
      fees: -1_000,
      rounding: 0,
    });
    expect(fills).toEqual([{ fillId: 't1', spreadCaptured: 200_000, markout: -100_000, fee: 1_000 }]);
    expect([total, residual]).toEqual([499_000, 0]);
    const short = { ...closing, cash: usd(closing.cash - 1) };
    expect(profitIdentity(opening, [bought], short).residual).toBe(-1);
    expect(profitIdentity(opening, [], closing).residual).toBe(499_000);
  });

  it('is nothing for splitting and merging, and the surprise for redeeming', () => {
    const opening: ProfitBalance = { cash: usd(0), yes: shares(0), no: shares(0), mid: 400_000 };
    const ledger: Ledger = { cash: 0, yes: 0, no: 0 };
    const split = book(ledger, { what: 'split', size: 10 * MICRO, mid: 400_000 }, 0);
    const redeem = book(ledger, { what: 'redeem', size: 10 * MICRO, isYesWinner: true, mid: 900_000 }, 1);
    const { parts, residual } = profitIdentity(opening, [split, redeem], balance(ledger, 950_000));
    expect(residual).toBe(0);
    expect(parts.chainOperations).toBe(MICRO);
    expect(parts.drift).toBe(-1_500_000 + 1_000_000);
  });
});

describe('the identity of one fill', () => {
  it('is its cash and the value of its shares at the end of the horizon, to the micro-dollar', () => {
    fc.assert(
      fc.property(happening, (at) => {
        fc.pre(at.what === 'fill');
        const event = book({ cash: 0, yes: 0, no: 0 }, at, 1);
        if (event.kind !== 'fill') throw new Error('a fill is booked as a fill');
        const { spreadCaptured, markout, fee, rounding, total, residual } = fillIdentity(event);
        expect(residual).toBe(0);
        const worth =
          BigInt(event.cash - event.fee) * BigInt(MICRO) +
          BigInt(event.yes) * BigInt(event.midAtHorizon) +
          BigInt(event.no) * BigInt(MICRO - event.midAtHorizon);
        expect(BigInt(total)).toBe(
          BigInt.asIntN(64, (worth - (((worth % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n),
        );
        expect(spreadCaptured + markout - fee + rounding).toBe(total);
        expect(Math.abs(rounding)).toBeLessThanOrEqual(3);
      }),
    );
  });
});

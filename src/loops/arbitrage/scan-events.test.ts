import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBook, setLevel } from '../../domain/book.ts';
import type { NegRiskEvent } from '../../domain/market.ts';
import { MICRO, type Price, type Shares } from '../../domain/units.ts';
import type { LoopView } from '../../kernel/loop.ts';
import { applyResolution, createSlot, type MarketSlot } from '../../kernel/market-slots.ts';
import { enterMarket } from '../../kernel/test-support/directional-cases.ts';
import { market, strategySettings, trading } from '../../kernel/test-support/test-kernel.ts';
import type { SetTerms } from '../../pricing/complete-set.ts';
import { type ArbitrageMemory, createArbitrageMemory } from './memory.ts';
import { eventGroups, eventGroupsIn, planEvent, scanEvents } from './scan-events.ts';
import { setTerms } from './settings.ts';

const COMPLETE: NegRiskEvent = { marketId: '0xevent', isAugmented: false, outcomes: 3 };

/** A watched market of an event, with one bid and one ask for YES in cents. */
function slotOf(n: number, bid: number, ask: number, event: NegRiskEvent | null = COMPLETE): MarketSlot {
  const listed = market(n, { negRisk: true, ...(event === null ? {} : { negRiskEvent: event }) });
  const slot = createSlot(listed);
  slot.watched = true;
  slot.bookLive = true;
  slot.book = createBook(100 as Price);
  setLevel(slot.book, 'BUY', (bid * 100) as Price, (50 * MICRO) as Shares);
  setLevel(slot.book, 'SELL', (ask * 100) as Price, (50 * MICRO) as Shares);
  return slot;
}

const TERMS: SetTerms = { ...setTerms(strategySettings().mm, 0), minProfitPct: 0 };
const exhaustive = (slots: readonly MarketSlot[]): boolean => eventGroups(slots)[0]?.isExhaustive === true;

function view(slots: readonly MarketSlot[]): LoopView {
  const { state } = trading([], strategySettings(), []);
  for (const slot of slots) state.markets.set(slot.market.conditionId, slot);
  return { nowMs: state.nowMs, state, cause: 'beat', subjects: new Set() };
}

describe('an event', () => {
  it('is all of its markets that can be traded, and no event with one', () => {
    const slots = [slotOf(1, 30, 32), slotOf(2, 30, 32), slotOf(3, 30, 32)];
    expect(eventGroups(slots)).toMatchObject([{ eventId: '0xevent', isExhaustive: true }]);
    const [first, second, third] = slots as [MarketSlot, MarketSlot, MarketSlot];
    second.bookLive = false;
    applyResolution(third, 'NO');
    expect(eventGroups([first, second, third])).toEqual([]);
    expect(eventGroups([slotOf(4, 30, 32, null), slotOf(5, 30, 32, null)])).toEqual([]);
  });

  it('is not all of its markets while one of them belongs to directional trading', () => {
    const at = view([slotOf(1, 30, 32), slotOf(2, 30, 32), slotOf(3, 30, 32)]);
    expect(eventGroupsIn(at.state)).toMatchObject([{ isExhaustive: true, slots: [{}, {}, {}] }]);
    enterMarket(at.state, 2, 10);
    expect(eventGroupsIn(at.state)).toMatchObject([{ isExhaustive: false, slots: [{}, {}] }]);
  });

  it('is exhaustive only when everything says so: augmented, counted and complete', () => {
    const with3 = (change: Partial<NegRiskEvent>) => [
      slotOf(1, 30, 32),
      slotOf(2, 30, 32),
      slotOf(3, 30, 32, { ...COMPLETE, ...change }),
    ];
    expect(exhaustive(with3({}))).toBe(true);
    expect(exhaustive(with3({ isAugmented: true }))).toBe(false);
    expect(exhaustive(with3({ outcomes: null }))).toBe(false);
    expect(exhaustive(with3({ outcomes: 4 }))).toBe(false);
    expect(exhaustive(with3({}).slice(0, 2))).toBe(false);
  });

  it('W34: offers its sets across markets: all NO for less than n - 1, all YES for less than a dollar', () => {
    // YES bids of 36 each: NO asks of 64, three of which are 1.92 for two dollars.
    const dear = [slotOf(1, 36, 40), slotOf(2, 36, 40), slotOf(3, 36, 40)];
    const [group] = eventGroups(dear);
    const set = group && planEvent(view(dear), group, TERMS);
    expect(set).toMatchObject({ strategy: 'convertSell', isLocked: false });
    expect(set?.profit).toBe(50 * 80_000 - set!.gas);
    const cheap = [slotOf(1, 20, 30), slotOf(2, 20, 30), slotOf(3, 20, 30)];
    const [open] = eventGroups(cheap);
    expect(open && planEvent(view(cheap), open, TERMS)).toMatchObject({
      strategy: 'buyAllYes',
      isLocked: true,
    });
    const grows = cheap.map((slot) => ({
      ...slot,
      market: { ...slot.market, negRiskEvent: { ...COMPLETE, isAugmented: true } },
    }));
    const [trap] = eventGroups(grows);
    expect(trap && planEvent(view(grows), trap, TERMS)).toBeNull();
  });

  it('never has a set that pays less than nothing in some outcome, converted and resolved by hand', () => {
    const touch = fc
      .integer({ min: 2, max: 60 })
      .chain((bid) => fc.record({ bid: fc.constant(bid), ask: fc.integer({ min: bid + 1, max: 98 }) }));
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(touch, { minLength: 3, maxLength: 5 }),
        fc.constantFrom(0, 40_000, 70_000),
        fc.boolean(),
        (touches, ratePpm, isAugmented) => {
          const event = { marketId: '0xevent', isAugmented, outcomes: touches.length };
          const slots = touches.map(({ bid, ask }, index) => {
            const slot = slotOf(index + 1, bid, ask, event);
            return { ...slot, market: { ...slot.market, fee: { ...slot.market.fee, ratePpm } } };
          });
          const [group] = eventGroups(slots);
          const set = group && planEvent(view(slots), group, TERMS);
          if (set == null) return;
          found += 1;
          expect(set.profit).toBeGreaterThan(0);
          let cash = -set.gas;
          for (const leg of set.legs)
            cash += leg.side === 'BUY' ? -leg.amount - leg.fee : leg.amount - leg.fee;
          const bought = set.legs.filter((leg) => leg.side === 'BUY').length;
          // Each winner in turn, and, where outcomes may be added, one that nobody has listed.
          const winners = [...set.legs.map(({ marketId }) => marketId), ...(isAugmented ? ['new'] : [])];
          for (const winner of winners) {
            const paid =
              set.strategy === 'buyAllYes'
                ? winner === 'new'
                  ? 0
                  : set.size
                : // Conversion pays bought - 1 dollars; the YES shares it gives are sold. With nothing bought a dollar is split.
                  (bought - 1) * set.size;
            expect(cash + paid).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(found).toBeGreaterThan(20);
  });
});

describe('what events offered', () => {
  const scan = (at: LoopView, memory: ArbitrageMemory): void =>
    scanEvents(at, memory, eventGroups(at.state.markets.values()), TERMS);

  it('is counted once while it stands', () => {
    const memory = createArbitrageMemory();
    const slots = [slotOf(1, 36, 40), slotOf(2, 36, 40), slotOf(3, 36, 40)];
    const at = view(slots);
    scan(at, memory);
    scan(at, memory);
    expect(memory.totals.eventsSeen).toBe(1);
    expect([...memory.events.keys()]).toEqual(['0xevent']);
    expect(memory.totals.bestEventUsd).toBeGreaterThan(3 * MICRO);
    for (const slot of slots) slot.bookLive = false;
    scan(at, memory);
    expect(memory.events.size).toBe(0);
  });
});

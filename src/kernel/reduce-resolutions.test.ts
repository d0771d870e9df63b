import { describe, expect, it } from 'vitest';
import type { MarketResolution } from '../domain/resolution.ts';
import type { Command, Input } from './messages.ts';
import { conditionId, market, ofKind, type TestKernel, trading } from './test-support/test-kernel.ts';

const read = (test: TestKernel, ...resolutions: MarketResolution[]): Command[] =>
  test.step({ kind: 'resolutionsRead', resolutions, askedAtMs: test.nowMs });
const of = (n: number, change: Partial<MarketResolution>): MarketResolution => ({
  conditionId: conditionId(n),
  stage: null,
  payouts: null,
  ...change,
});
const told = (winner: 'YES' | 'NO' | null): Input => ({
  kind: 'marketResolved',
  conditionId: conditionId(1),
  winner,
});
const said = (commands: readonly Command[]): string[] =>
  ofKind(commands, 'notify').map(({ level, text }) => `${level}: ${text}`);
const slotOf = (test: TestKernel, n = 1) => test.state.markets.get(conditionId(n));
const twoMarkets = (): TestKernel => trading([], undefined, [market(1), market(2)]);

describe('what the chain pays', () => {
  it.each([
    [[1, 0], 'YES'],
    [[0, 1], 'NO'],
    [[1, 1], null],
  ] as const)('is the outcome: %j is %s, and is told once', (payouts, winner) => {
    const test = twoMarkets();
    const first = read(test, of(1, { payouts }));
    expect(said(first)).toHaveLength(1);
    expect(slotOf(test)).toMatchObject({ resolved: winner, isPaidOut: true });
    expect(said(read(test, of(1, { payouts })))).toEqual([]);
    expect(slotOf(test, 2)?.resolved).toBeUndefined();
  });

  it('stands, whatever the chain seems to say later', () => {
    const test = twoMarkets();
    read(test, of(1, { payouts: [1, 0] }));
    expect(said(read(test, of(1, { payouts: [0, 1] })))).toEqual([]);
    expect(slotOf(test)?.resolved).toBe('YES');
  });

  it('says nothing new where the venue has told the same, and corrects the venue with an alarm where it has not', () => {
    const same = twoMarkets();
    same.step(told('YES'));
    expect(said(read(same, of(1, { payouts: [1, 0] })))).toEqual([]);
    expect(slotOf(same)?.isPaidOut).toBe(true);
    const other = twoMarkets();
    other.step(told('YES'));
    const news = said(read(other, of(1, { payouts: [0, 1] })));
    expect(news[0]).toMatch(/^alarm: .*the venue had told YES, the oracle has reported NO/);
    expect(slotOf(other)?.resolved).toBe('NO');
  });

  it('that is no outcome is an alarm, and leaves the market as it was', () => {
    const test = twoMarkets();
    const [alarm, ...more] = said(read(test, of(1, { payouts: [2, 1] })));
    expect(alarm).toMatch(/^alarm: .*pays 2 to 1 .*Redeem it by hand/);
    expect(more).toEqual([]);
    expect(slotOf(test)).toMatchObject({ isPaidOut: false });
    expect(slotOf(test)?.resolved).toBeUndefined();
  });
});

describe('how far the oracle has come', () => {
  it('closes a market that the catalogue lists among the closed ones, and no other', () => {
    const test = twoMarkets();
    read(test, of(1, { stage: 'proposed' }), of(2, {}));
    expect(slotOf(test)?.market).toMatchObject({
      closed: true,
      acceptingOrders: false,
      resolution: 'proposed',
    });
    expect(slotOf(test, 2)?.market).toMatchObject({
      closed: false,
      acceptingOrders: true,
      resolution: 'none',
    });
  });

  it('is taken in for every market of a list, behind one that is not known too', () => {
    const test = twoMarkets();
    read(test, of(9, { payouts: [1, 0] }), of(2, { payouts: [0, 1] }));
    expect(slotOf(test, 2)?.resolved).toBe('NO');
  });
});

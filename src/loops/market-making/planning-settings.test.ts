import { describe, expect, it } from 'vitest';
import { planRules } from '../../kernel/act-quotes.ts';
import type { Command, Input } from '../../kernel/messages.ts';
import {
  accept,
  book,
  confirmCancels,
  fillOf,
  inYes,
  market,
  ofKind,
  placed,
  strategySettings,
  type TestKernel,
  testKernel,
  trading,
  wakes,
} from '../../kernel/test-support/test-kernel.ts';
import { changeSetting, defaultSettings, parseSettings } from '../../settings/index.ts';
import { maintenance } from '../maintenance/loop.ts';
import { marketMaking } from './loop.ts';

const loops = [maintenance, marketMaking];
type Texts = Readonly<Record<string, string>>;

/** The settings a person would write, checked like those of a real start. */
function settingsOf(texts: Texts) {
  const calm = { MM_USE_SPLIT_MERGE: 'false', MM_REQUOTE_MIN_GAP_MS: '0', MM_FAIR_VALUE: 'mid' };
  const parsed = parseSettings({ ...calm, ...texts });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join(' '));
  const { mm } = parsed.settings;
  const { trading: limits } = strategySettings();
  return strategySettings(mm, { trading: { ...limits, maxTotalExposurePct: 100 } });
}

/** A market of 47 to 53 cents that is quoted with these settings. */
function quoted(texts: Texts): TestKernel {
  const test = trading(loops, settingsOf(texts), [market(1)]);
  accept(test, test.commands);
  return test;
}

const sent = (commands: readonly Command[]): string[] =>
  commands.flatMap((command) =>
    command.kind === 'place' ? inYes(command.orders.map(({ request }) => request)) : [],
  );

/** What is sent when the book moves after so many seconds, with and without the setting. */
function afterMove(texts: Texts, bid: number, ask: number, afterMs: number): Command[] {
  const test = quoted(texts);
  return test.step(book(1, bid, ask), afterMs);
}

const first = (texts: Texts): string[] => sent(quoted(texts).commands);

describe('each setting of planning changes what is done', () => {
  it('MM_REQUOTE_THRESHOLD: a smaller move is left alone', () => {
    expect(sent(afterMove({ MM_REQUOTE_THRESHOLD: '0.5' }, 48, 54, 11_000))).toHaveLength(2);
    const wide = { MM_REQUOTE_THRESHOLD: '1.2', MM_CANCEL_PRICE_THRESHOLD: '1.5' };
    expect(sent(afterMove(wide, 48, 54, 11_000))).toEqual([]);
  });

  it('MM_MIN_QUOTE_LIFETIME_SECONDS: a younger quote is left alone', () => {
    expect(sent(afterMove({ MM_MIN_QUOTE_LIFETIME_SECONDS: '5' }, 48, 54, 6_000))).toHaveLength(2);
    expect(sent(afterMove({ MM_MIN_QUOTE_LIFETIME_SECONDS: '30' }, 48, 54, 6_000))).toEqual([]);
  });

  it('MM_CANCEL_PRICE_THRESHOLD: a larger move does not wait for the lifetime', () => {
    const young = (pts: string) => ({ MM_MIN_QUOTE_LIFETIME_SECONDS: '60', MM_CANCEL_PRICE_THRESHOLD: pts });
    expect(sent(afterMove(young('1'), 48, 54, 2_000))).toHaveLength(2);
    expect(sent(afterMove(young('3'), 48, 54, 2_000))).toEqual([]);
  });

  it('MM_CANCEL_SIZE_THRESHOLD: a smaller difference in size is left alone', () => {
    const topUp = (pct: string): string[] => {
      const test = quoted({ MM_CANCEL_SIZE_THRESHOLD: pct, MM_QUOTE_SIZE_USD: '20' });
      const bid = placed(test.commands)[0];
      if (bid === undefined) throw new Error('expected an order');
      const part = (bid.size / 1e6) * 0.4;
      return sent(
        test.step({ kind: 'fill', fill: fillOf(bid, 'trade-1', part, 'CONFIRMED', test.nowMs) }, 11_000),
      ).filter((text) => text.startsWith('BUY'));
    };
    expect(topUp('25')).toHaveLength(1);
    expect(topUp('90')).toEqual([]);
  });

  it('MM_MAX_QUOTE_AGE_SECONDS: an older quote is replaced though its price stands', () => {
    const replaced = (seconds: string) => {
      const still = { MM_REQUOTE_THRESHOLD: '5', MM_CANCEL_PRICE_THRESHOLD: '10' };
      const test = quoted({ ...still, MM_MAX_QUOTE_AGE_SECONDS: seconds });
      return sent(wakes(test, 4, 10_000));
    };
    expect(replaced('15').length).toBeGreaterThan(0);
    expect(replaced('3600')).toEqual([]);
  });

  it('MM_POST_ONLY: orders say so', () => {
    const flags = (texts: Texts) => placed(quoted(texts).commands).map(({ postOnly }) => postOnly);
    expect([flags({ MM_POST_ONLY: 'true' }), flags({ MM_POST_ONLY: 'false' })]).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  it('MM_TWO_SIDED: off, nothing is sold that is not held', () => {
    expect(first({ MM_TWO_SIDED: 'true' }).map((text) => text.split(' ')[0])).toEqual(['BUY', 'SELL']);
    expect(first({ MM_TWO_SIDED: 'false' }).map((text) => text.split(' ')[0])).toEqual(['BUY']);
  });

  it('MM_CROSS_REJECT_THRESHOLD, MM_CROSS_COOLDOWN_SECONDS and MM_CROSS_COOLDOWN_MAX_SECONDS: rests grow to a bound', () => {
    const crossed = (test: TestKernel): Command[] => {
      const ids = [...test.state.orders.byClientId.values()]
        .filter(({ state }) => state === 'approved')
        .map(({ request }) => request.clientId);
      const rejected = { result: 'rejected', code: 'crossesBook', text: '' } as const;
      return test.step({ kind: 'ordersAnswered', answers: ids.map((id) => [id, rejected] as const) });
    };
    const restsS = (texts: Texts): number[] => {
      const test = trading(loops, settingsOf(texts), [market(1)]);
      const rests: number[] = [];
      for (let row = 0; row < 3; row += 1) {
        const isReplaced = placed(crossed(test)).length > 0;
        const fromMs = test.nowMs;
        for (
          let wake = isReplaced ? 400 : 0;
          wake < 400 && placed(wakes(test, 1, 1_000)).length === 0;
          wake += 1
        );
        rests.push(Math.round((test.nowMs - fromMs) / 1_000));
      }
      return rests;
    };
    const cooldown = { MM_CROSS_REJECT_THRESHOLD: '1', MM_CROSS_COOLDOWN_SECONDS: '100' };
    const bounded = restsS({ ...cooldown, MM_CROSS_COOLDOWN_MAX_SECONDS: '150' });
    expect(bounded[0]).toBeGreaterThanOrEqual(100);
    expect(bounded[0]).toBeLessThanOrEqual(111);
    expect(bounded[1]).toBeGreaterThanOrEqual(150);
    expect(bounded[2]).toBeLessThanOrEqual(161);
    const longer = restsS({ ...cooldown, MM_CROSS_COOLDOWN_MAX_SECONDS: '600' });
    expect(longer[1]).toBeGreaterThanOrEqual(200);
    expect(restsS({ ...cooldown, MM_CROSS_REJECT_THRESHOLD: '3' })[0]).toBe(0);
  });

  it('MM_HANGING_ORDERS: the other side of a filled pair stays until it is too old or too far', () => {
    const hangs = (texts: Texts, afterMs = 11_000): boolean => {
      const test = quoted({ MM_QUOTE_SIZE_USD: '20', MM_CANCEL_PRICE_THRESHOLD: '0.5', ...texts });
      // A look at which both rest: from now on they are a pair.
      test.step(book(1, 47, 53), 300);
      const [bid, ask] = placed(test.commands);
      if (bid === undefined || ask === undefined) throw new Error('expected a pair');
      test.step({ kind: 'fill', fill: fillOf(bid, 'trade-1', bid.size / 1e6, 'CONFIRMED', test.nowMs) });
      for (const step of [() => test.step(book(1, 43, 49)), () => wakes(test, 1, afterMs)]) {
        const commands = step();
        accept(test, commands);
        confirmCancels(test, commands);
      }
      const state = test.state.orders.byClientId.get(ask.clientId)?.state;
      return state === 'open';
    };
    expect(hangs({ MM_HANGING_ORDERS: 'true' })).toBe(true);
    expect(hangs({ MM_HANGING_ORDERS: 'false' })).toBe(false);
    expect(hangs({ MM_HANGING_MAX_DISTANCE: '4' })).toBe(false);
    expect(hangs({ MM_HANGING_MAX_AGE_SECONDS: '5' })).toBe(false);
  });

  it('MM_ENABLED: off, nothing is quoted', () => {
    expect([first({ MM_ENABLED: 'true' }).length, first({ MM_ENABLED: 'false' }).length]).toEqual([2, 0]);
  });

  it('MM_CYCLE_SECONDS: the beat at which markets are looked at without any news', () => {
    const looks = (seconds: string): number => {
      const test = quoted({ MM_CYCLE_SECONDS: seconds, MM_STALE_QUOTE_SECONDS: '3600' });
      const before = test.state.loops.get('market-making')?.runs ?? 0;
      wakes(test, 60, 1_000);
      return (test.state.loops.get('market-making')?.runs ?? 0) - before;
    };
    expect(looks('5')).toBeGreaterThanOrEqual(11);
    expect(looks('30')).toBeLessThan(looks('5') / 2);
  });

  it('MM_REQUOTE_MIN_GAP_MS: a book that moves sooner is not answered at once', () => {
    const answered = (gapMs: string): boolean => {
      const test = quoted({ MM_CANCEL_PRICE_THRESHOLD: '0.5' });
      const { mm } = settingsOf({ MM_CANCEL_PRICE_THRESHOLD: '0.5', MM_REQUOTE_MIN_GAP_MS: gapMs });
      const settings = { ...test.state.settings, mm };
      // The change itself is looked at.
      test.step({ kind: 'settingsChanged', settings, by: 'test' }, 6_000);
      const commands = test.step(book(1, 45, 51), 200);
      return commands.some(({ kind }) => kind === 'place' || kind === 'cancel');
    };
    expect([answered('100'), answered('5000')]).toEqual([true, false]);
  });

  it('MM_STALE_THRESHOLD_SECONDS: a market that stands still is quoted wider, the sooner the shorter', () => {
    const bidAfter = (seconds: string): number => {
      const moving = { MM_MIN_QUOTE_LIFETIME_SECONDS: '0', MM_REQUOTE_THRESHOLD: '0' };
      const test = quoted({ ...moving, MM_STALE_THRESHOLD_SECONDS: seconds });
      for (let beat = 0; beat < 3; beat += 1) {
        const commands = wakes(test, 1, 10_000);
        accept(test, commands);
        confirmCancels(test, commands);
      }
      const prices = [...test.state.orders.byClientId.values()].flatMap(({ request, state }) =>
        state === 'open' && request.outcome === 'YES' ? [request.price] : [],
      );
      return Math.max(...prices);
    };
    expect(bidAfter('20')).toBeLessThan(bidAfter('3600'));
  });

  it('MM_ORDERS_PER_SECOND and MM_MAX_OPEN_ORDERS: no more orders than they allow', () => {
    const levels = { MM_MULTI_LEVEL_COUNT: '3', MM_MAX_PER_MARKET_USD: '1000' };
    expect(first(levels)).toHaveLength(6);
    expect(first({ ...levels, MM_ORDERS_PER_SECOND: '2' })).toHaveLength(3);
    expect(first({ ...levels, MM_MAX_OPEN_ORDERS: '4' })).toHaveLength(4);
  });

  it('withdrawing takes orders that hang along', () => {
    const test = quoted({ MM_QUOTE_SIZE_USD: '20' });
    wakes(test, 1, 1_000);
    const [bid, ask] = placed(test.commands);
    if (bid === undefined || ask === undefined) throw new Error('expected a pair');
    test.step({ kind: 'fill', fill: fillOf(bid, 'trade-1', bid.size / 1e6, 'CONFIRMED', test.nowMs) });
    test.step(book(1, 46, 52));
    test.step({ kind: 'operator', order: 'halt', by: 'test', reason: '' });
    expect(ofKind(test.commands, 'cancelAll')).toHaveLength(1);
    expect(test.state.orders.byClientId.get(ask.clientId)?.state).toBe('cancelInFlight');
  });
});

describe('W29: a changed setting', () => {
  const settings = defaultSettings();

  it('takes effect at the next decision, without a restart', () => {
    const test = quoted({});
    const changed = changeSetting(settings, 'MM_QUOTE_SIZE_USD', '10');
    if (!changed.ok) throw new Error('refused');
    const mm = { ...test.state.settings.mm, quoteSizeUsd: changed.settings.mm.quoteSizeUsd };
    const input: Input = {
      kind: 'settingsChanged',
      settings: { ...test.state.settings, mm },
      by: 'test',
    };
    // Ten dollars are 20 shares, of which 10 rest already.
    expect(sent(test.commands)[0]).toMatch(/^BUY .* x 10$/);
    expect(sent(test.step(input, 300))[0]).toMatch(/^BUY .* x 10$/);
  });

  it('stays what it is through everything that follows', () => {
    const test = quoted({});
    const mm = { ...test.state.settings.mm, quoteSizeUsd: 10 };
    test.step({ kind: 'settingsChanged', settings: { ...test.state.settings, mm }, by: 'test' });
    wakes(test, 20, 1_000);
    expect(test.state.settings.mm.quoteSizeUsd).toBe(10);
    const restored = testKernel(loops, structuredClone(test.state), test.nowMs);
    restored.step({ kind: 'wake' });
    expect(restored.state.settings.mm.quoteSizeUsd).toBe(10);
  });

  it('is refused out of its bounds, and leaves what was', () => {
    expect(changeSetting(settings, 'MM_QUOTE_SIZE_USD', '-3').ok).toBe(false);
    expect(changeSetting(settings, 'MM_LEVEL_SPREAD_MULT', '0.5').ok).toBe(false);
  });

  it('reaches the planner', () => {
    const changed = changeSetting(settings, 'MM_REQUOTE_THRESHOLD', '2');
    if (!changed.ok) throw new Error('refused');
    const of = (given: typeof settings) => planRules(given).requoteThreshold;
    expect([of(settings), of(changed.settings)]).toEqual([50, 200]);
  });
});

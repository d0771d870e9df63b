import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../../../domain/order.ts';
import { utcText } from '../../../domain/utc-text.ts';
import { noteStop } from '../../../kernel/stopped-markets.ts';
import {
  conditionId,
  fillOf,
  laterProcess,
  orderIdOf,
  placed,
  reconcile,
  runStarted,
} from '../../../kernel/test-support/test-kernel.ts';
import { directionalExit } from '../exit/loop.ts';
import { directionalEntry } from './loop.ts';
import {
  type CdTerms,
  CYCLE_MS,
  canceled,
  closeAbove,
  type EntryRun,
  entries,
  entryRun,
  ONE,
  settingsOf,
  signals,
} from './test-support/entry-run.ts';

const CD: CdTerms = { exitAiConfirmEnabled: false, confirmationCycles: 2 };
const HOUR_S = 3_600;
const CYCLE_S = CYCLE_MS / 1_000;

/** Lets the time pass, every order of ours being filled at once, and returns what was traded: `BUY YES@50`. */
function trade(run: EntryRun, seconds: number, each: (second: number) => void = () => {}): string[] {
  let seen = placed(run.test.commands).length;
  const trades: string[] = [];
  for (let second = 0; second < seconds; second += 1) {
    run.pass(1);
    for (const order of placed(run.test.commands).slice(seen)) {
      seen += 1;
      trades.push(`${order.side} ${order.outcome}@${order.price / 100}`);
      fill(run, order);
    }
    each(second);
  }
  return trades;
}

function fill({ test }: EntryRun, order: OrderRequest): void {
  test.step({
    kind: 'orderSeen',
    orderId: orderIdOf(order.clientId),
    status: 'MATCHED',
    matchedSize: order.size,
  });
  for (const status of ['MATCHED', 'CONFIRMED'] as const)
    test.step({
      kind: 'fill',
      fill: fillOf(order, `t-${order.clientId}`, order.size / 1e6, status, test.nowMs),
    });
}

/** A market that the model holds for worth 69 cents, at 50 to 52, and falling by five cents every 150 seconds. */
function falling(cd: CdTerms = {}, seconds = 2_500): { run: EntryRun; trades: string[] } {
  const run = entryRun({
    others: [directionalExit],
    markets: [closeAbove(1, 99_000)],
    touch: [50, 52],
    cd: { ...CD, ...cd },
  });
  let mid = 51;
  const trades = trade(run, seconds, (second) => {
    if (second % 150 !== 149 || mid <= 8) return;
    mid -= 5;
    run.say(1, mid - 1, mid + 1);
  });
  return { run, trades };
}

describe('after a stop', () => {
  it('a market that falls on is not bought again, and its signal says until when', () => {
    const { run, trades } = falling();
    expect(trades.map((text) => text.split('@')[0])).toEqual(['BUY YES', 'SELL YES']);
    const [closed] = run.test.state.directional.closed;
    expect(closed?.closedBecause).toBe('stopped');
    const signal = signals(run.test.commands).at(-1);
    expect(signal).toMatchObject({ action: 'refused', outcome: 'YES', confirmations: 0 });
    const until = utcText((closed?.exit?.atMs ?? 0) + 24 * HOUR_S * 1_000);
    expect(signal?.why).toContain(`this market was sold (stopped) and is left alone until ${until}`);
    expect(signal?.why).toContain('(CD_REENTRY_HOURS)');
  });

  it('it is bought again where no rest is wanted, which is why one is', () => {
    const { trades } = falling({ reentryHours: 0 });
    expect(trades.filter((text) => text.startsWith('BUY')).length).toBeGreaterThan(1);
  });

  it('it is bought again only once the rest is over, and after as many confirmations as ever', () => {
    const { run } = falling({ reentryHours: 1 }, 1_300);
    const stoppedAtMs = run.test.state.directional.stops.get(ONE)?.atMs ?? Number.NaN;
    run.say(1, 50, 52);
    const resting: string[] = [];
    while (run.test.nowMs < stoppedAtMs + HOUR_S * 1_000 - 2_000) resting.push(...trade(run, 1));
    expect(resting).toEqual([]);
    const before = run.test.commands.length;
    // Two cycles see it; the first of them confirms nothing yet.
    expect(trade(run, 2 * CYCLE_S + 40)).toEqual(['BUY YES@50']);
    const [first, second] = signals(run.test.commands.slice(before)).filter(
      ({ action }) => action !== 'refused',
    );
    expect([first?.action, first?.confirmations]).toEqual(['confirming', 1]);
    expect([second?.action, second?.confirmations]).toEqual(['entered', 2]);
  });

  it('the rest outlives a restart', () => {
    const { run } = falling();
    const test = laterProcess(run.test, [directionalEntry, directionalExit], 5_000);
    test.step(runStarted('run-2', settingsOf(CD)));
    reconcile(test);
    expect(test.state.directional.stops.get(ONE)).toEqual(run.test.state.directional.stops.get(ONE));
    expect(test.state.directional.stops.size).toBe(1);
  });

  it('two markets of a coin that were stopped keep it out, and what rests in its other markets goes', () => {
    const run = entryRun({ markets: [closeAbove(1), closeAbove(2, 106_000), closeAbove(3, 107_000)] });
    expect(entries(run.pass(5)).length).toBe(3);
    const { state } = run.test;
    const stop = (n: number): void => {
      const position = state.directional.positions.get(conditionId(n));
      if (position === undefined) throw new Error(`expected a position in market ${n}`);
      noteStop(state.directional.stops, position, 'stopped', true, state.nowMs);
    };
    stop(1);
    run.pass(6);
    const others = () => [2, 3].map((n) => state.directional.positions.has(conditionId(n)));
    expect(others()).toEqual([true, true]);
    stop(2);
    const commands = run.pass(6);
    expect(canceled(commands)).toContainEqual(
      expect.stringMatching(/^2 markets of BTC were sold at a stop, and all/),
    );
    run.pass(30);
    const later = run.cycle();
    expect(entries(later)).toEqual([]);
    expect(
      signals(later)
        .filter((signal) => signal.conditionId === conditionId(3))
        .map(({ action, why }) => [action, why]),
    ).toEqual([['refused', expect.stringContaining('2 markets of BTC')]]);
  });
});

describe('after another exit', () => {
  it.each(['YES', 'NO'] as const)(
    'two reversals of %s that earned something keep no market of the coin out',
    (outcome) => {
      const isYes = outcome === 'YES';
      const run = entryRun({
        others: [directionalExit],
        markets: [1, 2].map((n) => closeAbove(n, isYes ? 99_000 : 101_000)),
        touch: isYes ? [50, 52] : [48, 50],
        cd: { ...CD, confirmationCycles: 1 },
      });
      expect(trade(run, 40)).toEqual([1, 2].map(() => `BUY ${outcome}@50`));
      // Others come to believe it too, and are ahead of the model then.
      for (const n of [1, 2]) run.say(n, isYes ? 57 : 41, isYes ? 59 : 43);
      run.known = { ...run.known, spotUsd: isYes ? 98_500 : 101_500 };
      expect(trade(run, 60)).toEqual([1, 2].map(() => expect.stringMatching(`^SELL ${outcome}@5[57]$`)));
      expect(run.test.state.directional.closed.map(({ closedBecause }) => closedBecause)).toEqual([
        'edgeReversed',
        'edgeReversed',
      ]);
      expect(run.test.state.directional.stops.size).toBe(0);
      run.known = { ...run.known, spotUsd: 100_000 };
      for (const n of [1, 2]) run.say(n, isYes ? 50 : 48, isYes ? 52 : 50);
      expect(trade(run, CYCLE_S + 40)).toEqual([1, 2].map(() => `BUY ${outcome}@50`));
    },
  );

  it('a market is bought again after as many confirmations as ever, without a rest', () => {
    const run = entryRun({
      others: [directionalExit],
      markets: [closeAbove(1, 99_000)],
      touch: [50, 52],
      cd: CD,
    });
    expect(trade(run, CYCLE_S + 40)).toEqual(['BUY YES@50']);
    // Within the same cycle it has earned enough, and is back where it was.
    run.say(1, 71, 73);
    expect(trade(run, 60)).toEqual(['SELL YES@71']);
    expect(run.test.state.directional.closed.at(-1)?.closedBecause).toBe('tookProfit');
    run.say(1, 50, 52);
    const before = run.test.commands.length;
    expect(trade(run, 2 * CYCLE_S)).toEqual(['BUY YES@50']);
    expect(
      signals(run.test.commands.slice(before)).map(({ action, confirmations }) => [action, confirmations]),
    ).toEqual([
      ['confirming', 1],
      ['entered', 2],
    ]);
  });
});

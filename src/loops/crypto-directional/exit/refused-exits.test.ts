import { describe, expect, it } from 'vitest';
import type { TokenId } from '../../../domain/market.ts';
import type { KernelState } from '../../../kernel/state.ts';
import { book, market, noToken, shares, yesToken } from '../../../kernel/test-support/test-kernel.ts';
import {
  answer,
  closeAbove,
  fill,
  type HoldingRun,
  holding,
  lastExit,
  notes,
  sell,
  shown,
} from '../test-support/holding-run.ts';

const SILENT = { exitAiConfirmEnabled: false } as const;
const lastClosed = ({ directional }: KernelState) => directional.closed.at(-1);
/** Tokens come from outside. */
const receive = (run: HoldingRun, asset: TokenId, count: number): void => {
  run.test.step({
    kind: 'transfersRead',
    afterBlock: 1,
    toBlock: 2,
    finalBlock: 2,
    askedAtMs: run.test.nowMs,
    transfers: [
      {
        key: '0xab/0/0',
        kind: 'tokensIn',
        asset,
        amount: shares(count),
        counterparty: '0xs' as never,
        txHash: '0xab' as never,
        blockNumber: 2,
      },
    ],
  });
};
const setLimits = (
  { test }: HoldingRun,
  mm: Partial<KernelState['settings']['mm']>,
  change: Partial<KernelState['settings']['trading']> = {},
): void => {
  const { settings } = test.state;
  test.step({
    kind: 'settingsChanged',
    by: 'me',
    settings: { ...settings, mm: { ...settings.mm, ...mm }, trading: { ...settings.trading, ...change } },
  });
};

describe('what stands in the way of an exit', () => {
  it('a sale that the signer finds too large is made in smaller parts', () => {
    const run = holding({ cd: SILENT, size: 100, price: 15 });
    const refused = {
      result: 'rejected',
      code: 'signerTooLarge',
      text: 'the signer refuses: the order counts for 95 USD, SIGNER_MAX_ORDER_USD allows 50',
    } as const;
    answer(run.test, run.see(6, 8), refused);
    run.pass(3_000);
    expect(shown(run)).toEqual(['FAK SELL YES 100 at 4', 'FAK SELL YES 50 at 4']);
    answer(run.test, run.test.commands.filter(({ kind }) => kind === 'place').slice(-1), refused);
    run.pass(10_000);
    expect(shown(run).at(-1)).toBe('FAK SELL YES 25 at 4');
    // After each sale twice as much is tried, and as much as there is in the end.
    sell(run.test, lastExit(run), 25);
    run.pass(10_000);
    expect(shown(run).at(-1)).toBe('FAK SELL YES 50 at 4');
    sell(run.test, lastExit(run), 50);
    run.pass(10_000);
    expect(shown(run).at(-1)).toBe('FAK SELL YES 25 at 4');
    sell(run.test, lastExit(run), 25);
    expect(run.exits()).toHaveLength(5);
    expect(lastClosed(run.test.state)).toMatchObject({ closedBecause: 'stopped' });
  });

  it('W24: a sale that the signer finds too large is halved also where only a part of what is held is free', () => {
    const run = holding({ cd: SILENT, size: 100, filled: 60, price: 15 });
    fill(run.test, run.entry, 40, 'MATCHED', 'second');
    const tooLarge = { result: 'rejected', code: 'signerTooLarge', text: 'SIGNER_MAX_ORDER_USD' } as const;
    answer(run.test, run.see(6, 8), tooLarge);
    run.pass(3_000);
    expect(shown(run)).toEqual(['FAK SELL YES 60 at 4', 'FAK SELL YES 30 at 4']);
  });

  it('W24: a sale that the signer refuses because of the minute or the day is made again as it is, after a rest', () => {
    const run = holding({ cd: SILENT, size: 100, price: 15 });
    const busy = {
      result: 'rejected',
      code: 'signerRefused',
      text: 'SIGNER_MAX_MINUTE_USD allows 500',
    } as const;
    answer(run.test, run.see(6, 8), busy);
    for (let tries = 2; tries <= 5; tries += 1) {
      run.pass(125_000);
      expect(shown(run)).toEqual(Array.from({ length: tries }, () => 'FAK SELL YES 100 at 4'));
      answer(run.test, run.test.commands.filter(({ kind }) => kind === 'place').slice(-1), busy);
    }
  });

  it.each(['YES', 'NO'] as const)(
    'W24: a sale of %s that is rejected on and on loses no try, and a person is told once',
    (outcome) => {
      const run = holding({ cd: SILENT, size: 20, outcome });
      const busy = {
        result: 'rejected',
        code: 'signerRefused',
        text: 'SIGNER_MAX_MINUTE_USD allows 500',
      } as const;
      const startMs = run.test.nowMs;
      const sentAtS: number[] = [];
      let commands = outcome === 'YES' ? run.see(31, 33) : run.see(67, 69);
      while (run.test.nowMs < startMs + 300_000) {
        const sales = commands.filter(({ kind }) => kind === 'place');
        if (sales.length > 0) {
          sentAtS.push(Math.round((run.test.nowMs - startMs) / 1_000));
          // The answer takes a while, and the rest counts from it.
          run.pass(300);
          answer(run.test, sales, busy);
        }
        commands = run.pass(1_000);
      }
      expect(run.test.state.counts.refused).toEqual({});
      const gapsS = sentAtS.slice(1).map((atS, index) => atS - (sentAtS[index] ?? 0));
      expect(gapsS.slice(0, 6).every((gapS, index) => gapS >= 2 ** index && gapS <= 2 ** index + 3)).toBe(
        true,
      );
      expect(gapsS.length).toBeGreaterThanOrEqual(8);
      const told = () => notes(run).filter((text) => text.includes('refused'));
      expect(told()).toEqual([
        expect.stringContaining('the venue rejected it 1 time (signerRefused); it is tried again'),
      ]);
      // What has sold something begins anew.
      sell(run.test, lastExit(run), 10);
      expect(run.test.state.directional.exitsRefused.size).toBe(0);
    },
  );

  it('W24: a sliver of the other outcome keeps nothing from being sold while only reductions are allowed', () => {
    const run = holding({ cd: SILENT, size: 20 });
    receive(run, noToken(1), 0.02);
    run.test.step({ kind: 'operator', order: 'reduce', by: 'me', reason: 'test' });
    run.see(31, 33);
    expect(shown(run)).toEqual(['FAK SELL YES 19.98 at 29']);
    sell(run.test, lastExit(run), 19.98);
    expect(lastClosed(run.test.state)).toMatchObject({ closedBecause: 'stopped', sold: shares(19.98) });
    run.pass(60_000);
    expect(run.exits()).toHaveLength(1);
    expect(notes(run).filter((text) => text.includes('refused'))).toEqual([]);
  });

  it('W24: as much of the other outcome as is held is not turned round while only reductions are allowed, and told', () => {
    const run = holding({ cd: SILENT, size: 20 });
    receive(run, noToken(1), 18);
    run.test.step({ kind: 'operator', order: 'reduce', by: 'me', reason: 'test' });
    run.see(31, 33);
    run.pass(300_000);
    expect(shown(run)).toEqual([]);
    expect(notes(run).filter((text) => text.includes('refused'))).toHaveLength(1);
    expect(notes(run).filter((text) => text.includes('offered'))).toEqual([]);
  });

  it('W24: while trading is active, what closes net shares is sold first, and the rest as far as the limits of risk allow', () => {
    const run = holding({ cd: SILENT, size: 20 });
    receive(run, noToken(1), 8);
    run.see(31, 33);
    expect(shown(run)).toEqual(['FAK SELL YES 12 at 29']);
    sell(run.test, lastExit(run), 12);
    run.pass(5_000);
    expect(shown(run)).toEqual(['FAK SELL YES 12 at 29', 'FAK SELL YES 8 at 29']);
  });

  it('W24: a stop sells though the bid less two points is farther from the middle than orders may be', () => {
    const run = holding({ cd: SILENT, size: 20 });
    setLimits(run, { maxSpreadPts: 12 });
    run.see(22, 42);
    expect(shown(run)).toEqual(['FAK SELL YES 20 at 20']);
    const wide = holding({ cd: SILENT, size: 20 });
    setLimits(wide, { maxSpreadPts: 12 });
    wide.see(21, 43);
    expect(shown(wide)).toEqual(['FAK SELL YES 20 at 20']);
    const of = holding({ cd: SILENT, size: 20, outcome: 'NO' });
    setLimits(of, { maxSpreadPts: 12 });
    of.see(57, 79);
    expect(shown(of)).toEqual(['FAK SELL NO 20 at 20']);
  });

  it('W24: where even the bid is too far away a person is told that, and not of a sale', () => {
    const run = holding({ cd: SILENT, size: 20 });
    setLimits(run, { maxSpreadPts: 12 });
    run.see(18, 46);
    run.pass(300_000);
    expect(shown(run)).toEqual([]);
    expect(notes(run).filter((text) => text.includes('refused: price is too far'))).toHaveLength(1);
    expect(notes(run).filter((text) => text.includes('offered'))).toEqual([]);
    expect(notes(run).filter((text) => text.startsWith('20 YES of market-1 are offered'))).toEqual([]);
    // However long it was refused: it is made as soon as the book allows it.
    run.see(31, 33);
    expect(shown(run)).toEqual(['FAK SELL YES 20 at 29']);
    expect(notes(run).filter((text) => text.startsWith('20 YES of market-1 are offered'))).toHaveLength(1);
  });

  it('W24: a stop sells what made up for losses elsewhere in an event that is over its limit', () => {
    const event = { negRisk: true, negRiskEvent: { marketId: '0xev', outcomes: 3, isAugmented: false } };
    const run = holding({ cd: SILENT, size: 20, change: event });
    run.test.step({ kind: 'marketsListed', markets: [closeAbove(1, event), market(2, event)] });
    run.pass(2_000);
    receive(run, yesToken(2), 160);
    run.test.step(book(2, 69, 71));
    run.see(31, 33);
    expect(shown(run)).toEqual(['FAK SELL YES 20 at 29']);
  });

  it.each([20, 30])(
    'W24: what would turn the position round beside %d of the other outcome waits like a quote',
    (other) => {
      const run = holding({ cd: SILENT, size: 20 });
      receive(run, noToken(1), other);
      setLimits(run, { maxOpenOrders: 1 }, { maxNotionalPerMinuteUsd: 1 });
      run.see(31, 33);
      expect(shown(run)).toEqual([]);
      expect(notes(run).filter((text) => text.includes('refused: too many'))).toHaveLength(1);
    },
  );

  it('W24: a stop waits neither for the open orders nor for the dollars of quotes', () => {
    const run = holding({ cd: SILENT, size: 20 });
    setLimits(run, { maxOpenOrders: 1 }, { maxNotionalPerMinuteUsd: 1 });
    run.see(31, 33);
    expect(shown(run)).toEqual(['FAK SELL YES 20 at 29']);
  });
});

import { describe, expect, it } from 'vitest';
import type { ClientId } from '../domain/order.ts';
import type { Price } from '../domain/units.ts';
import type { Intent, TakingLeg } from './loop.ts';
import {
  cents,
  conditionId,
  dollars,
  market,
  ofKind,
  placed,
  scriptedLoop,
  shares,
  strategySettings,
  trading,
  wakes,
} from './test-support/test-kernel.ts';

const CRYPTO = { ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 0 };

const leg = (
  name: string,
  outcome: 'YES' | 'NO',
  at: number,
  change: Partial<TakingLeg> = {},
): TakingLeg => ({
  clientId: name as ClientId,
  conditionId: conditionId(1),
  outcome,
  side: 'BUY',
  price: cents(at),
  size: shares(10),
  spend: dollars((at * 10) / 100),
  ...change,
});
const together = (...legs: readonly TakingLeg[]): Intent => ({ kind: 'take', legs, why: { set: 'test' } });

function scripted(cash = 1_000, fee = market(1).fee) {
  const { loop, script } = scriptedLoop();
  const test = trading([loop], strategySettings(), [market(1, { fee })], { cash });
  const act = (...intents: readonly Intent[]) => {
    script.push(intents);
    return wakes(test, 1, 10_000);
  };
  return { test, act };
}

describe('orders that only make sense together', () => {
  it('leave in one request, as FAK with the dollars they may spend, under the names the loop gave', () => {
    const { test, act } = scripted();
    const commands = act(together(leg('a-1.1', 'YES', 45), leg('a-1.2', 'NO', 48)));
    expect(ofKind(commands, 'place')).toHaveLength(1);
    expect(placed(commands)).toMatchObject([
      { clientId: 'a-1.1', tokenId: '11', timeInForce: 'FAK', postOnly: false, spend: dollars(4.5) },
      { clientId: 'a-1.2', tokenId: '12', timeInForce: 'FAK', postOnly: false, spend: dollars(4.8) },
    ]);
    const tags = [...test.state.orders.byClientId.values()].map((record) => record.tags.purpose);
    expect(tags).toEqual(['arbitrage', 'arbitrage']);
    const reason = (what: string) => [0, `leg of a complete set: ${what}`, dollars(5), dollars(50)];
    expect(ofKind(commands, 'decision')).toMatchObject([
      {
        why: {
          inputs: { set: 'test' },
          placed: [
            ['a-1.1', ...reason('BUY YES'), 990_699_980],
            ['a-1.2', ...reason('BUY NO'), 990_699_980],
          ],
          refused: [],
        },
      },
    ]);
  });

  it('are sent all or none, and a refusal holds nothing back', () => {
    const { test, act } = scripted(9);
    const commands = act(together(leg('a-1.1', 'YES', 45), leg('a-1.2', 'NO', 48)));
    expect(placed(commands)).toEqual([]);
    expect(test.state.orders.byClientId.size).toBe(0);
    expect(test.state.counts.refused).toEqual({ notEnoughCash: 1 });
    expect(ofKind(commands, 'decision')).toMatchObject([
      { why: { placed: [], refused: [{ refused: 'notEnoughCash', outcome: 'NO', price: cents(48) }] } },
    ]);
    // What the first leg had reserved is free again in the same step.
    expect(placed(act(together(leg('a-2.1', 'YES', 45), leg('a-2.2', 'NO', 44))))).toHaveLength(2);
  });

  it('hold their fees back until they have ended', () => {
    const { test, act } = scripted(1_000, CRYPTO);
    act(together(leg('a-1.1', 'YES', 45)));
    const record = test.state.orders.byClientId.get('a-1.1' as ClientId);
    expect(record?.takerFeeBound).toBe(dollars(4.5 * 0.07) + 10);
    expect(test.state.orders.reserved.cash).toBe(dollars(4.5 + 4.5 * 0.07) + 10);
  });

  it('that found nothing do not make quotes of the same kind rest', () => {
    const { test, act } = scripted();
    act(together(leg('a-1.1', 'YES', 45)));
    const rejected = { result: 'rejected', code: 'fakNoMatch', text: 'no orders found to match' } as const;
    test.step({ kind: 'ordersAnswered', answers: [['a-1.1' as ClientId, rejected]] });
    expect(test.state.rejectionRests.size).toBe(0);
  });

  it('never number more than one request takes, and are in markets we know', () => {
    const { act } = scripted();
    const stranger = leg('a-1.1', 'YES', 45, { conditionId: conditionId(7), price: 4_500 as Price });
    expect(placed(act(together(stranger)))).toEqual([]);
    const many = Array.from({ length: 16 }, (_, index) => leg(`a-2.${index}`, 'YES', 45));
    expect(ofKind(act(together(...many)), 'notify')[0]?.text).toContain('at most 15 legs');
  });
});

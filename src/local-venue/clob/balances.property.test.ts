import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TokenId } from '../../domain/market.ts';
import { price, shares } from '../../domain/units.ts';
import { armFault } from './faults.ts';
import { createTrader, NO, startTestVenue, YES } from './test-support/venue.ts';

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      who: fc.nat(3),
      token: fc.constantFrom(YES, NO),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      cents: fc.integer({ min: 40, max: 60 }),
      lots: fc.integer({ min: 500, max: 3_000 }),
      orderType: fc.constantFrom('GTC' as const, 'GTC' as const, 'FAK' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), who: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold' as const), on: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      who: fc.nat(3),
      dollars: fc.integer({ min: -300, max: 50 }),
    }),
  },
);

describe('balances', () => {
  it('are those of the chain once all is settled, and every trade ended, whatever was traded, failed, moved or held up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
        const venue = await startTestVenue();
        const { fake, state } = venue;
        try {
          for (const step of actions) {
            if (step.kind === 'order') {
              await state.submitOrder(fake.accounts[step.who]!, {
                tokenId: step.token as TokenId,
                side: step.side,
                price: price(step.cents * 100),
                size: shares(step.lots * 10_000),
                orderType: step.orderType,
              });
            } else if (step.kind === 'cancel') {
              state.cancelAll(fake.accounts[step.who]!.address);
            } else if (step.kind === 'fail') {
              armFault(venue.faults, 'settlementFailure', { times: 1 });
            } else if (step.kind === 'hold') {
              fake.hold = step.on;
              if (!step.on) fake.release();
            } else {
              const key = `${fake.accounts[step.who]!.address}|USD`;
              const moved = (fake.holdings.get(key) ?? 0n) + BigInt(step.dollars) * 1_000_000n;
              fake.holdings.set(key, moved < 0n ? 0n : moved);
            }
          }
          fake.hold = false;
          fake.release();
          expect(await state.settled(5_000)).toBe(true);
          for (const trade of state.trades()) expect(['CONFIRMED', 'FAILED']).toContain(trade.status);
          for (const [index] of fake.accounts.entries()) {
            const trader = await createTrader(venue, index, venue.clock);
            const update = '/balance-allowance/update?asset_type';
            await trader.call('GET', `${update}=COLLATERAL`);
            for (const tokenId of [YES, NO])
              await trader.call('GET', `${update}=CONDITIONAL&token_id=${tokenId}`);
          }
          for (const { address } of fake.accounts) {
            const { pUsd, tokens } = await state.balances(address, [YES, NO]);
            const held = ['USD', YES, NO].map((asset) => fake.holdings.get(`${address}|${asset}`) ?? 0n);
            expect([pUsd, ...tokens].map(BigInt)).toEqual(held);
          }
        } finally {
          await venue.stop();
        }
      }),
      { numRuns: 25 },
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPayouts } from '../../src/adapters/chain/payouts.ts';
import { createRpc, type Rpc } from '../../src/adapters/chain/rpc.ts';
import { CONTRACTS } from '../../src/adapters/polymarket/venue-facts.ts';
import type { ConditionId } from '../../src/domain/market.ts';
import { startChain } from '../../src/local-venue/chain/chain.ts';
import { questionNamed } from '../../src/local-venue/chain/test-support/chain-test-support.ts';
import type { LocalChain, PreparedMarket } from '../../src/local-venue/chain/types.ts';
import { ForeignError } from '../../src/ports/foreign-error.ts';

let local: LocalChain;
let rpc: Rpc;
beforeAll(async () => {
  local = await startChain({ accounts: 1, seed: 'payouts' });
  rpc = createRpc({ rpcUrl: local.rpcUrl, timeoutMs: 10_000 });
});
afterAll(async () => {
  await rpc.close();
  await local.stop();
});

const read = (ids: readonly string[]) =>
  readPayouts(rpc, CONTRACTS.conditionalTokens, ids as ConditionId[], AbortSignal.timeout(10_000));

describe('payouts on a real chain', () => {
  it('are null before the oracle’s report, and then what it has reported, in lowest terms', async () => {
    const names = ['yes', 'no', 'void', 'large', 'open'];
    const markets: PreparedMarket[] = [];
    for (const name of names)
      markets.push(
        await local.prepareMarket({ questionId: questionNamed(`payouts ${name}`), negRisk: false }),
      );
    const ids = markets.map(({ conditionId }) => conditionId);
    expect(await read([...ids, `0x${'0'.repeat(64)}`])).toEqual([null, null, null, null, null, null]);
    const reports = [
      [1n, 0n],
      [0n, 1n],
      [1n, 1n],
      [10n ** 18n, 10n ** 18n],
    ] as const;
    for (const [index, payouts] of reports.entries())
      await local.reportPayouts({
        questionId: questionNamed(`payouts ${names[index]}`),
        oracle: markets[index]!.oracle,
        payouts: [...payouts],
      });
    expect(await read(ids)).toEqual([[1, 0], [0, 1], [1, 1], [1, 1], null]);
  });

  it('of many markets take several requests', async () => {
    const unknown = Array.from({ length: 230 }, (_, index) => `0x${index.toString(16).padStart(64, '0')}`);
    expect(await read(unknown)).toEqual(unknown.map(() => null));
  });

  it('say so where no such contract answers', async () => {
    const nobody = `0x${'12'.repeat(20)}` as const;
    const reading = readPayouts(
      rpc,
      nobody,
      [`0x${'1'.repeat(64)}` as ConditionId],
      AbortSignal.timeout(10_000),
    );
    await expect(reading).rejects.toThrow(ForeignError);
  });
});

import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, createChain } from '../../src/adapters/chain/index.ts';
import { silentLog } from '../../src/adapters/polymarket/testing/silent-log.ts';
import { CONTRACTS, PAYER_FACTS } from '../../src/adapters/polymarket/venue-facts.ts';
import type { ConditionId, TokenId } from '../../src/domain/market.ts';
import type { TransactionRequest } from '../../src/domain/transaction.ts';
import { MICRO, type Price, type Shares } from '../../src/domain/units.ts';
import { CONTRACTS as LOCAL_CONTRACTS } from '../../src/local-venue/chain/addresses.ts';
import { startChain } from '../../src/local-venue/chain/chain.ts';
import { questionNamed } from '../../src/local-venue/chain/test-support/chain-test-support.ts';
import type { LocalChain, PreparedMarket } from '../../src/local-venue/chain/types.ts';
import { bookConversion, bookOpening, bookTransaction } from '../../src/orders/book-change.ts';
import { type Books, createBooks } from '../../src/orders/books.ts';
import { reconcileChain } from '../../src/orders/ledger.ts';
import { testSigner } from '../../src/signer/testing/test-signer.ts';

const EVENT: Hex = `${questionNamed('convert by the worker').slice(0, 64) as Hex}00`;
const MARKS = [2_000, 3_300, 4_100, 900] as Price[];
const AMOUNT = (7 * MICRO + 3) as Shares;

let local: LocalChain;
let chain: Chain;
let event: PreparedMarket[];
const signal = (): AbortSignal => AbortSignal.timeout(20_000);
beforeAll(async () => {
  local = await startChain({ accounts: 1, seed: 'worker converts' });
  chain = createChain({
    rpcUrl: local.rpcUrl,
    chainId: local.chainId,
    signer: await testSigner({ privateKey: local.accounts[0]!.privateKey, chainId: local.chainId }),
    contracts: CONTRACTS,
    payers: PAYER_FACTS,
    finalityBlocks: 0,
    timers: {
      nowMs: () => Date.now(),
      after: (delayMs: number, action: () => void) => {
        const timer = setTimeout(action, delayMs);
        return () => clearTimeout(timer);
      },
    },
    receiptPollMs: 20,
    log: silentLog,
  });
  event = await local.prepareMarkets(
    MARKS.map((_, index) => ({
      questionId: `${EVENT.slice(0, 64) as Hex}0${index}`,
      negRisk: true,
      oracle: LOCAL_CONTRACTS.negRiskAdapter,
      negRiskMarketId: EVENT,
    })),
  );
});
afterAll(async () => {
  await chain.close();
  await local.stop();
});

const marketOf = ({ conditionId, yesTokenId, noTokenId }: PreparedMarket) => ({
  conditionId: conditionId as string as ConditionId,
  yesTokenId: yesTokenId as TokenId,
  noTokenId: noTokenId as TokenId,
});
const tokens = (): TokenId[] => event.flatMap((one) => [one.yesTokenId as TokenId, one.noTokenId as TokenId]);

async function send(request: TransactionRequest) {
  const prepared = await chain.prepare(request, signal());
  return (await chain.send(prepared, signal())).status;
}

let sent = 0;
const requestOf = (
  market: PreparedMarket,
  action: 'split' | 'convert',
  amount: Shares,
): TransactionRequest => {
  sent += 1;
  const conditionId = market.conditionId as string as ConditionId;
  return { txKey: `t-${sent}`, action, conditionId, negRisk: true, amount };
};

async function expectSameAsChain(books: Books, atMs: number): Promise<void> {
  const read = await chain.balances(tokens(), signal());
  expect(reconcileChain(books.ledger, { ...read, askedAtMs: atMs }, 0)).toEqual({
    quiet: true,
    residuals: [],
    totalMicro: 0,
  });
}

describe('conversions that the worker sends', () => {
  it.each([
    ['NO of every question', [0, 1, 2, 3]],
    ['NO of some', [1, 3]],
    ['NO of one', [2]],
  ])('move the wallet to the millionth as its books say: %s', async (_name, giving) => {
    const books = createBooks();
    const opening = await chain.balances(tokens(), signal());
    const held = new Map(opening.tokens);
    const flows = event.flatMap((one) =>
      (['YES', 'NO'] as const).map((outcome) => {
        const market = marketOf(one);
        const shares = held.get(outcome === 'YES' ? market.yesTokenId : market.noTokenId) ?? (0 as Shares);
        return { ...market, outcome, shares, price: 5_000 as Price };
      }),
    );
    bookOpening(books, opening.cash, flows, 1);
    for (const [index, market] of event.entries()) {
      const request = requestOf(market, 'split', AMOUNT);
      expect(await send(request)).toBe('confirmed');
      bookTransaction(books, request, marketOf(market), MARKS[index]!, 2);
    }
    await expectSameAsChain(books, 3);
    const members = event.map((one, index) => ({
      conditionId: marketOf(one).conditionId,
      index,
      givesNo: giving.includes(index),
    }));
    const first = event[giving[0]!]!;
    const request = { ...requestOf(first, 'convert', AMOUNT), conversion: { marketId: EVENT, members } };
    const before = await chain.balances([], signal());
    expect(await send(request)).toBe('confirmed');
    const sides = event.map((one, index) => ({
      market: marketOf(one),
      givesNo: giving.includes(index),
      mark: MARKS[index]!,
    }));
    bookConversion(books, request, sides, 4);
    expect((await chain.balances([], signal())).cash - before.cash).toBe((giving.length - 1) * AMOUNT);
    await expectSameAsChain(books, 5);
  });

  it('are not sent when they would revert', async () => {
    const members = event.map((one, index) => ({
      conditionId: marketOf(one).conditionId,
      index,
      givesNo: true,
    }));
    const tooMany = {
      ...requestOf(event[0]!, 'convert', (1_000_000 * MICRO) as Shares),
      conversion: { marketId: EVENT, members },
    };
    await expect(chain.prepare(tooMany, signal())).rejects.toMatchObject({ code: 'wouldRevert' });
  });
});

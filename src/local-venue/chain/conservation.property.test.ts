import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERC20_ABI } from './abis.ts';
import { CONTRACTS } from './addresses.ts';
import { startChain } from './chain.ts';
import type { ChainClient } from './client.ts';
import { signOrder } from './order-signing.ts';
import { clientOf, holdings, questionNamed } from './test-support/chain-test-support.ts';
import type { ChainOrder, FundedAccount, LocalChain, Match, PreparedMarket, Settlement } from './types.ts';

const TRADERS = 3;
const RUNS = 25;

let chain: LocalChain;
let client: ChainClient;
let markets: PreparedMarket[];
let salt = 0n;
beforeAll(async () => {
  chain = await startChain({ accounts: TRADERS, seed: 'conservation' });
  client = clientOf(chain);
  markets = await chain.prepareMarkets([
    { questionId: questionNamed('conserved') },
    { questionId: questionNamed('conserved, neg risk'), negRisk: true, oracle: CONTRACTS.negRiskAdapter },
  ]);
  for (const market of markets) {
    for (const { address } of chain.accounts) {
      await chain.splitFor(address, market.conditionId, market.negRisk, 50_000_000n);
    }
  }
});
afterAll(() => chain.stop());

/** Amounts off every grid on purpose: rounding is what could lose a millionth. */
interface MatchPlan {
  readonly negRisk: boolean;
  readonly takerIndex: number;
  readonly takerYes: boolean;
  readonly takerBuys: boolean;
  readonly makerAmount: bigint;
  readonly takerAmount: bigint;
  readonly fillPermille: bigint;
  readonly fee: bigint;
  readonly makers: readonly {
    readonly index: number;
    readonly sameToken: boolean;
    readonly shares: bigint;
    readonly cash: bigint;
    readonly fillPermille: bigint;
  }[];
}

const amount = fc.bigInt({ min: 1n, max: 3_000_001n });
const permille = fc.bigInt({ min: 1n, max: 1000n });
const plan: fc.Arbitrary<MatchPlan> = fc.record({
  negRisk: fc.boolean(),
  takerIndex: fc.nat(TRADERS - 1),
  takerYes: fc.boolean(),
  takerBuys: fc.boolean(),
  makerAmount: fc.bigInt({ min: 2_000_000n, max: 9_000_000n }),
  takerAmount: amount,
  fillPermille: permille,
  fee: fc.bigInt({ min: 0n, max: 50_000n }),
  makers: fc.array(
    fc.record({
      index: fc.nat(TRADERS - 1),
      sameToken: fc.boolean(),
      shares: amount,
      cash: amount,
      fillPermille: permille,
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

async function toMatch(p: MatchPlan): Promise<Match> {
  const market = markets[p.negRisk ? 1 : 0]!;
  const token = (yes: boolean) => (yes ? market.yesTokenId : market.noTokenId);
  const sign = (
    index: number,
    terms: { yes: boolean; buys: boolean; makerAmount: bigint; takerAmount: bigint },
  ) => {
    salt += 1n;
    return signOrder(chain.accounts[index] as FundedAccount, {
      salt,
      tokenId: token(terms.yes),
      side: terms.buys ? 'BUY' : 'SELL',
      makerAmount: terms.makerAmount,
      takerAmount: terms.takerAmount,
      negRisk: p.negRisk,
    });
  };
  const taker = await sign(p.takerIndex, { ...p, yes: p.takerYes, buys: p.takerBuys });
  const makers = await Promise.all(
    p.makers.map(async ({ index, sameToken, shares, cash, fillPermille }) => {
      const buys = sameToken ? !p.takerBuys : p.takerBuys;
      const dollars = cash < shares ? cash : shares;
      const order: ChainOrder = await sign(index, {
        yes: sameToken ? p.takerYes : !p.takerYes,
        buys,
        makerAmount: buys ? dollars : shares,
        takerAmount: buys ? shares : dollars,
      });
      return { order, fillAmount: portion(order.makerAmount, fillPermille), feeAmount: 0n };
    }),
  );
  return {
    conditionId: market.conditionId,
    negRisk: p.negRisk,
    taker,
    takerFillAmount: portion(p.makerAmount, p.fillPermille),
    takerFeeAmount: p.fee,
    makers,
  };
}

const portion = (whole: bigint, permilleOf: bigint): bigint => (whole * permilleOf) / 1000n || 1n;

async function everything() {
  const owners = [...chain.accounts.map(({ address }) => address), chain.feeReceiver];
  const contracts = [CONTRACTS.exchange, CONTRACTS.negRiskExchange];
  const [supply, vault, held, stuck] = await Promise.all([
    client.readContract({ address: CONTRACTS.pUsd, abi: ERC20_ABI, functionName: 'totalSupply' }),
    chain.balancesOf([CONTRACTS.reserveVault]),
    Promise.all(markets.map((market) => Promise.all(owners.map((owner) => holdings(chain, market, owner))))),
    Promise.all(
      markets.map((market) => Promise.all(contracts.map((owner) => holdings(chain, market, owner)))),
    ),
  ]);
  const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
  return {
    supply,
    vault: vault[0]!.usdcE,
    usd: sum(held[0]!.map(({ usd }) => usd)),
    sets: held.map((of) => ({ yes: sum(of.map(({ yes }) => yes)), no: sum(of.map(({ no }) => no)) })),
    stuck: stuck.flat(),
  };
}

describe('random sequences of matches', () => {
  it('neither lose nor make a millionth, and every order gets its limit or better', async () => {
    const outcomes: Settlement['status'][] = [];
    const wealth = await everything();
    const total = wealth.usd + wealth.sets.reduce((sum, { yes }) => sum + yes, 0n);
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 4 }), async (plans) => {
        for (const one of plans) {
          const match = await toMatch(one);
          const settlement = await chain.settle(match);
          outcomes.push(settlement.status);
          checkLimits(match, settlement);
        }
        const after = await everything();
        expect(after.usd).toBe(after.supply);
        expect(after.vault).toBe(after.supply);
        for (const { yes, no } of after.sets) expect(yes).toBe(no);
        expect(after.usd + after.sets.reduce((sum, { yes }) => sum + yes, 0n)).toBe(total);
        expect(after.stuck.every(({ usd, yes, no }) => usd === 0n && yes === 0n && no === 0n)).toBe(true);
      }),
      { numRuns: RUNS, seed: 20_261_122 },
    );
    expect(outcomes).toContain('confirmed');
    expect(outcomes).toContain('reverted');
    expect(outcomes.filter((status) => status === 'confirmed').length).toBeGreaterThan(10);
  });
});

/** Cross-multiplied: received / given is never below what the order asked, but for the millionth that floors. */
function checkLimits(match: Match, settlement: Settlement): void {
  for (const fill of settlement.fills) {
    const orders = [...match.makers.map(({ order }) => order), match.taker];
    const order = orders.find((one) => chain.orderHash(one, match.negRisk) === fill.orderHash)!;
    const asked = (fill.makerAmountFilled * order.takerAmount) / order.makerAmount;
    expect(fill.takerAmountFilled).toBeGreaterThanOrEqual(asked);
  }
}

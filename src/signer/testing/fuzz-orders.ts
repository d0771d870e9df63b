import { orderAmounts } from '../../adapters/polymarket/signing/order-amounts.ts';
import { CONTRACTS } from '../../adapters/polymarket/venue-facts.ts';
import { nextFloat, type RandomStream } from '../../domain/random.ts';
import type { Price, Shares } from '../../domain/units.ts';
import type { AccountClaim, OrderClaim } from '../order-claim.ts';

export interface FuzzedQuestion {
  readonly account: AccountClaim;
  readonly claim: OrderClaim;
}

/** Numbers that programs get wrong, beside any number at all. */
const ODD = [
  0,
  -0,
  -1,
  0.5,
  1,
  9_999,
  10_000,
  10_001,
  2 ** 31,
  2 ** 53,
  1e300,
  Number.NaN,
  Infinity,
  -Infinity,
];
/** A whole number from 0 to one less than `count`. */
export const below = (random: RandomStream, count: number): number => Math.floor(nextFloat(random) * count);
export const oneOf = <Item>(random: RandomStream, list: readonly Item[]): Item =>
  list[below(random, list.length)] as Item;
export const bytesOf = (random: RandomStream, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => below(random, 256));
const oddNumber = (random: RandomStream): number =>
  below(random, 3) === 0 ? oneOf(random, ODD) : (nextFloat(random) - 0.5) * 2 ** below(random, 60);

/** An order inside any sane policy, of this account at this time. */
export function goodQuestion(random: RandomStream, account: AccountClaim, nowMs: number): FuzzedQuestion {
  const isBuy = below(random, 2) === 0;
  const price = 100 + below(random, 9_800);
  const size = (500 + below(random, 500)) * 10_000;
  const timeInForce = oneOf(random, ['GTC', 'GTD', 'FAK'] as const);
  const amounts = orderAmounts(isBuy ? 'BUY' : 'SELL', price as Price, size as Shares, timeInForce);
  const contract = oneOf(random, [CONTRACTS.exchange, CONTRACTS.negRiskExchange, CONTRACTS.exchangeV3]);
  return {
    account,
    claim: {
      contract: Uint8Array.from(Buffer.from(contract.slice(2), 'hex')),
      tokenWord: bytesOf(random, 32),
      isBuy,
      timeInForce,
      price,
      size,
      spend: null,
      ...amounts,
      salt: below(random, 2 ** 48),
      timestampMs: nowMs + below(random, 1_000),
      expirationS: timeInForce === 'GTD' ? Math.floor(nowMs / 1_000) + 600 : 0,
    },
  };
}

/** What makes a good question one that no policy may let through. Each gives null where its chance led back inside. */
type Spoil = (random: RandomStream, good: FuzzedQuestion, nowMs: number) => FuzzedQuestion | null;

const claimed = (good: FuzzedQuestion, given: Partial<OrderClaim>): FuzzedQuestion => ({
  ...good,
  claim: { ...good.claim, ...given },
});
const ofAccount = (good: FuzzedQuestion, given: Partial<AccountClaim>): FuzzedQuestion => ({
  ...good,
  account: { ...good.account, ...given },
});
/** The same bytes with one of them changed: the nearest wrong address there is. */
function oneByteOff(random: RandomStream, given: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(given);
  const at = below(random, changed.length);
  changed[at] = changed[at]! ^ (1 + below(random, 255));
  return changed;
}

const SPOILS: Readonly<Record<string, Spoil>> = {
  chain: (random, good) => {
    const chainId = oddNumber(random);
    return chainId === good.account.chainId ? null : ofAccount(good, { chainId });
  },
  maker: (random, good) => ofAccount(good, { maker: oneByteOff(random, good.account.maker) }),
  signer: (random, good) => ofAccount(good, { signer: oneByteOff(random, good.account.signer) }),
  signatureType: (random, good) =>
    ofAccount(good, { signatureType: (good.account.signatureType + 1 + below(random, 255)) % 256 }),
  contract: (random, good) =>
    claimed(good, {
      contract: below(random, 2) === 0 ? bytesOf(random, 20) : oneByteOff(random, good.claim.contract),
    }),
  token: (_random, good) => claimed(good, { tokenWord: new Uint8Array(32) }),
  side: (_random, good) =>
    // The other side with the same amounts asks for the inverse of the price.
    good.claim.makerAmount === good.claim.takerAmount ? null : claimed(good, { isBuy: !good.claim.isBuy }),
  price: (random, good) => {
    const price = oddNumber(random);
    return price === good.claim.price ? null : claimed(good, { price });
  },
  priceBand: (random, good) => {
    const price = oneOf(random, [0, 10_000, -100, 10_100, 20_000]) as Price;
    const size = good.claim.size;
    const dollars = (price * size) / 10_000;
    const [makerAmount, takerAmount] = good.claim.isBuy ? [dollars, size] : [size, dollars];
    return claimed(good, { price, makerAmount, takerAmount });
  },
  size: (random, good) => {
    const size = oddNumber(random);
    return size === good.claim.size ? null : claimed(good, { size });
  },
  tooLarge: (random, good) => {
    const size = (1 + below(random, 800_000)) * 10_000_000_000;
    const { isBuy, price, timeInForce } = good.claim;
    return claimed(good, {
      size,
      ...orderAmounts(isBuy ? 'BUY' : 'SELL', price as Price, size as Shares, timeInForce),
    });
  },
  makerAmount: (random, good) => {
    const makerAmount = good.claim.makerAmount + (below(random, 2) === 0 ? 1 : oddNumber(random) || 1);
    return makerAmount === good.claim.makerAmount ? null : claimed(good, { makerAmount });
  },
  takerAmount: (random, good) => {
    const takerAmount = good.claim.takerAmount - (below(random, 2) === 0 ? 1 : oddNumber(random) || 1);
    return takerAmount === good.claim.takerAmount ? null : claimed(good, { takerAmount });
  },
  spend: (random, good) => {
    const { isBuy, timeInForce, makerAmount } = good.claim;
    if (!isBuy || timeInForce !== 'FAK') return null;
    return claimed(good, { spend: makerAmount + 20_000 + below(random, 1_000_000) });
  },
  salt: (random, good) => claimed(good, { salt: oneOf(random, [-1, 0.5, 2 ** 53, Number.NaN, Infinity]) }),
  time: (random, good, nowMs) =>
    claimed(good, {
      timestampMs: oneOf(random, [0, nowMs - 700_000, nowMs + 700_000, Number.NaN, nowMs / 1_000, Infinity]),
    }),
  expiration: (random, good, nowMs) =>
    claimed(good, {
      expirationS:
        good.claim.timeInForce === 'GTD'
          ? oneOf(random, [0, Math.floor(nowMs / 1_000) - 1, nowMs, Number.NaN, 0.5])
          : oneOf(random, [1, -1, Math.floor(nowMs / 1_000) + 600, Number.NaN]),
    }),
};

export const SPOIL_NAMES: readonly string[] = Object.keys(SPOILS);

/** A question that breaks at least one rule, and the name of the rule. */
export function badQuestion(
  random: RandomStream,
  account: AccountClaim,
  nowMs: number,
): FuzzedQuestion & { readonly spoiled: string } {
  for (;;) {
    const spoiled = oneOf(random, SPOIL_NAMES);
    const good = goodQuestion(random, account, nowMs);
    const bad = (SPOILS[spoiled] as Spoil)(random, good, nowMs);
    if (bad !== null) return { ...bad, spoiled };
  }
}

import { orderAmounts } from '../adapters/polymarket/signing/order-amounts.ts';
import type { MarketVersion } from '../domain/market.ts';
import { PRICE_ONE, type Price, type Shares, type Usd, usdToFloat } from '../domain/units.ts';
import { MAX_ORDER_SETTING } from '../ports/signer.ts';
import type { SignerLimits } from './limits.ts';
import type { AccountClaim, OrderClaim } from './order-claim.ts';

/** The exchange that a contract's address stands for. */
export interface KnownExchange {
  readonly contract: Uint8Array;
  readonly marketVersion: MarketVersion;
  readonly negRisk: boolean;
}

/** Whom this signer signs for. */
export interface OwnAccount {
  readonly chainId: number;
  readonly maker: Uint8Array;
  readonly signer: Uint8Array;
  readonly signatureType: number;
  readonly exchanges: readonly KnownExchange[];
}

/** How far the time in an order may be from the signer's own, in milliseconds: clocks step, and a worker's never goes back. */
const CLOCK_ROOM_MS = 600_000;
/** The latest end of an order with an end. */
const LONGEST_EXPIRATION_S = 366 * 86_400;

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Why the account of a message is not ours, or null. */
export function accountRefusal(own: OwnAccount, claim: AccountClaim): string | null {
  if (claim.chainId !== own.chainId)
    return `the order is for chain ${claim.chainId}, this signer signs for chain ${own.chainId}`;
  if (!sameBytes(claim.maker, own.maker)) return 'the maker is not the wallet of this signer';
  if (!sameBytes(claim.signer, own.signer)) return 'the signer named is not this one';
  if (claim.signatureType !== own.signatureType)
    return `the signature type is ${claim.signatureType}, that of this account is ${own.signatureType}`;
  return null;
}

/** The exchange that a claim names, or null where it is none of the venue's. */
export const exchangeOf = (own: OwnAccount, { contract }: OrderClaim): KnownExchange | null =>
  own.exchanges.find((known) => sameBytes(known.contract, contract)) ?? null;

/**
 * What an order counts for against the limits: what a buy gives, and for a sale the larger of what it brings and what the other
 * outcome would cost, so that selling cheap counts for what it may lose.
 */
export const countedUsd = ({ isBuy, makerAmount, takerAmount }: OrderClaim): Usd =>
  (isBuy ? makerAmount : Math.max(takerAmount, makerAmount - takerAmount)) as Usd;

/** Why an order is not to be signed, whatever was signed before it, or null. */
export function orderRefusal(limits: SignerLimits, claim: OrderClaim, nowMs: number): string | null {
  return (
    priceRefusal(limits, claim) ??
    amountRefusal(limits, claim) ??
    timeRefusal(claim, nowMs) ??
    (claim.tokenWord.every((byte) => byte === 0) ? 'the token id is zero' : null)
  );
}

function priceRefusal({ minPrice, maxPrice }: SignerLimits, { price }: OrderClaim): string | null {
  if (!Number.isInteger(price)) return `the price ${price} is not on the grid of 0.01 points`;
  if (price > minPrice && price < maxPrice) return null;
  return `the price is ${price / 100} points, the band (SIGNER_MIN_PRICE_PTS, SIGNER_MAX_PRICE_PTS) is above ${minPrice / 100} and below ${maxPrice / 100}`;
}

/** The amounts have to be those that follow from side, price and size, so that no other price hides in them. */
function amountRefusal(limits: SignerLimits, claim: OrderClaim): string | null {
  const { isBuy, price, size, timeInForce, spend, makerAmount, takerAmount } = claim;
  if (!Number.isSafeInteger(size) || size <= 0) return `the size is ${size} millionths of a share`;
  if (
    spend !== null &&
    !(Number.isSafeInteger(spend) && spend > 0 && spend <= (size * price) / PRICE_ONE + 1)
  )
    return `the order spends ${spend} millionths of a dollar, which is not what ${size} millionths of a share cost at ${price / 100} points`;
  const side = isBuy ? 'BUY' : 'SELL';
  let due: ReturnType<typeof orderAmounts>;
  try {
    due = orderAmounts(
      side,
      price as Price,
      size as Shares,
      timeInForce,
      (spend ?? undefined) as Usd | undefined,
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
  if (due.makerAmount !== makerAmount || due.takerAmount !== takerAmount)
    return `the amounts ${makerAmount} and ${takerAmount} do not follow from the order's terms, which give ${due.makerAmount} and ${due.takerAmount}`;
  if (makerAmount <= 0 || takerAmount <= 0) return 'an amount of the order is zero';
  const counted = countedUsd(claim);
  if (counted <= limits.maxOrder) return null;
  return `the order counts for ${usdToFloat(counted)} USD, ${MAX_ORDER_SETTING} allows ${usdToFloat(limits.maxOrder)}`;
}

function timeRefusal(
  { timeInForce, expirationS, timestampMs, salt }: OrderClaim,
  nowMs: number,
): string | null {
  if (!Number.isSafeInteger(salt) || salt < 0) return `the salt ${salt} is no whole number below 2^53`;
  if (!Number.isSafeInteger(timestampMs) || Math.abs(timestampMs - nowMs) > CLOCK_ROOM_MS)
    return `the order's time ${timestampMs} is more than ${CLOCK_ROOM_MS / 1_000} s from the signer's ${nowMs}`;
  if (timeInForce !== 'GTD')
    return expirationS === 0 ? null : `an order of kind ${timeInForce} has no end, found ${expirationS} s`;
  const nowS = nowMs / 1_000;
  if (Number.isSafeInteger(expirationS) && expirationS > nowS && expirationS <= nowS + LONGEST_EXPIRATION_S)
    return null;
  return `the order's end ${expirationS} s has passed or is more than ${LONGEST_EXPIRATION_S / 86_400} days away`;
}

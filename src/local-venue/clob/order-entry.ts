import type { TokenId } from '../../domain/market.ts';
import type { TimeInForce } from '../../domain/order.ts';
import { formatUsd, type Usd } from '../../domain/units.ts';
import {
  amountsFor,
  type PlaceResult,
  placeOrder,
  type Rejection,
  rejections,
} from '../../exchange/index.ts';
import { depositWalletAddressOf } from '../chain/deposit-wallet.ts';
import type { Address, ChainOrder, FundedAccount, Hex } from '../chain/types.ts';
import type { SubmitOutcome, TraderOrder } from '../types.ts';
import { change, forgetOld } from './apply-events.ts';
import { findMarketByToken, type MarketRecord, type VenueCore } from './core.ts';
import { deriveCredentials } from './credentials.ts';
import { strike } from './faults.ts';
import type { OrderPayload } from './order-payload.ts';
import { recoverSigner, signHash } from './signatures.ts';

const ZERO_32 = `0x${'0'.repeat(64)}` as Hex;

/** Who sends an order: the address of the API key, and the key. */
export interface Sender {
  readonly address: Address;
  readonly apiKey: string;
}

export type EntryResult =
  | { readonly accepted: true; readonly id: Hex; readonly placed: Extract<PlaceResult, { accepted: true }> }
  | { readonly accepted: false; readonly id: Hex | null; readonly rejection: Rejection };

/** Assumed text: the venue's error page does not list what it answers to a signature that does not fit. */
const invalidSignature = (): Rejection => ({
  code: 'INVALID_PAYLOAD',
  httpStatus: 400,
  message: 'invalid signature',
});

/** Takes in an order that came over the wire: key, signer, signature, balances, then the engine's own rules. */
export async function enterOrder(
  core: VenueCore,
  sender: Sender,
  payload: OrderPayload,
): Promise<EntryResult> {
  const { signed } = payload;
  const refuse = (rejection: Rejection, id: Hex | null = null): EntryResult => ({
    accepted: false,
    id,
    rejection,
  });
  if (payload.apiKey !== sender.apiKey) return refuse(rejections.notKeyOwner());
  if (signed.signer !== signerOf(sender, signed)) return refuse(rejections.notKeySigner());
  const market = findMarketByToken(core, signed.tokenId);
  if (market === null) return refuse(rejections.noOrderbook(signed.tokenId));
  const id = core.chain.orderHash(signed, market.market.negRisk);
  const unsigned = await checkSignature(core, signed, id, market);
  if (unsigned !== null) return refuse(unsigned, id);
  return place(core, sender, signed, id, market, payload);
}

/** Who must sign: the account of the key, or for type 3 the deposit wallet that derives from it. */
const signerOf = (sender: Sender, signed: ChainOrder): Address =>
  signed.signatureType === 3 ? depositWalletAddressOf(sender.address) : sender.address;

/** A plain account signs for itself; for the other types the exchange contract decides. */
async function checkSignature(
  core: VenueCore,
  signed: ChainOrder,
  id: Hex,
  market: MarketRecord,
): Promise<Rejection | null> {
  if (signed.signatureType === 0) {
    if (signed.maker !== signed.signer) return rejections.makerNotAllowed();
    return recoverSigner(id, signed.signature) === signed.signer ? null : invalidSignature();
  }
  const validity = await core.chain.validateOrder(signed, market.market.negRisk);
  if (validity.ok) return null;
  return signed.signatureType === 3 ? invalidSignature() : rejections.makerNotAllowed();
}

interface Terms {
  readonly orderType: TimeInForce;
  readonly postOnly: boolean;
  readonly expirationSec: number;
}

async function place(
  core: VenueCore,
  sender: Sender,
  signed: ChainOrder,
  id: Hex,
  market: MarketRecord,
  terms: Terms,
): Promise<EntryResult> {
  const tokenId = signed.tokenId as TokenId;
  const rejected = (rejection: Rejection): EntryResult => ({ accepted: false, id, rejection });
  if (core.orders.has(id)) return rejected(rejections.duplicated(id));
  await core.balances.ensure(signed.maker, [signed.side === 'BUY' ? 'USD' : tokenId]);
  const short = checkNegRiskAllowance(core, signed, market);
  if (short !== null) return rejected(short);
  const request = {
    id,
    owner: signed.maker,
    tokenId,
    side: signed.side,
    makerAmount: Number(signed.makerAmount),
    takerAmount: Number(signed.takerAmount),
    orderType: terms.orderType,
    postOnly: terms.postOnly,
    expirationSec: terms.expirationSec,
  };
  // Looked at again: the same order may have come in twice while balances were read.
  if (core.orders.has(id)) return rejected(rejections.duplicated(id));
  const placed = change(core, (out, nowMs) => {
    core.orders.set(id, { apiKey: sender.apiKey, account: sender.address, signed });
    noteOwner(core, sender.address, signed.maker);
    const slowed = strike(core.faults, 'delayedOrder', {
      address: sender.address,
      conditionId: market.market.conditionId,
    });
    const engineMarket = core.exchange.markets.get(market.market.conditionId);
    if (slowed !== null && engineMarket !== undefined) {
      const usualMs = engineMarket.takerDelayMs;
      engineMarket.takerDelayMs = slowed.forMs ?? 2_000;
      const result = placeOrder(core.exchange, request, nowMs, out);
      engineMarket.takerDelayMs = usualMs;
      return result;
    }
    return placeOrder(core.exchange, request, nowMs, out);
  });
  if (!placed.accepted) {
    if (!core.exchange.orders.has(id)) core.orders.delete(id);
    return rejected(placed.rejection);
  }
  forgetOld(core);
  return { accepted: true, id, placed };
}

/** The engine knows one dollar allowance, that of the main exchange; orders of neg-risk markets are paid through the other. */
function checkNegRiskAllowance(core: VenueCore, signed: ChainOrder, market: MarketRecord): Rejection | null {
  if (!market.market.negRisk || signed.side !== 'BUY') return null;
  const allowances = core.balances.allowances(signed.maker);
  const allowed = allowances?.pUsd[core.chain.contracts.negRiskExchange] ?? 0n;
  return allowed < signed.makerAmount
    ? rejections.allowance(Number(allowed), 0, Number(signed.makerAmount))
    : null;
}

function noteOwner(core: VenueCore, account: Address, owner: Address): void {
  const known = core.ownersOf.get(account);
  if (known === undefined) core.ownersOf.set(account, new Set([account, owner]));
  else known.add(owner);
}

/** Waits for a delayed order to be released; resolves with its final state, or as it is when the bound is hit. */
export function awaitRelease(core: VenueCore, id: Hex, boundMs: number): Promise<void> {
  return new Promise((resolve) => {
    const isDelayed = (): boolean => core.exchange.orders.get(id)?.status === 'DELAYED';
    const finish = (): void => {
      core.listeners.delete(listener);
      cancelBound();
      resolve();
    };
    const listener = (): void => {
      if (!isDelayed()) finish();
    };
    const cancelBound = core.clock.after(boundMs, finish);
    core.listeners.add(listener);
    listener();
  });
}

/** Signs an order with the account's own key and takes it in like any other. */
export async function enterTraderOrder(
  core: VenueCore,
  account: FundedAccount,
  order: TraderOrder,
): Promise<SubmitOutcome> {
  const market = findMarketByToken(core, order.tokenId);
  if (market === null) {
    return { accepted: false, error: rejections.noOrderbook(order.tokenId).message, orderId: null };
  }
  const { makerAmount, takerAmount } = signedAmounts(order);
  core.nextSalt += 1n;
  const unsigned: ChainOrder = {
    salt: core.nextSalt,
    maker: account.address,
    signer: account.address,
    tokenId: order.tokenId,
    makerAmount: BigInt(makerAmount),
    takerAmount: BigInt(takerAmount),
    side: order.side,
    signatureType: 0,
    timestamp: BigInt(core.clock.nowMs()),
    metadata: ZERO_32,
    builder: ZERO_32,
    signature: '0x',
  };
  const id = core.chain.orderHash(unsigned, market.market.negRisk);
  const signed = { ...unsigned, signature: signHash(id, account.privateKey) };
  const sender = {
    address: account.address,
    apiKey: deriveCredentials(core.options.seed, account.address, 0n).apiKey,
  };
  const result = await place(core, sender, signed, id, market, {
    orderType: order.orderType,
    postOnly: order.postOnly ?? false,
    expirationSec: order.expirationSec ?? 0,
  });
  if (!result.accepted) return { accepted: false, error: result.rejection.message, orderId: id };
  const { placed } = result;
  return {
    accepted: true,
    orderId: id,
    status: placed.status,
    matchedSize: placed.order.sizeMatched,
    tradeIds: [...placed.tradeIds],
  };
}

/** A market BUY states whole cents, and shares in steps of 0.0001; both in millionths. */
const CENT = 10_000;
const SHARE_STEP = 100;

function signedAmounts(order: TraderOrder): { readonly makerAmount: number; readonly takerAmount: number } {
  const isMarketBuy = order.side === 'BUY' && (order.orderType === 'FOK' || order.orderType === 'FAK');
  if (!isMarketBuy) return amountsFor(order.side, order.price, order.size);
  const dollars = Math.floor((order.price * order.size) / 10_000 / CENT) * CENT;
  const shares = Math.floor((dollars * 10_000) / order.price / SHARE_STEP) * SHARE_STEP;
  return { makerAmount: dollars, takerAmount: shares };
}

/** What the wire shows as "making" and "taking": decimals, or nothing where nothing was exchanged. */
export const amountText = (amount: number): string => (amount === 0 ? '' : formatUsd(amount as Usd));

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { TokenId } from '../../domain/market.ts';
import { isRejection, type Rejection, rejections } from '../../exchange/index.ts';
import { cancelByIds, cancelOpen, type MarketFilter } from './cancel-orders.ts';
import { isConditionId, type VenueCore } from './core.ts';
import type { ApiAccount } from './credentials.ts';
import { strike } from './faults.ts';
import { badRequest, VenueRefusal } from './http-error.ts';
import { amountText, awaitRelease, type EntryResult, enterOrder } from './order-entry.ts';
import { type OrderPayload, parseOrderPayload } from './order-payload.ts';
import { jsonBody, requireAccount } from './request.ts';

const MAX_BATCH_ORDERS = 15;
const MAX_BATCH_CANCELS = 1_000;

/** Placing and canceling. */
export function registerOrderRoutes(app: FastifyInstance, core: VenueCore): void {
  app.post('/order', async (request, reply) => {
    const account = requireAccount(core, request);
    const payload = parseOrderPayload(jsonBody(request));
    if (isRejection(payload)) throw refusalOf(payload, reply);
    checkPostOnlyWindow(core, account, payload, reply);
    const result = await enter(core, account, payload);
    if (!result.accepted) throw refusalOf(result.rejection, reply);
    return acceptedAnswer(result);
  });

  app.post('/orders', async (request) => {
    const account = requireAccount(core, request);
    const body = jsonBody(request);
    if (!Array.isArray(body) || body.length === 0) throw badRequest('Invalid order payload');
    if (body.length > MAX_BATCH_ORDERS) {
      throw badRequest(rejections.tooManyOrders(body.length, MAX_BATCH_ORDERS).message);
    }
    const answers: object[] = [];
    for (const item of body) answers.push(await enterBatchItem(core, account, item));
    return answers;
  });

  app.delete('/order', async (request) => {
    const account = requireAccount(core, request);
    const body = jsonBody(request);
    const id = typeof body === 'object' && body !== null && 'orderID' in body ? body.orderID : null;
    if (typeof id !== 'string') throw badRequest('Invalid order payload');
    return cancelByIds(core, account.address, [id]);
  });

  app.delete('/orders', async (request) => {
    const account = requireAccount(core, request);
    const body = jsonBody(request);
    if (!Array.isArray(body) || !body.every((id) => typeof id === 'string')) {
      throw badRequest('Invalid order payload');
    }
    if (body.length > MAX_BATCH_CANCELS) {
      throw badRequest(rejections.tooManyOrders(body.length, MAX_BATCH_CANCELS).message);
    }
    return cancelByIds(core, account.address, body);
  });

  app.delete('/cancel-all', async (request) => cancelOpen(core, requireAccount(core, request).address));

  app.delete('/cancel-market-orders', async (request) => {
    const account = requireAccount(core, request);
    return cancelOpen(core, account.address, marketFilter(jsonBody(request)));
  });
}

/** Both filters together narrow; one is enough, none is refused rather than taken for "all". */
function marketFilter(body: unknown): MarketFilter {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const market = fields.market;
  const asset = fields.asset_id;
  const hasMarket = typeof market === 'string' && market !== '';
  const hasAsset = typeof asset === 'string' && asset !== '';
  if (!hasMarket && !hasAsset) throw badRequest('market or asset_id is required');
  if (hasMarket && !isConditionId(market)) throw badRequest('invalid market');
  return {
    ...(hasMarket && isConditionId(market) ? { conditionId: market } : {}),
    ...(hasAsset ? { tokenId: asset as TokenId } : {}),
  };
}

/** A short taker delay is sat out inside the request; its answer is the final one. */
async function enter(core: VenueCore, account: ApiAccount, payload: OrderPayload): Promise<EntryResult> {
  const sender = { address: account.address, apiKey: account.credentials.apiKey };
  const result = await enterOrder(core, sender, payload);
  if (!result.accepted || result.placed.status !== 'delayed') return result;
  const market = core.exchange.markets.get(result.placed.order.conditionId);
  const delayMs = market?.takerDelayMs ?? 0;
  if (delayMs === 0 || delayMs > core.options.blockingDelayMs) return result;
  await awaitRelease(core, result.id, delayMs * 2);
  const { order } = result.placed;
  if (order.status === 'DELAYED') return result;
  if (order.status === 'CANCELED' || order.status === 'INVALID') {
    const rejection = order.orderType === 'FAK' ? rejections.fakNoMatch() : rejections.fokNotFilled();
    return { accepted: false, id: result.id, rejection };
  }
  const status = order.sizeMatched > 0 ? 'matched' : 'live';
  const takingAmount = order.side === 'BUY' ? order.sizeMatched : takenDollars(core, order.tradeIds);
  return {
    ...result,
    placed: { ...result.placed, status, makingAmount: order.makerFilled, takingAmount },
  };
}

/** Dollars of the trades, exact: fills are whole lots. */
function takenDollars(core: VenueCore, tradeIds: readonly string[]): number {
  let dollars = 0;
  for (const id of tradeIds) {
    const trade = core.trades.get(id);
    if (trade !== undefined) dollars += (trade.price * trade.size) / 10_000;
  }
  return dollars;
}

function acceptedAnswer(result: Extract<EntryResult, { accepted: true }>): object {
  const { placed, id } = result;
  return {
    success: true,
    errorMsg: '',
    orderID: id,
    status: placed.status,
    makingAmount: amountText(placed.makingAmount),
    takingAmount: amountText(placed.takingAmount),
    ...(placed.tradeIds.length > 0 ? { tradeIDs: [...placed.tradeIds] } : {}),
  };
}

async function enterBatchItem(core: VenueCore, account: ApiAccount, item: unknown): Promise<object> {
  const payload = parseOrderPayload(item);
  if (isRejection(payload)) return refusedItem(payload);
  if (!payload.postOnly && strike(core.faults, 'postOnlyWindow', { address: account.address }) !== null) {
    return refusedItem(rejections.postOnlyMode());
  }
  const result = await enter(core, account, payload);
  return result.accepted ? acceptedAnswer(result) : refusedItem(result.rejection);
}

/** In a batch the venue reports its post-only mode as a success with an error text. */
const refusedItem = (rejection: Rejection): object => ({
  success: rejection.code === 'POST_ONLY_MODE',
  errorMsg: rejection.message,
  orderID: '',
  status: '',
  makingAmount: '',
  takingAmount: '',
});

function checkPostOnlyWindow(
  core: VenueCore,
  account: ApiAccount,
  payload: OrderPayload,
  reply: FastifyReply,
): void {
  if (payload.postOnly) return;
  if (strike(core.faults, 'postOnlyWindow', { address: account.address }) === null) return;
  throw refusalOf(rejections.postOnlyMode(), reply);
}

function refusalOf(rejection: Rejection, reply: FastifyReply): VenueRefusal {
  const extra: Record<string, unknown> = {};
  if (rejection.wireCode !== undefined) extra.code = rejection.wireCode;
  if (rejection.retryAfterSeconds !== undefined) {
    extra.retry_after_seconds = rejection.retryAfterSeconds;
    reply.header('Retry-After', String(rejection.retryAfterSeconds));
  }
  return new VenueRefusal(rejection.httpStatus, rejection.message, extra);
}

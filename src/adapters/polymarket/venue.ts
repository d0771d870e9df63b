import {
  type ClientId,
  type FillReport,
  type OrderAnswer,
  type OrderId,
  type OrderRequest,
  SIGNER_TOO_LARGE,
  type VenueOrder,
} from '../../domain/order.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import { isSigned, MAX_ORDER_SETTING, type SignerPort, type SigningAnswers } from '../../ports/signer.ts';
import type { Log } from '../../ports/timers.ts';
import type { CancelAnswer, PreparedOrder, VenuePort } from '../../ports/venue.ts';
import { createBalanceRefresh } from './balance-refresh.ts';
import { beat } from './beat.ts';
import { createCredentialSource } from './credentials.ts';
import { readEarnings } from './earnings.ts';
import { createHttpClient, excerpt, type HttpCall, parseJson, troubleError } from './http.ts';
import { readPriceHistory } from './price-history.ts';
import { allPages, authed, judged, signedSend, type VenueClient } from './signed-calls.ts';
import type { Hex } from './signing/hex.ts';
import type { ApiCredentials } from './signing/l2-auth.ts';
import type { SignatureType } from './signing/order-encoder.ts';
import { MAX_CANCELS_PER_REQUEST, MAX_ORDERS_PER_REQUEST } from './venue-facts.ts';
import { asArray, asObject, WireFault } from './wire/fields.ts';
import { parseOrder } from './wire/order.ts';
import { parseBatchAnswers } from './wire/order-answer.ts';
import { orderBody } from './wire/order-body.ts';
import { parseTrade } from './wire/trade.ts';

export interface PolymarketVenueOptions {
  readonly clobUrl: string;
  /** Whoever has the key. The venue does not close it. */
  readonly signer: SignerPort;
  readonly signatureType: SignatureType;
  /** Null: created or derived from the key at the first call that needs them. */
  readonly credentials: ApiCredentials | null;
  readonly nowMs: () => number;
  readonly log: Log;
  readonly timeoutMs?: number;
}

/** What `doctor` asks of the venue. */
export interface VenueStatus {
  readonly version: number;
  /** Venue's clock minus ours. The venue tells whole seconds, so up to a second of it is rounding. */
  readonly clockSkewMs: number;
}

export interface PolymarketVenue extends VenuePort {
  /** Address of the signing key. */
  readonly address: Hex;
  /** Address that holds cash and tokens. */
  readonly wallet: Hex;
  /** Fetches the credentials if that has not happened yet. */
  credentials(signal: AbortSignal): Promise<ApiCredentials>;
  status(signal: AbortSignal): Promise<VenueStatus>;
  /** Makes the venue read cash and allowances from the chain again, instead of from its cache. */
  refreshBalances(signal: AbortSignal): Promise<void>;
}

/** The trading side of Polymarket's CLOB, over our own transport. */
export function createPolymarketVenue(options: PolymarketVenueOptions): PolymarketVenue {
  const { nowMs, log, signatureType, signer } = options;
  const http = createHttpClient({
    baseUrl: options.clobUrl,
    nowMs,
    isDirect: true,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  const source = createCredentialSource({
    signer,
    http,
    nowMs,
    given: options.credentials,
  });
  const client: VenueClient = { http, source, nowMs };
  const refreshWhatLacked = createBalanceRefresh(client, signatureType, log);

  function prepare(orders: readonly OrderRequest[]): PreparedOrder[] | Promise<PreparedOrder[]> {
    const session = source.ready();
    if (session === null)
      return source
        .session(new AbortController().signal)
        .then(({ credentials }) => sign(orders, credentials));
    return sign(orders, session.credentials);
  }

  function sign(
    orders: readonly OrderRequest[],
    { apiKey }: ApiCredentials,
  ): PreparedOrder[] | Promise<PreparedOrder[]> {
    const answers = signer.signOrders(orders);
    return answers instanceof Promise
      ? answers.then((signed) => prepared(orders, signed, apiKey))
      : prepared(orders, answers, apiKey);
  }

  function prepared(
    orders: readonly OrderRequest[],
    answers: SigningAnswers,
    apiKey: string,
  ): PreparedOrder[] {
    const refusals: string[] = [];
    const found = answers.map((answer, index): PreparedOrder => {
      const request = orders[index] as OrderRequest;
      const { clientId } = request;
      const { orderId } = answer;
      if (isSigned(answer)) return { clientId, orderId, body: orderBody(request, answer, apiKey) };
      refusals.push(answer.refused);
      return { clientId, orderId, body: '', refused: answer.refused };
    });
    if (refusals.length > 0)
      log.alarm(`the signer refuses ${refusals.length} of ${orders.length} orders: ${refusals[0]}`);
    return found;
  }

  async function trades(sinceMs: number, signal: AbortSignal): Promise<FillReport[]> {
    const { credentials } = await source.session(signal);
    const own = { apiKey: credentials.apiKey, wallet: signer.wallet };
    // A second earlier: whether the venue counts the named second in is not documented.
    const after = Math.max(0, Math.floor(sinceMs / 1000) - 1);
    const rows = await allPages(client, '/data/trades', `after=${after}`, signal, (row) =>
      parseTrade(row, own),
    );
    return rows.flat();
  }

  return {
    address: signer.address,
    wallet: signer.wallet,
    credentials: async (signal) => (await source.session(signal)).credentials,
    prepare,
    place: async (orders, signal, mayLeave) => {
      const answers = await place(client, orders, signal, mayLeave);
      refreshWhatLacked(orders, answers);
      return answers;
    },
    cancel: (orderIds, signal) => cancelByIds(client, orderIds, signal),
    cancelAll: async (signal) => {
      // What was signed before everything was taken back is not for what comes after.
      signer.forgetAhead();
      return parseCancel(
        await authed(client, { method: 'DELETE', path: '/cancel-all', writes: true }, signal),
      );
    },
    openOrders: (signal) => allPages(client, '/data/orders', '', signal, parseOrder),
    order: (orderId, signal) => readOrder(client, orderId, signal),
    trades,
    priceHistory: (tokenId, sinceMs, stepMs, signal) =>
      readPriceHistory(http, nowMs(), { tokenId, sinceMs, stepMs }, signal),
    earnings: (date, signal) => readEarnings(client, signatureType, date, signal),
    beat: (heartbeatId, signal) => beat(client, heartbeatId, signal),
    status: (signal) => readStatus(client, signal),
    refreshBalances: async (signal) => {
      const query = `asset_type=COLLATERAL&signature_type=${signatureType}`;
      await signedSend(client, { method: 'GET', path: '/balance-allowance/update', query }, signal);
    },
    rebuild: async (signal) => {
      await http.reconnect();
      source.forget();
      await source.session(signal);
    },
    close: () => http.close(),
  };
}

async function place(
  client: VenueClient,
  orders: readonly PreparedOrder[],
  signal: AbortSignal,
  mayLeave: (() => boolean) | undefined,
): Promise<(readonly [ClientId, OrderAnswer])[]> {
  const signed = orders.some(isRefused) ? orders.filter((order) => !isRefused(order)) : orders;
  const batches: Promise<(readonly [ClientId, OrderAnswer])[]>[] = [];
  for (let from = 0; from < signed.length; from += MAX_ORDERS_PER_REQUEST)
    batches.push(placeBatch(client, signed.slice(from, from + MAX_ORDERS_PER_REQUEST), signal, mayLeave));
  const refused = signed === orders ? [] : orders.flatMap((order) => refusalAnswer(order) ?? []);
  return [...refused, ...(await Promise.all(batches)).flat()];
}

const isRefused = ({ refused }: PreparedOrder): boolean => refused !== undefined;

/** What the signer does not sign it would not sign a moment later either, so it counts as a rejection and its kind rests. */
function refusalAnswer({ clientId, refused }: PreparedOrder): [readonly [ClientId, OrderAnswer]] | null {
  if (refused === undefined) return null;
  const code = refused.includes(MAX_ORDER_SETTING) ? SIGNER_TOO_LARGE : 'signerRefused';
  return [[clientId, { result: 'rejected', code, text: `the signer refuses: ${refused}` }]];
}

/** The body of one `POST /orders`. */
export const batchBody = (orders: readonly PreparedOrder[]): string =>
  `[${orders.map((order) => order.body).join(',')}]`;

async function placeBatch(
  client: VenueClient,
  orders: readonly PreparedOrder[],
  signal: AbortSignal,
  mayLeave: (() => boolean) | undefined,
): Promise<(readonly [ClientId, OrderAnswer])[]> {
  const all = (answer: OrderAnswer) => orders.map((order) => [order.clientId, answer] as const);
  const body = batchBody(orders);
  let answers: unknown;
  try {
    const call: HttpCall = { method: 'POST', path: '/orders', body, writes: true, mayLeave };
    answers = await authed(client, call, signal);
  } catch (error) {
    return all(answerOfFailure(error));
  }
  if (!Array.isArray(answers) || answers.length !== orders.length) {
    const text = `expected ${orders.length} answers in a list, found ${excerpt(JSON.stringify(answers))}`;
    return all({ result: 'unknown', code: 'garbageAnswer', text });
  }
  const parsed = parseBatchAnswers(
    answers,
    orders.map(({ orderId }) => orderId),
  );
  return orders.map((order, index) => [order.clientId, parsed[index] as OrderAnswer] as const);
}

/** What a failed request means for each of its orders. */
function answerOfFailure(error: unknown): OrderAnswer {
  if (!(error instanceof ForeignError)) throw error;
  if (error.code === 'notSent') return { result: 'notSent', text: error.message };
  if (error.retry === 'reconcileFirst') return { result: 'unknown', code: error.code, text: error.message };
  return { result: 'rejected', code: error.code, text: error.message };
}

async function cancelByIds(
  client: VenueClient,
  orderIds: readonly OrderId[],
  signal: AbortSignal,
): Promise<CancelAnswer> {
  const canceled: OrderId[] = [];
  const notCanceled: (readonly [OrderId, string])[] = [];
  for (let from = 0; from < orderIds.length; from += MAX_CANCELS_PER_REQUEST) {
    const body = JSON.stringify(orderIds.slice(from, from + MAX_CANCELS_PER_REQUEST));
    const answer = parseCancel(
      await authed(client, { method: 'DELETE', path: '/orders', body, writes: true }, signal),
    );
    canceled.push(...answer.canceled);
    notCanceled.push(...answer.notCanceled);
  }
  return { canceled, notCanceled };
}

const CANCEL_CALL: HttpCall = { method: 'DELETE', path: '/orders', writes: true };

function parseCancel(found: unknown): CancelAnswer {
  return judged(CANCEL_CALL, found, () => {
    const answer = asObject(found, 'the cancel answer');
    const canceled = asArray(answer.canceled ?? [], 'canceled').map((id) => {
      if (typeof id !== 'string') throw new WireFault('canceled[]', 'an order id', id);
      return id.toLowerCase() as OrderId;
    });
    if (answer.canceled === undefined && answer.not_canceled === undefined)
      throw new WireFault('canceled', 'a list of order ids', found);
    const notCanceled = Object.entries(asObject(answer.not_canceled ?? {}, 'not_canceled')).map(
      ([id, reason]) => [id.toLowerCase() as OrderId, String(reason)] as const,
    );
    return { canceled, notCanceled };
  });
}

/**
 * Null only where the venue itself says that there is no such order: a 404 with the venue's error object, or `null`.
 * A 404 of something in between is no proof.
 */
async function readOrder(
  client: VenueClient,
  orderId: OrderId,
  signal: AbortSignal,
): Promise<VenueOrder | null> {
  const call: HttpCall = { method: 'GET', path: `/data/order/${orderId}` };
  const answer = await signedSend(client, call, signal);
  if (answer.status === 404 && isVenueError(answer.text)) return null;
  if (answer.status < 200 || answer.status > 299) {
    const trouble =
      answer.status === 404
        ? ({
            kind: 'garbage',
            text: `status 404 without the venue's error object: ${excerpt(answer.text)}`,
          } as const)
        : ({ kind: 'http', status: answer.status, text: answer.text } as const);
    throw troubleError(call, trouble, undefined, answer);
  }
  const found = parseJson(call, answer.text);
  if (found === null) return null;
  return judged(call, found, () => {
    const row = asObject(found, 'the order');
    const order = parseOrder('order' in row ? asObject(row.order, 'order') : row);
    if (order.orderId !== orderId) throw new WireFault('id', `order ${orderId}`, order.orderId);
    return order;
  });
}

function isVenueError(text: string): boolean {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null && 'error' in found;
  } catch {
    // A page of a proxy, not the venue's answer.
    return false;
  }
}

async function readStatus(client: VenueClient, signal: AbortSignal): Promise<VenueStatus> {
  const version = asVersion(await client.http.json({ method: 'GET', path: '/version' }, signal));
  const before = client.nowMs();
  const time = await client.http.json({ method: 'GET', path: '/time' }, signal);
  const after = client.nowMs();
  if (typeof time !== 'number' || !Number.isFinite(time))
    throw troubleError(
      { method: 'GET', path: '/time' },
      { kind: 'garbage', text: `expected unix seconds, found ${excerpt(JSON.stringify(time))}` },
    );
  return { version, clockSkewMs: time * 1000 - (before + after) / 2 };
}

function asVersion(found: unknown): number {
  const version =
    typeof found === 'object' && found !== null && 'version' in found ? found.version : undefined;
  if (typeof version !== 'number')
    throw troubleError(
      { method: 'GET', path: '/version' },
      { kind: 'garbage', text: `expected a version number, found ${excerpt(JSON.stringify(found))}` },
    );
  return version;
}

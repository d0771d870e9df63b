/**
 * Every way the venue says no to an order, with the exact text that clients match on and the HTTP status it travels with.
 * Source: the venue's error page and texts reported by users of its clients, state of November 2026. Texts marked assumed are
 * not published; they are also in `assumptions.ts`.
 */

export type RejectionCode =
  | 'INVALID_PAYLOAD'
  | 'NOT_KEY_OWNER'
  | 'NOT_KEY_SIGNER'
  | 'BANNED'
  | 'CLOSED_ONLY'
  | 'MAKER_NOT_ALLOWED'
  | 'TICK_SIZE'
  | 'MIN_SIZE'
  | 'MIN_MARKETABLE_BUY'
  | 'DUPLICATED'
  | 'POST_ONLY_CROSSES'
  | 'BALANCE'
  | 'EXPIRATION'
  | 'FOK_NOT_FILLED'
  | 'FAK_NO_MATCH'
  | 'MARKET_NOT_READY'
  | 'VERSION_MISMATCH'
  | 'AMOUNT_DECIMALS'
  | 'AMOUNT_PRODUCT'
  | 'TOO_MANY_ORDERS'
  | 'NO_ORDERBOOK'
  | 'SELF_TRADE'
  | 'POST_ONLY_MODE'
  | 'CANCEL_ONLY_MODE'
  | 'TRADING_DISABLED'
  | 'RESTARTING';

export interface Rejection {
  readonly code: RejectionCode;
  readonly httpStatus: 400 | 404 | 425 | 500 | 503;
  /** The text of the `error` or `errorMsg` field. */
  readonly message: string;
  /** Further fields of the error object, where the venue sends them. */
  readonly wireCode?: string;
  readonly retryAfterSeconds?: number;
}

/** How long a client is told to wait in post-only mode. */
const POST_ONLY_RETRY_AFTER_SECONDS = 30;

const refused = (
  code: RejectionCode,
  message: string,
  httpStatus: Rejection['httpStatus'] = 400,
): Rejection => ({
  code,
  httpStatus,
  message,
});

export const rejections = {
  invalidPayload: (): Rejection => refused('INVALID_PAYLOAD', 'Invalid order payload'),
  notKeyOwner: (): Rejection =>
    refused('NOT_KEY_OWNER', 'the order owner has to be the owner of the API KEY'),
  notKeySigner: (): Rejection =>
    refused('NOT_KEY_SIGNER', 'the order signer address has to be the address of the API KEY'),
  banned: (address: string): Rejection => refused('BANNED', `'${address}' address banned`),
  closedOnly: (address: string): Rejection =>
    refused('CLOSED_ONLY', `'${address}' address in closed only mode`),
  makerNotAllowed: (): Rejection =>
    refused('MAKER_NOT_ALLOWED', 'maker address not allowed, please use the deposit wallet flow'),
  tickSize: (id: string, price: string, tick: string): Rejection =>
    refused('TICK_SIZE', `order ${id} is invalid. Price (${price}) breaks minimum tick size rule: ${tick}`),
  minSize: (id: string, size: string, minimum: string): Rejection =>
    refused('MIN_SIZE', `order ${id} is invalid. Size (${size}) lower than the minimum: ${minimum}`),
  minMarketableBuy: (dollars: string, minimum: string): Rejection =>
    refused(
      'MIN_MARKETABLE_BUY',
      `invalid amount for a marketable BUY order ($${dollars}), min size: $${minimum}`,
    ),
  duplicated: (id: string): Rejection => refused('DUPLICATED', `order ${id} is invalid. Duplicated.`),
  postOnlyCrosses: (): Rejection =>
    refused('POST_ONLY_CROSSES', 'invalid post-only order: order crosses book'),
  balance: (balance: number, reserved: number, needed: number): Rejection =>
    refused(
      'BALANCE',
      `not enough balance / allowance: the balance is not enough -> balance: ${balance}, sum of active orders: ${reserved}, order amount: ${needed}`,
    ),
  allowance: (allowance: number, reserved: number, needed: number): Rejection =>
    refused(
      'BALANCE',
      `not enough balance / allowance: the allowance is not enough -> allowance: ${allowance}, sum of active orders: ${reserved}, order amount: ${needed}`,
    ),
  expiration: (): Rejection => refused('EXPIRATION', 'invalid expiration'),
  fokNotFilled: (): Rejection =>
    refused('FOK_NOT_FILLED', "order couldn't be fully filled. FOK orders are fully filled or killed."),
  fakNoMatch: (): Rejection =>
    refused(
      'FAK_NO_MATCH',
      'no orders found to match with FAK order. FAK orders are partially filled or killed if no match is found.',
    ),
  marketNotReady: (): Rejection =>
    refused('MARKET_NOT_READY', 'the market is not yet ready to process new orders'),
  versionMismatch: (): Rejection => refused('VERSION_MISMATCH', 'order_version_mismatch'),
  marketBuyDecimals: (): Rejection =>
    refused(
      'AMOUNT_DECIMALS',
      'invalid amounts, the market buy orders maker amount supports a max accuracy of 2 decimals, taker amount a max of 4 decimals',
    ),
  buyDecimals: (makerDecimals: number, takerDecimals: number): Rejection =>
    refused(
      'AMOUNT_DECIMALS',
      `invalid amounts, the buy orders maker amount supports a max accuracy of ${makerDecimals} decimals, taker amount a max of ${takerDecimals} decimals`,
    ),
  sellDecimals: (makerDecimals: number, takerDecimals: number): Rejection =>
    refused(
      'AMOUNT_DECIMALS',
      `invalid amounts, the sell orders maker amount supports a max accuracy of ${makerDecimals} decimals, taker amount a max of ${takerDecimals} decimals`,
    ),
  amountProduct: (
    which: 'maker' | 'taker',
    price: string,
    size: string,
    expected: string,
    found: string,
  ): Rejection =>
    refused(
      'AMOUNT_PRODUCT',
      `invalid amounts, the ${which} amount for a $${price} order of size ${size} should be '${expected}' but the value submited is '${found}'. Please check if you are using the latest version of the 'clob-client' library`,
    ),
  tooManyOrders: (found: number, max: number): Rejection =>
    refused('TOO_MANY_ORDERS', `Too many orders in payload: ${found}, max allowed: ${max}`),
  noOrderbook: (tokenId: string): Rejection =>
    refused('NO_ORDERBOOK', `the orderbook ${tokenId} does not exist`),
  /** Assumed text and status: the venue does not say what it answers when an account would trade with itself. */
  selfTrade: (): Rejection => refused('SELF_TRADE', 'could not run the execution', 500),
  postOnlyMode: (): Rejection => ({
    code: 'POST_ONLY_MODE',
    httpStatus: 503,
    message: 'post-only mode: only post-only orders and cancels are allowed',
    wireCode: 'post_only_mode',
    retryAfterSeconds: POST_ONLY_RETRY_AFTER_SECONDS,
  }),
  cancelOnlyMode: (): Rejection =>
    refused(
      'CANCEL_ONLY_MODE',
      'Trading is currently cancel-only. New orders are not accepted, but cancels are allowed.',
      503,
    ),
  tradingDisabled: (): Rejection =>
    refused('TRADING_DISABLED', 'Trading is currently disabled. Check polymarket.com for updates', 503),
  restarting: (): Rejection => refused('RESTARTING', 'service not ready', 425),
} as const;

/** Why a cancel did nothing. */
export type CancelRefusal =
  | 'Order not found or already canceled'
  | 'already canceled or matched'
  | 'Order already matched'
  | 'order is delayed and cannot be canceled'
  | 'Trading is currently disabled. Check polymarket.com for updates'
  | 'service not ready';

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TokenId } from '../../domain/market.ts';
import { depositWalletAddressOf } from '../chain/deposit-wallet.ts';
import type { Address } from '../chain/types.ts';
import type { VenueOrder } from '../types.ts';
import { type Asset, settledOf } from './balances.ts';
import {
  findMarketByToken,
  isOrderId,
  orderView,
  ownersOf,
  type TradeRecord,
  type VenueCore,
} from './core.ts';
import type { ApiAccount } from './credentials.ts';
import type { Heartbeats } from './heartbeats.ts';
import { badRequest, notFound, VenueRefusal } from './http-error.ts';
import { pageOf } from './pages.ts';
import { jsonBody, pathText, queryText, requireAccount } from './request.ts';
import { type IsOwn, restOrder, restTrade } from './user-wire.ts';

/** What an account reads of itself, and its heartbeat. */
export function registerAccountRoutes(app: FastifyInstance, core: VenueCore, heartbeats: Heartbeats): void {
  registerOrderReads(app, core);
  registerTradeReads(app, core);
  registerBalances(app, core);
  registerHeartbeat(app, core, heartbeats);
  registerEmptyAnswers(app, core);
}

function registerOrderReads(app: FastifyInstance, core: VenueCore): void {
  app.get('/data/orders', async (request) => {
    const account = requireAccount(core, request);
    const id = queryText(request, 'id');
    const rows = id === null ? openOrders(core, account, request) : singleOrder(core, account, id);
    return pageOf(
      rows.flatMap((order) => orderRow(core, order)),
      queryText(request, 'next_cursor'),
    );
  });
  const one = async (request: FastifyRequest): Promise<object> => {
    const account = requireAccount(core, request);
    const [row] = singleOrder(core, account, pathText(request, 'id')).flatMap((order) =>
      orderRow(core, order),
    );
    if (row === undefined) throw notFound('order not found');
    return row;
  };
  app.get('/data/order/:id', one);
  app.get('/order/:id', one);
  app.get('/data/pre-migration-orders', async (request) => {
    requireAccount(core, request);
    return pageOf([], queryText(request, 'next_cursor'));
  });
}

const orderRow = (core: VenueCore, order: VenueOrder): Record<string, unknown>[] => {
  const record = core.markets.get(order.conditionId);
  return record === undefined ? [] : [restOrder(record, order)];
};

function openOrders(core: VenueCore, account: ApiAccount, request: FastifyRequest): VenueOrder[] {
  const market = queryText(request, 'market');
  const asset = queryText(request, 'asset_id');
  return openOrdersOf(core, account.address).filter(
    (order) =>
      (market === null || order.conditionId === market) && (asset === null || order.tokenId === asset),
  );
}

/** Live and delayed orders of an account and its wallets, oldest first. */
export function openOrdersOf(core: VenueCore, account: Address): VenueOrder[] {
  const orders: VenueOrder[] = [];
  for (const owner of ownersOf(core, account)) {
    for (const id of core.exchange.accounts.get(owner)?.openOrderIds ?? []) {
      const order = core.exchange.orders.get(id);
      const record = core.orders.get(id);
      if (order !== undefined && record?.account === account) orders.push(orderView(record, order));
    }
  }
  return orders;
}

function singleOrder(core: VenueCore, account: ApiAccount, id: string): VenueOrder[] {
  const key = isOrderId(id) ? id.toLowerCase() : id;
  const order = core.exchange.orders.get(key);
  const record = core.orders.get(key);
  if (order === undefined || record === undefined || record.account !== account.address) return [];
  return [orderView(record, order)];
}

function registerTradeReads(app: FastifyInstance, core: VenueCore): void {
  app.get('/data/trades', async (request) => {
    const account = requireAccount(core, request);
    const isOwn = ownPartsOf(core, account);
    const rows = filterTrades(ownTrades(core, account), request).flatMap((trade) => {
      const record = core.markets.get(trade.conditionId);
      return record === undefined ? [] : [restTrade(record, trade, isOwn)];
    });
    return pageOf(rows, queryText(request, 'next_cursor'));
  });
}

function ownPartsOf(core: VenueCore, account: ApiAccount): IsOwn {
  const owners = new Set(ownersOf(core, account.address));
  return (part) => owners.has(part.owner);
}

/** Newest first. */
function ownTrades(core: VenueCore, account: ApiAccount): TradeRecord[] {
  const trades = new Set<TradeRecord>();
  for (const owner of ownersOf(core, account.address)) {
    for (const trade of core.tradesByOwner.get(owner) ?? []) trades.add(trade);
  }
  return [...trades].reverse();
}

function filterTrades(trades: readonly TradeRecord[], request: FastifyRequest): TradeRecord[] {
  const id = queryText(request, 'id');
  const market = queryText(request, 'market');
  const asset = queryText(request, 'asset_id');
  const maker = queryText(request, 'maker_address')?.toLowerCase() ?? null;
  const before = secondsIn(request, 'before');
  const after = secondsIn(request, 'after');
  return trades.filter((trade) => {
    const atSec = Math.floor(trade.matchedAtMs / 1000);
    return (
      (id === null || trade.id === id) &&
      (market === null || trade.conditionId === market) &&
      (asset === null || partsOf(trade).some((part) => part.tokenId === asset)) &&
      (maker === null || partsOf(trade).some((part) => part.owner.toLowerCase() === maker)) &&
      (before === null || atSec < before) &&
      (after === null || atSec >= after)
    );
  });
}

const partsOf = (trade: TradeRecord) => [
  { owner: trade.takerOwner, tokenId: trade.tokenId },
  ...trade.makers,
];

function secondsIn(request: FastifyRequest, name: string): number | null {
  const text = queryText(request, name);
  if (text === null) return null;
  const value = Number(text);
  if (!Number.isFinite(value)) throw badRequest(`invalid ${name}: ${text}`);
  return value;
}

function registerBalances(app: FastifyInstance, core: VenueCore): void {
  app.get('/balance-allowance', async (request) => {
    const { owner, asset } = askedBalance(core, request);
    await core.balances.ensure(owner, [asset]);
    return balanceAnswer(core, owner, asset);
  });
  app.get('/balance-allowance/update', async (request, reply) => {
    const { owner, asset } = askedBalance(core, request);
    await core.balances.refresh(owner, [asset], true);
    return reply.type('application/json').send('');
  });
}

function askedBalance(core: VenueCore, request: FastifyRequest): { owner: Address; asset: Asset } {
  const account = requireAccount(core, request);
  const type = queryText(request, 'asset_type');
  const tokenId = queryText(request, 'token_id');
  const owner = ownerFor(core, account, queryText(request, 'signature_type'));
  if (type === 'COLLATERAL') return { owner, asset: 'USD' };
  if (type !== 'CONDITIONAL' && type !== 'CONDITIONAL-V2') throw badRequest('invalid asset_type');
  if (tokenId === null || findMarketByToken(core, tokenId) === null) throw badRequest('invalid token_id');
  return { owner, asset: tokenId as TokenId };
}

/** A deposit wallet derives from the account; other wallets are known from the orders they made. */
function ownerFor(core: VenueCore, account: ApiAccount, signatureType: string | null): Address {
  if (signatureType === null || signatureType === '0') return account.address;
  if (signatureType === '3') return depositWalletAddressOf(account.address);
  for (const owner of ownersOf(core, account.address)) if (owner !== account.address) return owner;
  return account.address;
}

function balanceAnswer(core: VenueCore, owner: Address, asset: Asset): object {
  const known = core.balances.allowances(owner);
  const allowances = (asset === 'USD' ? known?.pUsd : known?.positions) ?? {};
  return {
    balance: String(settledOf(core, owner, asset)),
    allowances: Object.fromEntries(
      Object.entries(allowances).map(([spender, amount]) => [spender, String(amount)]),
    ),
  };
}

function registerHeartbeat(app: FastifyInstance, core: VenueCore, heartbeats: Heartbeats): void {
  app.post('/v1/heartbeats', async (request) => {
    const account = requireAccount(core, request);
    const body = jsonBody(request);
    const sent = typeof body === 'object' && body !== null && 'heartbeat_id' in body ? body.heartbeat_id : '';
    const answer = heartbeats.beat(account.credentials.apiKey, typeof sent === 'string' ? sent : '');
    if (answer.ok) return { heartbeat_id: answer.id };
    throw new VenueRefusal(400, 'Invalid Heartbeat ID', {
      error_msg: 'Invalid Heartbeat ID',
      heartbeat_id: answer.expected,
    });
  });
  app.post('/heartbeats', async (request) => {
    heartbeats.touch(requireAccount(core, request).credentials.apiKey);
    return { status: 'ok' };
  });
}

/** The local venue keeps no notifications, gives no rebates and knows no builders: the answers have the right shape and nothing in them. */
function registerEmptyAnswers(app: FastifyInstance, core: VenueCore): void {
  const signed = (answer: unknown) => async (request: FastifyRequest) => {
    requireAccount(core, request);
    return answer;
  };
  app.get('/notifications', signed([]));
  app.delete('/notifications', signed('OK'));
  app.get('/rebates/current', async () => []);
  app.get('/fees/builder-fees/:code', async () => ({
    builder_maker_fee_rate_bps: 0,
    builder_taker_fee_rate_bps: 0,
  }));
  app.get('/builder/trades', async (request) => pageOf([], queryText(request, 'next_cursor')));
}

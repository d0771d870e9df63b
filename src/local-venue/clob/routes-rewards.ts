import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sharesToFloat, usdToFloat } from '../../domain/units.ts';
import { CONTRACTS } from '../chain/addresses.ts';
import type { Address } from '../chain/types.ts';
import { findMarket, type MarketRecord, ownersOf, type VenueCore } from './core.ts';
import type { ApiAccount } from './credentials.ts';
import { badRequest, notFound } from './http-error.ts';
import { tokensOf } from './market-frames.ts';
import { pageOf } from './pages.ts';
import { jsonBody, pathText, queryText, requireAccount } from './request.ts';
import { dateOf, type RewardEpochs } from './reward-epochs.ts';

/** Liquidity rewards: which markets pay them, what an account has earned, which of its orders score. What is paid out, `reward-payouts.ts` pays. */
export function registerRewardRoutes(app: FastifyInstance, core: VenueCore, epochs: RewardEpochs): void {
  const signed =
    (answer: (account: ApiAccount, request: FastifyRequest) => unknown) => async (request: FastifyRequest) =>
      answer(requireAccount(core, request), request);

  app.get(
    '/rewards/user',
    signed((account, request) =>
      pageOf(earningRows(core, epochs, account, dayAsked(core, request)), queryText(request, 'next_cursor')),
    ),
  );
  app.get(
    '/rewards/user/total',
    signed((account, request) => totalRows(core, epochs, account, dayAsked(core, request))),
  );
  app.get(
    '/rewards/user/percentages',
    signed((account) => percentages(core, epochs, account)),
  );
  app.get(
    '/rewards/user/markets',
    signed((_account, request) => pageOf([], queryText(request, 'next_cursor'))),
  );
  app.get(
    '/order-scoring',
    signed((_account, request) => ({ scoring: epochs.isScoring(queryText(request, 'order_id') ?? '') })),
  );
  app.post(
    '/orders-scoring',
    signed((_account, request) => {
      const body = jsonBody(request);
      if (!Array.isArray(body)) throw badRequest('Invalid payload');
      return Object.fromEntries(body.map((id) => [String(id), epochs.isScoring(String(id))]));
    }),
  );
  app.get('/rewards/markets/current', async (request) =>
    pageOf(rewardedMarkets(core).map(currentReward), queryText(request, 'next_cursor')),
  );
  app.get('/rewards/markets/:condition', async (request) => {
    const record = findMarket(core, pathText(request, 'condition'));
    if (record === null) throw notFound('market not found');
    const rows = record.market.rewards === null ? [] : [marketReward(record)];
    return pageOf(rows, queryText(request, 'next_cursor'));
  });
}

function dayAsked(core: VenueCore, request: FastifyRequest): string {
  const date = queryText(request, 'date') ?? dateOf(core.clock.nowMs());
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) throw badRequest(`invalid date: ${date}`);
  return date;
}

const inAsset = (date: string, owner: Address, earnings: number) => ({
  date: `${date}T00:00:00Z`,
  asset_address: CONTRACTS.pUsd,
  maker_address: owner,
  earnings,
  asset_rate: 1,
});

function earningRows(core: VenueCore, epochs: RewardEpochs, { address }: ApiAccount, date: string): object[] {
  return [...ownersOf(core, address)].flatMap((owner) =>
    [...epochs.earned(owner, date)].map(([conditionId, usd]) => ({
      ...inAsset(date, owner, usd),
      condition_id: conditionId,
    })),
  );
}

function totalRows(core: VenueCore, epochs: RewardEpochs, { address }: ApiAccount, date: string): object[] {
  return [...ownersOf(core, address)].flatMap((owner) => {
    const usd = [...epochs.earned(owner, date).values()].reduce((sum, earned) => sum + earned, 0);
    return usd > 0 ? [inAsset(date, owner, usd)] : [];
  });
}

function percentages(core: VenueCore, epochs: RewardEpochs, { address }: ApiAccount): object {
  const parts: Record<string, number> = {};
  for (const owner of ownersOf(core, address))
    for (const [conditionId, share] of epochs.shares(owner))
      parts[conditionId] = (parts[conditionId] ?? 0) + share * 100;
  return parts;
}

const rewardedMarkets = (core: VenueCore): MarketRecord[] =>
  [...core.markets.values()].filter(({ status, market }) => status === 'open' && market.rewards !== null);

function currentReward({ market, listedAtMs }: MarketRecord): object {
  const { rewards } = market;
  const perDay = rewards === null ? 0 : usdToFloat(rewards.dailyRate);
  return {
    condition_id: market.conditionId,
    rewards_max_spread: rewards === null ? 0 : rewards.maxSpread / 100,
    rewards_min_size: rewards === null ? 0 : sharesToFloat(rewards.minSize),
    rewards_config: [
      {
        asset_address: CONTRACTS.pUsd,
        start_date: dateOf(listedAtMs),
        end_date: dateOf(market.endAtMs ?? listedAtMs),
        rate_per_day: perDay,
        total_rewards: 0,
      },
    ],
    native_daily_rate: perDay,
    sponsored_daily_rate: 0,
    total_daily_rate: perDay,
  };
}

function marketReward(record: MarketRecord): object {
  const { market } = record;
  return {
    ...currentReward(record),
    question: market.question,
    market_slug: market.slug,
    event_slug: market.slug,
    image: '',
    market_competitiveness: 0,
    tokens: tokensOf(record).map((tokenId, index) => ({
      token_id: tokenId,
      outcome: market.outcomeNames[index],
      price: (record.history.at(-1)?.price ?? market.listedYesPrice ?? 5_000) / 10_000,
    })),
  };
}

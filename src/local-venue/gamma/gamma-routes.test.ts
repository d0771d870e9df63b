import {
  EventSchema,
  ListEventsKeysetResponseSchema,
  ListMarketsKeysetResponseSchema,
  ListMarketsResponseSchema,
  MarketSchema,
} from '@polymarket/bindings/gamma';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../domain/market.ts';
import { price, shares, usd } from '../../domain/units.ts';
import { marketFromGamma } from '../catalogue/market-from-gamma.ts';
import { syntheticCatalogue } from '../catalogue/synthetic-markets.ts';
import { planMarket } from '../chain/markets.ts';
import type { VenueMarket } from '../types.ts';
import { gammaRoutes } from './gamma-routes.ts';

const nowMs = Date.parse('2026-11-22T20:00:00Z');
const localOracle = '0x00000000000000000000000000000000000000aa';

/** The synthetic markets as the venue would list them; those in `winners` are resolved. */
function listed(winners: Readonly<Record<number, Outcome>> = {}): VenueMarket[] {
  const { entries } = syntheticCatalogue({ seed: 'gamma', nowMs });
  return entries.map((entry, index) => {
    const prepared = planMarket(
      {
        questionId: entry.questionId,
        negRisk: entry.negRisk,
        ...(entry.oracle === null ? {} : { oracle: entry.oracle.address }),
      },
      localOracle,
    );
    const market = marketFromGamma(entry.gamma, prepared);
    const winner = winners[index] ?? null;
    return {
      listing: { market, oracle: prepared.oracle, gamma: entry.gamma },
      market,
      status: winner === null ? 'open' : 'resolved',
      winner,
      listedAtMs: nowMs,
      resolvedAtMs: winner === null ? null : nowMs,
      lastTradePrice: price(5200),
      lastTradeSide: 'BUY',
      volume: usd(3_000_000),
    };
  });
}

function serve(records: readonly VenueMarket[]) {
  const app = fastify();
  gammaRoutes(app, {
    markets: () => records,
    priceHistory: () => [{ atSec: nowMs / 1000, price: price(5200) }],
    book: (tokenId) => {
      const record = records.find(({ market }) => market.yesTokenId === tokenId);
      if (record === undefined) return null;
      const level = { size: shares(100_000_000) };
      return {
        conditionId: record.market.conditionId,
        tokenId: record.market.yesTokenId,
        bids: [{ ...level, price: price(5100) }],
        asks: [{ ...level, price: price(5300) }],
        changedAtMs: nowMs,
      };
    },
  });
  return async (url: string): Promise<{ status: number; body: ReturnType<typeof JSON.parse> }> => {
    const response = await app.inject({ url });
    return { status: response.statusCode, body: response.json() };
  };
}

describe('gammaRoutes', () => {
  const records = listed({ 1: 'NO' });
  const get = serve(records);
  const open = records.filter(({ status }) => status === 'open');

  it('lists only open markets unless closed ones are asked for, and passes the official schemas', async () => {
    const { body } = await get('/markets?limit=100');
    expect(body).toHaveLength(open.length);
    expect(ListMarketsResponseSchema.parse(body)).toHaveLength(open.length);
    const closed = (await get('/markets?closed=true')).body;
    expect(closed).toHaveLength(1);
    expect(closed[0]).toMatchObject({
      closed: true,
      acceptingOrders: false,
      umaResolutionStatus: 'resolved',
      outcomePrices: '["0","1"]',
    });
    expect(MarketSchema.parse(closed[0]).outcomes.no.price).toBe('1');
  });

  it('shows the touch, last trade and volume of the venue', async () => {
    const { body } = await get(`/markets/${records[0]?.market.gammaId}`);
    expect(body).toMatchObject({
      bestBid: 0.51,
      bestAsk: 0.53,
      spread: 0.02,
      lastTradePrice: 0.52,
      outcomePrices: '["0.52","0.48"]',
      acceptingOrders: true,
    });
    expect(body.volumeNum - Number(records[0]?.listing.gamma?.volumeNum)).toBe(3);
    expect(body.clobTokenIds).toBe(
      JSON.stringify([records[0]?.market.yesTokenId, records[0]?.market.noTokenId]),
    );
  });

  it('walks keyset pages without repeating or losing a row, in any order', async () => {
    for (const order of ['', '&order=volume_num&ascending=false', '&order=endDate']) {
      const ids: string[] = [];
      let cursor = '';
      do {
        const { body } = await get(`/markets/keyset?limit=4${order}${cursor}`);
        const page = ListMarketsKeysetResponseSchema.parse(body);
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor === undefined ? '' : `&after_cursor=${page.nextCursor}`;
      } while (cursor !== '');
      expect(new Set(ids).size).toBe(open.length);
      expect(ids).toHaveLength(open.length);
    }
  });

  it('filters by condition, token, slug, id, tag and dates', async () => {
    const [first, , third] = records;
    const ids = async (query: string): Promise<string[]> =>
      (await get(`/markets/keyset?${query}`)).body.markets.map((market: { id: string }) => market.id);
    expect(await ids(`condition_ids=${first?.market.conditionId}`)).toEqual([first?.market.gammaId]);
    expect(
      await ids(`condition_ids=${first?.market.conditionId}&condition_ids=${third?.market.conditionId}`),
    ).toHaveLength(2);
    expect(await ids(`clob_token_ids=${third?.market.noTokenId}`)).toEqual([third?.market.gammaId]);
    expect(await ids(`slug=${first?.market.slug}`)).toEqual([first?.market.gammaId]);
    expect(await ids(`ids=${first?.market.gammaId},${third?.market.gammaId}`)).toHaveLength(2);
    expect(await ids('tag_id=100002')).toHaveLength(4);
    expect((await ids(`end_date_max=2026-12-01T00:00:00Z`)).length).toBeGreaterThan(0);
    expect(await ids('end_date_max=2026-11-01T00:00:00Z')).toEqual([]);
  });

  it('groups markets into events with their tags', async () => {
    const { body } = await get('/events/keyset?limit=100');
    const page = ListEventsKeysetResponseSchema.parse(body);
    expect(page.items.reduce((sum, event) => sum + event.markets.length, 0)).toBe(records.length);
    const election = (await get('/events/slug/harbour-city-mayor')).body;
    expect(EventSchema.parse(election).markets).toHaveLength(4);
    expect(election.negRisk).toBe(true);
    expect((await get(`/events/${election.id}`)).body.slug).toBe('harbour-city-mayor');
  });

  it('finds a market by slug, says 404 for an unknown one and 422 for a bad limit', async () => {
    expect((await get(`/markets/slug/${records[2]?.market.slug}`)).body.id).toBe(records[2]?.market.gammaId);
    expect(await get('/markets/slug/none')).toMatchObject({ status: 404, body: { error: 'slug not found' } });
    expect(await get('/markets/keyset?limit=101')).toMatchObject({
      status: 422,
      body: { type: 'validation error' },
    });
    expect(await get('/markets?closed=perhaps')).toMatchObject({ status: 422 });
    expect(await get('/markets/keyset?after_cursor=AAAA')).toMatchObject({ status: 422 });
  });

  it('makes a plain object for a market that was listed without one', async () => {
    const bare = records.map((record) => ({
      ...record,
      listing: { market: record.market, oracle: record.listing.oracle },
    }));
    const { body } = await serve(bare)('/markets?limit=100');
    expect(ListMarketsResponseSchema.parse(body)).toHaveLength(open.length);
  });
});

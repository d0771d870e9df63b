import type { FastifyInstance } from 'fastify';
import { filterRows, keysetPage, offsetPage, QueryError, type RawQuery } from './gamma-query.ts';
import { liveEvents } from './live-event.ts';
import { type GammaJson, type ListedMarkets, liveMarket } from './live-market.ts';

interface Lookup {
  readonly Params: { readonly value: string };
}

/** Gamma's market and event lists and look-ups, answered from what is listed on the venue now. */
export function gammaRoutes(app: FastifyInstance, state: ListedMarkets): void {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof QueryError)
      return reply.code(422).send({ type: 'validation error', error: error.message });
    return reply.code(500).send({ type: 'internal error', error: 'internal server error' });
  });
  addList(app, 'markets', (query) => allMarkets(state, query));
  addList(app, 'events', () => liveEvents(state));
  addTags(app, state);
}

function allMarkets(state: ListedMarkets, query: RawQuery): GammaJson[] {
  const rows = state.markets().map((record) => liveMarket(state, record));
  return query.include_tag === 'true' ? rows.map(withTags) : rows;
}

/** The routes that markets and events have in common. */
function addList(
  app: FastifyInstance,
  name: 'markets' | 'events',
  rows: (query: RawQuery) => GammaJson[],
): void {
  app.get<{ Querystring: RawQuery }>(`/${name}`, ({ query }) =>
    offsetPage(filterRows(rows(query), query), query),
  );
  app.get<{ Querystring: RawQuery }>(`/${name}/keyset`, ({ query }) => {
    const { rows: page, nextCursor } = keysetPage(filterRows(rows(query), query), query);
    return { [name]: page, ...(nextCursor === undefined ? {} : { next_cursor: nextCursor }) };
  });
  const one = (field: 'id' | 'slug', path: string): void => {
    app.get<Lookup & { Querystring: RawQuery }>(path, ({ params, query }, reply) => {
      const row = rows(query).find((each) => String(each[field]) === params.value);
      return row ?? reply.code(404).send({ type: 'not found error', error: `${field} not found` });
    });
  };
  one('slug', `/${name}/slug/:value`);
  one('id', `/${name}/:value`);
}

function addTags(app: FastifyInstance, state: ListedMarkets): void {
  app.get('/tags', () => {
    const tags = liveEvents(state).flatMap((event) => (Array.isArray(event.tags) ? event.tags : []));
    return [...new Map(tags.map((tag: GammaJson) => [tag.id, tag])).values()];
  });
}

function withTags(market: GammaJson): GammaJson {
  const events = Array.isArray(market.events) ? market.events : [];
  return { ...market, tags: events.flatMap((event: GammaJson) => event.tags ?? []) };
}

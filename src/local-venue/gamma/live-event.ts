import type { VenueMarket } from '../types.ts';
import { type GammaJson, type ListedMarkets, liveMarket } from './live-market.ts';

/** The events of the listed markets, each with its markets as they are now, in listing order. */
export function liveEvents(state: ListedMarkets): GammaJson[] {
  const groups = new Map<string, { event: GammaJson; markets: VenueMarket[] }>();
  for (const record of state.markets()) {
    const event = eventOf(record);
    const id = String(event.id);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { event, markets: [record] });
    else group.markets.push(record);
  }
  return [...groups.values()].map(({ event, markets }) => liveEvent(state, event, markets));
}

function liveEvent(state: ListedMarkets, event: GammaJson, records: readonly VenueMarket[]): GammaJson {
  const closed = records.every(({ status }) => status === 'resolved');
  const markets = records.map((record) => {
    const { events: _circular, tags: _ofTheEvent, ...market } = liveMarket(state, record);
    return market;
  });
  return { ...event, active: true, closed, markets };
}

/** The event that the market's Gamma object carries, else one made of the market alone, as Gamma does for single markets. */
function eventOf(record: VenueMarket): GammaJson {
  const events = record.listing.gamma?.events;
  const first: unknown = Array.isArray(events) ? events[0] : undefined;
  if (typeof first === 'object' && first !== null && 'id' in first) return first as GammaJson;
  const { market } = record;
  return {
    id: market.eventId ?? `event-${market.gammaId}`,
    ticker: market.slug,
    slug: market.slug,
    title: market.question,
    description: market.description,
    negRisk: market.negRisk,
    ...(market.endAtMs === null ? {} : { endDate: new Date(market.endAtMs).toISOString() }),
  };
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { categoryOf } from '../../domain/market-category.ts';
import { parseGammaMarket } from './gamma-market.ts';
import type { WireObject } from './wire/fields.ts';

const root = process.env.EVENKEEL_SHARED_DATA ?? join(process.cwd(), '../shared/data');
const folder = join(root, 'gamma');
const absent = !existsSync(folder);
if (absent) console.log('skipped: ../shared/data not found');
if (absent && process.env.CI === 'true') throw new Error(`recorded Gamma objects not found at ${folder}`);

interface Found {
  readonly object: unknown;
  readonly event: WireObject | null;
}

const jsonOf = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const filesIn = (name: string, ending: string): string[] =>
  readdirSync(join(folder, name))
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, name, file));

const inEvent = (event: WireObject): Found[] =>
  ((event.markets ?? []) as unknown[]).map((object) => ({ object, event }));

function reasons(found: readonly Found[]): { usable: number; unusable: Record<string, number> } {
  const unusable: Record<string, number> = {};
  let usable = 0;
  for (const { object, event } of found) {
    const parsed = parseGammaMarket(object, event);
    if ('unusable' in parsed) unusable[parsed.unusable] = (unusable[parsed.unusable] ?? 0) + 1;
    else usable += 1;
  }
  return { usable, unusable };
}

describe.skipIf(absent)('recorded Gamma objects', () => {
  it('W22: 5-minute markets of a day: all usable, with both token ids, their fee schedule and rewards', () => {
    const found = filesIn('ligengxin96', '.gz').flatMap((path) =>
      gunzipSync(readFileSync(path))
        .toString('utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { raw: unknown; condition_id: string; token_ids: string[] }),
    );
    expect(found.length).toBeGreaterThan(200);
    for (const line of found) {
      const parsed = parseGammaMarket(line.raw);
      if ('unusable' in parsed) throw new Error(`${line.condition_id}: ${parsed.unusable}`);
      const { market } = parsed;
      expect([market.yesTokenId, market.noTokenId]).toEqual(line.token_ids);
      expect(market.conditionId).toBe(line.condition_id);
      expect(market.fee).toEqual({ ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 200_000 });
      expect(market.rewards).toMatchObject({ minSize: 50_000_000, maxSpread: 450 });
      expect(market.minOrderSize).toBe(5_000_000);
      expect([10, 100]).toContain(market.tickSize);
      expect(market.outcomeNames).toEqual(['Up', 'Down']);
    }
  });

  it('event snapshots with nested markets', () => {
    const snapshots = filesIn('wenfp108_gamma_events', '.json').flatMap(
      (path) => jsonOf(path) as { data: WireObject }[],
    );
    const { usable, unusable } = reasons(snapshots.flatMap(({ data }) => inEvent(data)));
    expect(usable).toBeGreaterThan(100);
    console.log(`event snapshots: ${usable} usable, unusable ${JSON.stringify(unusable)}`);
    for (const { data } of snapshots)
      for (const { object, event } of inEvent(data)) {
        const parsed = parseGammaMarket(object, event);
        if ('market' in parsed) expect(parsed.market.eventId).toBe(String(data.id));
      }
  });

  it('each has a category: by fee type, by tags, and by its question alone', () => {
    const fiveMinutes = filesIn('ligengxin96', '.gz').flatMap((path) =>
      gunzipSync(readFileSync(path))
        .toString('utf8')
        .trim()
        .split('\n')
        .map((line) => ({ object: (JSON.parse(line) as { raw: unknown }).raw, event: null })),
    );
    const events = filesIn('wenfp108_gamma_events', '.json')
      .flatMap((path) => jsonOf(path) as { data: WireObject }[])
      .flatMap(({ data }) => inEvent(data));
    const marketsOf = (found: readonly Found[]) =>
      found.flatMap(({ object, event }) => {
        const parsed = parseGammaMarket(object, event);
        return 'market' in parsed ? [parsed.market] : [];
      });
    for (const market of marketsOf(fiveMinutes)) expect(market.category).toBe('crypto');
    const inSnapshots = marketsOf(events);
    const other = inSnapshots.filter(({ category }) => category === 'other');
    expect(other.length).toBeLessThan(inSnapshots.length / 20);
    // The words of the question lead to the tags' category for most markets, though no tag is looked at.
    const agreeing = inSnapshots.filter(
      ({ question, category }) => categoryOf({ feeType: null, tags: [], question }) === category,
    );
    expect(agreeing.length).toBeGreaterThan(inSnapshots.length / 2);
    console.log(
      `categories: ${other.length} of ${inSnapshots.length} are other; words alone agree in ${agreeing.length}`,
    );
  });

  it('tells a dispute from a proposal and from what is resolved', () => {
    const events = filesIn('wenfp108_gamma_events', '.json')
      .flatMap((path) => jsonOf(path) as { data: WireObject }[])
      .flatMap(({ data }) => inEvent(data));
    const found = new Map<string, number>();
    for (const { object, event } of events) {
      const parsed = parseGammaMarket(object, event);
      if ('market' in parsed)
        found.set(parsed.market.resolution, (found.get(parsed.market.resolution) ?? 0) + 1);
    }
    expect(found.get('none')).toBeGreaterThan(100);
    expect(found.get('resolved')).toBeGreaterThan(10);
    const openOne = events.find(({ object }) => (object as WireObject).umaResolutionStatus === undefined);
    expect(
      parseGammaMarket({
        ...(openOne?.object as object),
        umaResolutionStatuses: '["proposed", "disputed"]',
      }),
    ).toMatchObject({ market: { resolution: 'disputed' } });
  });

  it('single objects of several years', () => {
    const found = filesIn('nautilus_gamma', '.json')
      .filter((path) => path.includes('gamma_market'))
      .map((path) => ({ object: jsonOf(path), event: null }));
    const events = (jsonOf(join(folder, 'nautilus_gamma/gamma_event.json')) as WireObject[]).flatMap(inEvent);
    const { usable, unusable } = reasons([...found, ...events]);
    console.log(`single objects: ${usable} usable, unusable ${JSON.stringify(unusable)}`);
    expect(usable).toBeGreaterThan(4);
  });
});

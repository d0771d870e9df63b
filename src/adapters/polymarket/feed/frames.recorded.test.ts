import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConditionId, TokenId, WatchedMarket } from '../../../domain/market.ts';
import { price, shares } from '../../../domain/units.ts';
import type { WireObject } from '../wire/fields.ts';
import { parseBook, parseChanges } from './market-frames.ts';
import { createMirror } from './market-mirror.ts';
import { checkMirror, isTouchReached, levelsEvent, takeBook, takeChanges } from './mirror-events.ts';

const root = process.env.EVENKEEL_SHARED_DATA ?? join(process.cwd(), '../shared/data');
const folder = join(root, 'orderbook/ws_raw_excerpts');
const absent = !existsSync(folder);
if (absent) console.log('skipped: ../shared/data not found');
if (absent && process.env.CI === 'true') throw new Error(`recorded frames not found at ${folder}`);

const watched = (conditionId: string, yes: string, no: string): WatchedMarket => ({
  conditionId: conditionId as ConditionId,
  yesTokenId: yes as TokenId,
  noTokenId: no as TokenId,
  tickSize: price(10),
  minOrderSize: shares(5_000_000),
  negRisk: false,
});

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe.skipIf(absent)('recorded market frames', () => {
  it('whole books of the first frame hash to what they announce', () => {
    const books = JSON.parse(read('enrico_initial_books_excerpt.json')) as WireObject[];
    for (const book of books) {
      const token = String(book.asset_id);
      const mirror = createMirror(watched(String(book.market), token, 'none'));
      takeBook(mirror, parseBook(book, 'YES'));
      expect(checkMirror(mirror, 0), token).toBe('right');
      // The same book seen as the other token's: everything turned over, and turned back for the hash.
      const turned = createMirror(watched(String(book.market), 'none', token));
      takeBook(turned, parseBook(book, 'NO'));
      expect(checkMirror(turned, 0), token).toBe('right');
    }
    expect(books.length).toBeGreaterThan(0);
  });

  it('one cancellation in four frames ends in the announced touch and hash', () => {
    const frames = read('wwshan_ask_cancellation_excerpt.ndjson')
      .trim()
      .split('\n')
      .flatMap((line) => {
        const { data } = JSON.parse(line) as { data: string | WireObject[] };
        const parsed: unknown = typeof data === 'string' ? JSON.parse(data) : data;
        return (Array.isArray(parsed) ? parsed : [parsed]) as WireObject[];
      });
    const first = frames.find((frame) => frame.event_type === 'book')!;
    const changed = frames.filter((frame) => frame.event_type === 'price_change');
    const conditionId = String(changed[0]!.market);
    const tokens = [...new Set(frames.map((frame) => frame.asset_id).filter((id) => typeof id === 'string'))];
    const yes = String(first.asset_id);
    const mirror = createMirror(watched(conditionId, yes, tokens.find((id) => id !== yes)!));
    // Books sent after a trade leave the last price out; it was this one, on both tokens alike.
    mirror.lastTradeText = '0.368';
    takeBook(mirror, parseBook(first, 'YES'));
    expect(checkMirror(mirror, 0)).toBe('right');
    let last = null;
    for (const frame of changed) {
      last = parseChanges(frame, mirror.market)!;
      takeChanges(mirror, last);
    }
    expect(isTouchReached(mirror, last!)).toBe(true);
    expect(checkMirror(mirror, 0)).toBe('right');
    expect(levelsEvent(mirror)?.changes.length).toBeGreaterThanOrEqual(3);
  });

  it('single frames of another recording parse', () => {
    for (const line of read('netqo_captured_frames.ndjson').trim().split('\n')) {
      const frame = JSON.parse(line) as WireObject;
      if (frame.event_type !== 'price_change') continue;
      const [one, two] = (frame.price_changes as { asset_id: string }[]).map((row) => row.asset_id);
      const found = parseChanges(frame, watched(String(frame.market), one!, two!));
      expect(found?.changes).toHaveLength(1);
      expect(found?.bestBid).not.toBeUndefined();
    }
  });
});

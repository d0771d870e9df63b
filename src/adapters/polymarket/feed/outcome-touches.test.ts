import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../http.ts';
import { type FakeHttp, startFakeHttp } from '../testing/fake-http.ts';
import { type ModelChange, modelBook, modelChanges, modelMarket } from '../testing/model-market.ts';
import type { WireObject } from '../wire/fields.ts';
import { fetchOutcomeBooks } from './fetch-book.ts';
import { parseChanges } from './market-frames.ts';
import { createMirror } from './market-mirror.ts';
import { touchesEvent } from './mirror-events.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

const model = modelMarket(1);

function onlyFrame(change: ModelChange): WireObject {
  const [frame] = modelChanges(model, [change], 1);
  if (frame === undefined) throw new Error('expected one frame');
  return frame;
}

/** A price change whose NO rows say these touches. */
function frameWithNo(bestBid: string, bestAsk: string): WireObject {
  const frame = onlyFrame(['BUY', 10, 5]);
  const rows = (frame.price_changes as WireObject[]).map((row) =>
    row.asset_id === model.watched.noTokenId ? { ...row, best_bid: bestBid, best_ask: bestAsk } : row,
  );
  return { ...frame, price_changes: rows };
}
const changesOf = (frame: WireObject) => {
  const found = parseChanges(frame, model.watched);
  if (found === null) throw new Error('expected changes of the market');
  return found;
};

describe('the touches of two tokens in one message', () => {
  it('that mirror each other are nothing to tell', () => {
    const mirror = createMirror(model.watched);
    const found = changesOf(onlyFrame(['SELL', 90, 5]));
    expect(found.touchesApart).toBeNull();
    expect(touchesEvent(mirror, found)).toBeNull();
  });

  it('that do not are told, each in its own prices, and told again once they do', () => {
    const mirror = createMirror(model.watched);
    const apart = touchesEvent(mirror, changesOf(frameWithNo('0.3', '0.4')));
    expect(apart).toMatchObject({ kind: 'touchesApart', touches: { no: { bid: 3_000, ask: 4_000 } } });
    const together = changesOf(onlyFrame(['SELL', 90, 6]));
    expect(touchesEvent(mirror, together)).toMatchObject({ kind: 'touchesApart', touches: null });
    expect(touchesEvent(mirror, together)).toBeNull();
  });

  it('say nothing where one of them is left out or cannot be read', () => {
    const frame = onlyFrame(['SELL', 90, 7]);
    const rows = (frame.price_changes as WireObject[]).filter(
      (row) => row.asset_id === model.watched.yesTokenId,
    );
    expect(changesOf({ ...frame, price_changes: rows }).touchesApart).toBeUndefined();
    expect(changesOf(frameWithNo('0.3', 'soon')).touchesApart).toBeUndefined();
  });
});

describe('a read of both books', () => {
  async function client(
    answer: (ids: string[]) => unknown,
  ): Promise<{ http: HttpClient; fake: FakeHttp; asked: unknown[] }> {
    const asked: unknown[] = [];
    const fake = await startFakeHttp(({ body }) => {
      const ids = (JSON.parse(body) as { token_id: string }[]).map(({ token_id }) => token_id);
      asked.push(ids);
      return { body: answer(ids) };
    });
    const http = createHttpClient({ baseUrl: fake.url, nowMs: () => 0, timeoutMs: 2_000 });
    open.push(http, fake);
    return { http, fake, asked };
  }
  const { yesTokenId, noTokenId } = model.watched;

  it('is one request, gives each book in its own prices, best first, whatever order they come in', async () => {
    const { http, asked } = await client(() => [modelBook(model, 'NO'), modelBook(model, 'YES')]);
    const found = await fetchOutcomeBooks(http, model.watched, AbortSignal.timeout(2_000));
    expect(asked).toEqual([[yesTokenId, noTokenId]]);
    const prices = (levels: readonly (readonly [number, number])[]) => levels.map(([at]) => at);
    expect(prices(found.yes.bids)).toEqual(
      [...model.bids.keys()].sort((a, b) => b - a).map((at) => at * 100),
    );
    expect(prices(found.yes.asks)).toEqual(
      [...model.asks.keys()].sort((a, b) => a - b).map((at) => at * 100),
    );
    expect(prices(found.no.asks)).toEqual(prices(found.yes.bids).map((at) => 10_000 - at));
    expect(prices(found.no.bids)).toEqual(prices(found.yes.asks).map((at) => 10_000 - at));
  });

  it('fails when one of them is missing, rather than taking it for empty', async () => {
    const { http } = await client(() => [modelBook(model, 'YES')]);
    const reading = fetchOutcomeBooks(http, model.watched, AbortSignal.timeout(2_000));
    await expect(reading).rejects.toMatchObject({ name: 'ForeignError' });
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import type { MarketEvent } from '../../../domain/market-event.ts';
import { startFakeHttp } from '../testing/fake-http.ts';
import { startFakeSocket } from '../testing/fake-socket.ts';
import { modelBook, modelMarket } from '../testing/model-market.ts';
import { silentLog } from '../testing/silent-log.ts';
import { until, wallTimers } from '../testing/wall-timers.ts';
import { createMarketFeed } from './market-feed.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

describe('a market whose socket is down while another socket is up', () => {
  it('has no live book, whatever is read over REST, until its own socket is back', async () => {
    const models = [modelMarket(1), modelMarket(2)] as const;
    const modelOf = (token: string | null) =>
      models.find(({ watched }) => watched.yesTokenId === token || watched.noTokenId === token)!;
    const http = await startFakeHttp(({ query }) => ({
      body: modelBook(modelOf(query.get('token_id')), 'YES'),
    }));
    const socket = await startFakeSocket((message, client) => {
      const { assets_ids } = message as { assets_ids?: string[] };
      for (const id of assets_ids ?? []) {
        const model = modelOf(id);
        const outcome = model.watched.yesTokenId === id ? 'YES' : 'NO';
        client.send(JSON.stringify({ ...modelBook(model, outcome), event_type: 'book' }));
      }
    });
    const feed = createMarketFeed({
      wsMarketUrl: socket.url,
      clobUrl: http.url,
      timers: wallTimers,
      random: () => 0.5,
      log: silentLog,
      verifyEveryMs: 0,
      snapshotWithinMs: 1,
      tokensPerSocket: 2,
      firstBackoffMs: 60_000,
    });
    open.push(feed, socket, http);
    const events: MarketEvent[] = [];
    const downs: string[] = [];
    feed.start({
      onEvent: (event) => events.push(event),
      onUp: () => undefined,
      onDown: (why) => downs.push(why),
    });
    const [first, second] = models;
    feed.watch([first.watched]);
    await until('the first book', () => events.some(({ kind }) => kind === 'book'));
    const [firstClient] = socket.clients;
    feed.watch([second.watched]);
    await until('both books', () => events.filter(({ kind }) => kind === 'book').length === 2);
    events.length = 0;
    firstClient?.terminate();
    await until('distrust', () => events.some(({ kind }) => kind === 'bookUntrusted'));
    await expect(feed.readBook(first.watched, AbortSignal.timeout(5_000))).rejects.toMatchObject({
      code: 'socketDown',
    });
    // The other market is served as before, and several sweeps have passed by then.
    for (let reads = 0; reads < 3; reads += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await feed.readBook(second.watched, AbortSignal.timeout(5_000));
    }
    expect(downs).toEqual([]);
    expect(
      events.filter((event) => event.kind === 'book' && event.conditionId === first.watched.conditionId),
    ).toEqual([]);
  });
});

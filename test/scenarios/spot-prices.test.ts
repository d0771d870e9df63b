import { afterEach, beforeEach, expect, it } from 'vitest';
import { composeWorker } from '../../src/app/compose.ts';
import { demoWorkerSettings } from '../../src/app/demo/demo-settings.ts';
import { examine } from '../../src/app/doctor.ts';
import { openAccountSigner } from '../../src/app/open-account-signer.ts';
import { replayRun } from '../../src/app/recover.ts';
import type { Worker } from '../../src/app/run-worker.ts';
import { type LocalVenue, startLocalVenue } from '../../src/local-venue/start-local-venue.ts';
import { parseSettings } from '../../src/settings/index.ts';
import { journalOf, temporaryFolder } from '../support/demo-pieces.ts';

const SOURCES = ['polybolt', 'rtds', 'binance', 'coingecko'] as const;
const BOUND_MS = 60_000;

let folder: ReturnType<typeof temporaryFolder>;
const open: { stop(): Promise<unknown> }[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const opened of open.splice(0).reverse()) await opened.stop();
  folder.remove();
});

const silent = (): void => undefined;
const log = { debug: silent, note: silent, warning: silent, alarm: silent };

async function startVenue(): Promise<LocalVenue> {
  const venue = await startLocalVenue({ seed: 'spot', crypto: true, traders: false, accounts: 1 });
  open.push(venue);
  return venue;
}

/** The settings of a worker on this venue; nothing else tells it from one on the real one. */
function settingsFor({ urls, chain, accounts }: LocalVenue, wanted: Record<string, string>) {
  const ready = {
    ready: true as const,
    ...urls,
    chainId: chain.chainId,
    contracts: {},
    accounts: [...accounts],
  };
  const parsed = parseSettings({ ...demoWorkerSettings(ready, folder.path, wanted), ...wanted });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.settings;
}

async function startWorker(venue: LocalVenue, wanted: Record<string, string>): Promise<Worker> {
  const settings = settingsFor(venue, wanted);
  const signer = await openAccountSigner(settings, log);
  open.push({ stop: () => signer.close() });
  const worker = await composeWorker({
    settings,
    dataDir: folder.path,
    approve: true,
    resume: false,
    newBooks: false,
    seed: 'spot',
    projectFolder: process.cwd(),
    signer,
    log,
  });
  open.push({
    stop: async () => {
      worker.stop('test', 'the end of the test');
      await worker.ended;
    },
  });
  return worker;
}

async function until<T>(what: string, ask: () => T | null): Promise<T> {
  const endMs = performance.now() + BOUND_MS;
  for (;;) {
    const found = ask();
    if (found !== null) return found;
    if (performance.now() > endMs) throw new Error(`waited ${BOUND_MS} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What the status says of BTC, once it is so. */
const btcWhen = (worker: Worker, what: string, pattern: RegExp): Promise<string> =>
  until(what, () => {
    const btc = worker.status().prices?.coins.find(({ coin }) => coin === 'BTC');
    const text =
      btc === undefined ? '' : (btc.untrustedBecause ?? `believed, by ${btc.sources.length} sources`);
    return pattern.test(text) ? text : null;
  });

it('a worker believes prices that agree, neither one that lies nor silence, and its journal replays the same', {
  timeout: 400_000,
}, async () => {
  const venue = await startVenue();
  const world = venue.spot;
  if (world === null) throw new Error('the venue publishes no prices');
  const worker = await startWorker(venue, { CD_MAX_PRICE_AGE_SECONDS: '15' });
  await btcWhen(worker, 'prices that agree', /^believed, by [345] sources$/);
  await until('four sources', () =>
    worker.status().prices?.sources.length === SOURCES.length ? true : null,
  );

  world.offPct.set('polybolt', 3);
  const lie = await btcWhen(worker, 'word of the lie', /apart/);
  expect(lie).toMatch(/polybolt \d+.+binance \d+.+ % apart, at most 0\.5 % is believed/);
  world.offPct.clear();
  await btcWhen(worker, 'belief again', /^believed/);

  for (const source of SOURCES) world.silent.add(source);
  // On the way there sources grow too old one after another.
  await btcWhen(worker, 'word of the silence', /every price is older than 15 s/);
  expect(worker.status().prices?.sources).toContainEqual(
    expect.objectContaining({ name: 'binance', up: false, reason: expect.stringContaining('503') }),
  );

  worker.stop('test', 'enough seen');
  const summary = await worker.ended;
  expect(summary).toMatchObject({ ok: true, openOrdersAtExit: 0 });
  const entries = await journalOf(worker.directory);
  const samples = entries.filter(({ kind }) => kind === 'spotTicks');
  expect(samples.length).toBeGreaterThan(0);
  for (const [index, { atMs }] of samples.entries())
    expect(atMs - (samples[index - 1]?.atMs ?? 0)).toBeGreaterThanOrEqual(4_900);
  const told = entries.flatMap(({ kind, body }) =>
    kind === 'notify' ? [(body as { text: string }).text] : [],
  );
  expect(told.some((text) => /price is not believed.+BTC: .+ % apart/.test(text))).toBe(true);
  expect((await replayRun(worker.directory, false)).replayed).toMatchObject({ difference: null });
});

it('a worker that is not to follow coins connects to nobody and journals nothing of them; doctor looks only when it is', {
  timeout: 200_000,
}, async () => {
  const venue = await startVenue();
  const worker = await startWorker(venue, { CD_ENABLED: 'false' });
  await until('a list of markets', () => (worker.status().listedMarkets > 0 ? true : null));
  expect(worker.status().prices).toBeNull();
  worker.stop('test', 'enough seen');
  await worker.ended;
  const entries = await journalOf(worker.directory);
  expect(entries.filter(({ kind }) => /spot|dailyCloses|candles/i.test(kind))).toEqual([]);

  venue.spot?.offPct.set('binance', 2);
  const names = ['polybolt', 'rtdsBinance', 'rtdsChainlink', 'binance', 'coingecko'];
  const findings = await examine(settingsFor(venue, {}), log);
  for (const name of names)
    expect(findings.find((finding) => finding.name === name)?.found).toMatch(
      /^BTC [\d.]+ USD, [\d.]+ s old.*, -?[\d.]+ % off the others$/,
    );
  expect(findings.find(({ name }) => name === 'binance')).toMatchObject({ verdict: 'warn' });
  expect(findings.find(({ name }) => name === 'prices')?.found).toMatch(/not believed: BTC: .+ apart/);
  const without = await examine(settingsFor(venue, { CD_ENABLED: 'false' }), log);
  expect(without.filter(({ name }) => [...names, 'prices'].includes(name))).toEqual([]);
});

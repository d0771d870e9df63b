import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseSettings } from '../../settings/index.ts';
import { DEMO_SETTINGS, demoWorkerSettings, withoutSettings } from './demo-settings.ts';
import type { VenueReady } from './venue-ready.ts';

it('sets only what the settings take, and docs/demo.md names each with its value', () => {
  const parsed = parseSettings(DEMO_SETTINGS);
  expect(parsed).toMatchObject({ ok: true });
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'demo.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \| ([\d.]+) \|/gm)];
  const documented = rows.flatMap(([, names = '', value = '']) =>
    [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => [name, value] as const),
  );
  expect(Object.fromEntries(documented)).toEqual(DEMO_SETTINGS);
});

it('keeps settings and misspelt settings of the environment out, and lets everything else in', () => {
  const kept = withoutSettings({
    PATH: '/bin',
    HOME: '/root',
    POLYMARKET_PRIVATE_KEY: 'secret',
    MM_MAX_MARKETTS: '3',
    EVENKEEL_ANYTHING: 'x',
  });
  expect(kept).toEqual({ PATH: '/bin', HOME: '/root' });
});

it('takes settings that a person asks for, but for where the worker trades and with which key', () => {
  const venue: VenueReady = {
    ready: true,
    clob: 'http://127.0.0.1:1',
    wsMarket: 'ws://127.0.0.1:1',
    wsUser: 'ws://127.0.0.1:1',
    gamma: 'http://127.0.0.1:2',
    data: 'http://127.0.0.1:3',
    rpc: 'http://127.0.0.1:4',
    chainId: 137,
    contracts: {},
    accounts: [{ address: '0x1', privateKey: '0xkey' }],
  };
  const found = demoWorkerSettings(venue, '/data', {
    MM_MULTI_LEVEL_COUNT: '3',
    MM_CYCLE_SECONDS: '5',
    POLYMARKET_PRIVATE_KEY: '0xmine',
    POLYMARKET_CLOB_URL: 'https://elsewhere',
  });
  expect(found).toMatchObject({
    MM_MULTI_LEVEL_COUNT: '3',
    MM_CYCLE_SECONDS: '5',
    MM_MAX_MARKETS: DEMO_SETTINGS.MM_MAX_MARKETS,
    POLYMARKET_PRIVATE_KEY: '0xkey',
    POLYMARKET_CLOB_URL: 'http://127.0.0.1:1',
    CD_ENABLED: 'false',
  });
  const prices = {
    polybolt: 'ws://127.0.0.1:5/polybolt',
    rtds: 'ws://127.0.0.1:5/rtds',
    binance: 'http://127.0.0.1:5/binance',
    coingecko: 'http://127.0.0.1:5/coingecko/api/v3',
  };
  const priced = demoWorkerSettings({ ...venue, prices }, '/data', { CD_BINANCE_API: 'https://elsewhere' });
  expect(parseSettings(priced)).toMatchObject({
    ok: false,
    problems: [expect.objectContaining({ env: 'POLYMARKET_PRIVATE_KEY' })],
  });
  expect(priced).toMatchObject({
    CD_ENABLED: 'true',
    CD_BINANCE_API: prices.binance,
    CD_RTDS_URL: prices.rtds,
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseSettings } from '../../settings/index.ts';
import { cryptoDemoSettings, DEMO_SETTINGS, demoWorkerSettings, withoutSettings } from './demo-settings.ts';
import type { VenueReady } from './venue-ready.ts';

/** The rows of settings under a heading of docs/demo.md. */
function documentedUnder(heading: string): Record<string, string> {
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'demo.md'), 'utf8');
  const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \| ([\d.]+|true|false) \|/gm)];
  return Object.fromEntries(
    rows.flatMap(([, names = '', value = '']) =>
      [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => [name, value] as const),
    ),
  );
}

it('sets only what the settings take, and docs/demo.md names each with its value', () => {
  expect(parseSettings(DEMO_SETTINGS)).toMatchObject({ ok: true });
  expect(documentedUnder('What the demo sets')).toEqual(DEMO_SETTINGS);
  const { settings } = cryptoDemoSettings({});
  expect(parseSettings({ ...DEMO_SETTINGS, ...settings })).toMatchObject({ ok: true });
  expect(documentedUnder('What `--crypto` sets')).toEqual(settings);
});

it('switches the check of a model off where there is no key for one, and says so; not where a person has a word in it', () => {
  const { settings, notes } = cryptoDemoSettings({ CD_MIN_EDGE_PTS: '7' });
  expect(settings).toMatchObject({ CD_PRETRADE_AI_ENABLED: 'false', CD_MIN_EDGE_PTS: '7' });
  expect(notes.join('\n')).toMatch(/has no ANTHROPIC_API_KEY, and sets CD_PRETRADE_AI_ENABLED=false/);
  expect(notes.join('\n')).toMatch(/enters nothing/);
  for (const wanted of [{ ANTHROPIC_API_KEY: 'key' }, { CD_PRETRADE_AI_ENABLED: 'true' }]) {
    const asked = cryptoDemoSettings(wanted);
    expect(asked.settings).toMatchObject(wanted);
    expect(asked.settings).not.toMatchObject({ CD_PRETRADE_AI_ENABLED: 'false' });
    expect(asked.notes).toEqual([]);
  }
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

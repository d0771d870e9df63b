import { expect, it } from 'vitest';
import { defaultSettings, environmentOf, explainSetting, parseSettings } from './index.ts';

const local = {
  POLYMARKET_CLOB_URL: 'http://127.0.0.1:4001',
  POLYMARKET_WS_MARKET_URL: 'ws://127.0.0.1:4001/ws/market',
  POLYMARKET_WS_USER_URL: 'ws://127.0.0.1:4001/ws/user',
  POLYMARKET_GAMMA_URL: 'http://127.0.0.1:4001',
  POLYMARKET_DATA_URL: 'http://localhost:4001',
  POLYGON_RPC_URL: 'http://[::1]:8545',
};

const environmentWith = (texts: Record<string, string>): string => {
  const parsed = parseSettings(texts);
  return parsed.ok ? environmentOf(parsed.settings) : 'refused';
};

it('calls it production as soon as one endpoint is', () => {
  expect(environmentOf(defaultSettings())).toBe('production');
  expect(environmentWith(local)).toBe('local');
  expect(environmentWith({ ...local, POLYMARKET_CLOB_URL: 'https://clob.polymarket.com' })).toBe(
    'production',
  );
  expect(environmentWith({ ...local, POLYMARKET_CLOB_URL: 'https://notpolymarket.com' })).toBe('other');
});

it('explains a setting, and says so when there is none', () => {
  expect(explainSetting('mm_as_feedback_threshold_bps')).toMatchObject({ ok: true });
  expect(explainSetting('MM_QUOTE_SIZE')).toMatchObject({
    ok: false,
    message: expect.stringContaining('MM_QUOTE_SIZE_USD'),
  });
  expect(explainSetting('HOME')).toEqual({
    ok: false,
    message: 'HOME is not a setting. docs/settings.md lists all of them.',
  });
});

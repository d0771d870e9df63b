import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { defaultSettings, parseSettings, redactedSettings, Secret } from './index.ts';

const KEY = 'a1'.repeat(32);

it('shows a secret as [secret] in every common way of printing', () => {
  const secret = new Secret(KEY);
  const shown = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }, { depth: null, showHidden: true }),
    format('%s %o %j', secret, secret, secret),
  ];
  for (const text of shown) {
    expect(text).toContain('[secret]');
    expect(text).not.toContain(KEY);
  }
  expect(secret.reveal()).toBe(KEY);
  expect(Object.values(secret)).toEqual([]);
});

it('redacts secrets, private paths and credentials in URLs', () => {
  const parsed = parseSettings({
    POLYMARKET_PRIVATE_KEY: KEY,
    POLYGON_RPC_URL: 'https://rpc.example.com/v2/access-key',
    POLYMARKET_DATA_URL: 'https://user:word@data.example.com/v1',
  });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  const shown = redactedSettings(parsed.settings);
  expect(shown).toMatchObject({
    POLYMARKET_PRIVATE_KEY: '[secret]',
    POLYMARKET_API_KEY: null,
    POLYGON_RPC_URL: 'https://rpc.example.com/[hidden]',
    POLYMARKET_DATA_URL: 'https://data.example.com/v1',
  });
  expect(JSON.stringify(shown)).not.toMatch(/access-key|word/);
});

it('gives equal text for equal settings, in whatever order they were set', () => {
  const text = (texts: Record<string, string>): string => {
    const parsed = parseSettings(texts);
    return parsed.ok ? JSON.stringify(redactedSettings(parsed.settings)) : '';
  };
  expect(text({ MM_MAX_MARKETS: '7', CD_ENABLED: 'off' })).toBe(
    text({ CD_ENABLED: 'false', MM_MAX_MARKETS: '7.0' }),
  );
  expect(text({ MM_MAX_MARKETS: '7' })).not.toBe(JSON.stringify(redactedSettings(defaultSettings())));
});

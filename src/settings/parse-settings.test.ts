import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  defaultSettings,
  parseSettings,
  problemsBeforeTrading,
  type SettingProblem,
  type SettingTexts,
} from './index.ts';

const problemsOf = (texts: SettingTexts): readonly SettingProblem[] => {
  const parsed = parseSettings(texts);
  return parsed.ok ? [] : parsed.problems;
};

const KEY = `0x${'11'.repeat(32)}`;

describe('parseSettings', () => {
  it('gives the defaults of the specification where nothing is set', () => {
    const { mm, cd, guard, heartbeat, chain, polymarket, trading } = defaultSettings();
    expect(mm).toMatchObject({
      cycleSeconds: 10,
      pricingEngine: 'legacy',
      maxSpreadPts: 12,
      scannerConcurrency: 10,
      staleThresholdSeconds: 60,
      stoplossMaxSpreadPts: 8,
      asGammaBase: 0.1,
      asKappaDefault: 1.5,
      multiLevelCount: 1,
      hangingOrders: true,
      arbEnabled: false,
      arbGasCostUsd: 0.005,
      circuitBreakerThreshold: 5,
      circuitBreakerCooldownSeconds: 300,
    });
    expect(cd).toMatchObject({ cycleMinutes: 15, exitCheckSeconds: 120, analysisIntervalHours: 6 });
    expect(guard.intervalMinutes).toBe(5);
    expect(heartbeat).toEqual({ enabled: true, intervalSeconds: 5 });
    expect(chain.chainId).toBe(137);
    expect(trading.maxTotalExposurePct).toBe(75);
    expect(polymarket).toMatchObject({
      privateKey: null,
      signatureType: 0,
      clobUrl: 'https://clob.polymarket.com',
    });
  });

  it('lists everything that is wrong at once', () => {
    const problems = problemsOf({
      MM_MAX_MARKETS: '1.5',
      MM_POST_ONLY: 'maybe',
      MM_QUOT_SIZE_USD: '5',
      CD_KELLY_FRACTION: '2',
    });
    expect(problems.map(({ env, code }) => [env, code])).toEqual([
      ['MM_POST_ONLY', 'malformed'],
      ['MM_MAX_MARKETS', 'malformed'],
      ['CD_KELLY_FRACTION', 'outOfBounds'],
      ['MM_QUOT_SIZE_USD', 'unknown'],
    ]);
  });

  it('says what was found, what was expected with its unit, and what to do', () => {
    const [problem] = problemsOf({ MM_QUOTE_SIZE_USD: '0.5' });
    expect(problem?.message).toBe(
      'MM_QUOTE_SIZE_USD: found "0.5"; expected a number from 1 to 100000 USD. Set it to at least 1 USD, or leave it out for 5.',
    );
  });

  it('suggests the nearest name for one it does not know', () => {
    expect(problemsOf({ HEARTBEAT_INTERVALL_SECONDS: '5' })[0]?.todo).toContain('HEARTBEAT_INTERVAL_SECONDS');
    expect(problemsOf({ TELEGRAM_Q: 'x' })[0]?.expected).toBe('a name from docs/settings.md');
  });

  it('names the replacement of a retired name', () => {
    expect(problemsOf({ MM_MAX_TOTAL_EXPOSURE: '100' })[0]?.message).toBe(
      'MM_MAX_TOTAL_EXPOSURE is not used any more. Use MAX_TOTAL_EXPOSURE_PCT.',
    );
    expect(problemsOf({ LEARNING_GIT_PUSH: 'true' })[0]?.code).toBe('retired');
  });

  it('leaves names alone that are not ours', () => {
    expect(
      problemsOf({
        PATH: '/bin',
        HOME: '/',
        POSTGRES_USER: 'x',
        EVENKEEL_SHARED_DATA: '/tmp',
        ANTHROPIC_LOG: 'x',
      }),
    ).toEqual([]);
  });

  it('treats empty and blank values as not set', () => {
    expect(parseSettings({ MM_QUOTE_SIZE_USD: '', POLYMARKET_PRIVATE_KEY: '  ' })).toEqual({
      ok: true,
      settings: defaultSettings(),
    });
  });

  it.each([
    [{ MM_DELTA_MIN: '9' }, 'MM_DELTA_MIN'],
    [{ MM_DELTA_MIN: '7' }, 'MM_DELTA_MIN'],
    [{ MM_MIN_SPREAD_PTS: '13' }, 'MM_MIN_SPREAD_PTS'],
    [{ MM_DD_REDUCE_PCT: '25' }, 'MM_DD_REDUCE_PCT'],
    [{ MM_DD_RESUME_PCT: '25' }, 'MM_DD_RESUME_PCT'],
    [{ DRAWDOWN_STOP_LOSS_PERCENT: '15' }, 'MM_DD_KILL_PCT'],
    [{ MAX_NOTIONAL_PER_MINUTE_USD: '4' }, 'MM_QUOTE_SIZE_USD'],
    [{ MAX_PER_COIN_USD: '4' }, 'MM_QUOTE_SIZE_USD'],
    [
      { MAX_NOTIONAL_PER_MINUTE_USD: '300', SIGNER_MAX_MINUTE_USD: '200', SIGNER_MAX_ORDER_USD: '100' },
      'MAX_NOTIONAL_PER_MINUTE_USD',
    ],
    [{ CD_MIN_PRICE_PTS: '60', CD_MAX_PRICE_PTS: '50' }, 'CD_MIN_PRICE_PTS'],
    [{ CD_MIN_HOURS_TO_EXPIRY: '49', CD_MAX_DAYS_TO_EXPIRY: '2' }, 'CD_MIN_HOURS_TO_EXPIRY'],
    [{ STOP_LOSS_PERCENT: '26' }, 'STOP_LOSS_PERCENT'],
    [{ MM_MIN_MID: '0.5', MM_MAX_MID: '0.5' }, 'MM_MIN_MID'],
    [{ MM_MIN_DAYS_TO_RESOLUTION: '60' }, 'MM_MIN_DAYS_TO_RESOLUTION'],
    [{ MM_CROSS_COOLDOWN_SECONDS: '700' }, 'MM_CROSS_COOLDOWN_SECONDS'],
    [{ MM_QUOTE_SIZE_USD: '51' }, 'MM_QUOTE_SIZE_USD'],
    [{ MM_SPLIT_SIZE_USD: '21' }, 'MM_SPLIT_SIZE_USD'],
    [{ MM_MAX_QUOTE_AGE_SECONDS: '10' }, 'MM_MIN_QUOTE_LIFETIME_SECONDS'],
    [{ POLYMARKET_SIGNATURE_TYPE: '2' }, 'POLYMARKET_FUNDER_ADDRESS'],
    [{ POLYMARKET_API_PASSPHRASE: 'x' }, 'POLYMARKET_API_KEY'],
    [{ TELEGRAM_CHAT_ID: '12' }, 'TELEGRAM_BOT_TOKEN'],
  ])('refuses the contradiction in %j', (texts, env) => {
    const problems = problemsOf(texts);
    expect(problems[0]).toMatchObject({ code: 'contradiction', env });
  });

  it.each([
    ['the wrong length', 'abc'],
    ['letters that are no digits', 'zz'.repeat(32)],
    ['zero', '00'.repeat(32)],
    ['a number past the curve order', 'ff'.repeat(32)],
  ])('refuses a private key with %s, and does not repeat it', (_, key) => {
    const [problem] = problemsOf({ POLYMARKET_PRIVATE_KEY: key });
    expect(problem?.code).toBe('malformed');
    expect(inspect(problem)).not.toContain(key);
  });

  it.each([
    ['https://clob.example.com/', true],
    ['http://127.0.0.1:8080', true],
    ['http://localhost:1', true],
    ['http://[::1]:1', true],
    ['http://venue:8080', true],
    ['http://192.168.1.7:8080', true],
    ['http://clob.example.com', false],
    ['http://172.32.0.1', false],
    ['http://12.7.0.1', false],
    ['ws://127.0.0.1', false],
    ['clob.example.com', false],
  ])('takes %s as an endpoint: %s', (url, accepted) => {
    expect(parseSettings({ POLYMARKET_CLOB_URL: url }).ok).toBe(accepted);
  });

  it('keeps the signature type a number', () => {
    const parsed = parseSettings({
      POLYMARKET_SIGNATURE_TYPE: '2',
      POLYMARKET_FUNDER_ADDRESS: `0x${'ab'.repeat(20)}`,
    });
    expect(parsed.ok && parsed.settings.polymarket.signatureType).toBe(2);
  });

  it('asks for the private key only before trading', () => {
    expect(problemsBeforeTrading(defaultSettings()).map(({ env }) => env)).toEqual([
      'POLYMARKET_PRIVATE_KEY',
    ]);
    const parsed = parseSettings({ POLYMARKET_PRIVATE_KEY: KEY });
    expect(parsed.ok && problemsBeforeTrading(parsed.settings)).toEqual([]);
  });
});

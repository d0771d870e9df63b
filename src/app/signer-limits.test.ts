import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptLog } from '../runtime/test-support/manual-timers.ts';
import {
  defaultSettings,
  parseSettings,
  Secret,
  type SettingChange,
  type Settings,
} from '../settings/index.ts';
import { limitsOf, type SignerLimits, tightestOf } from '../signer/limits.ts';
import { WIDE_LIMITS } from '../signer/testing/test-signer.ts';
import { startSetupOf } from './open-account-signer.ts';
import { writeSettingChanges } from './settings-file.ts';
import { signerLimitsOf, signerShortfall } from './signer-limits.ts';

const change = (name: string, value: string): SettingChange => ({
  name,
  value,
  by: 'me',
  reason: 'a test',
  atMs: 1,
});
const base = defaultSettings();
const own = limitsOf(base);
const withMm = (mm: Partial<Settings['mm']>): Settings => ({ ...base, mm: { ...base.mm, ...mm } });

describe('the limits of a signer that starts', () => {
  it('follow changes that make them tighter, each on its own', () => {
    const found = signerLimitsOf(base, [
      change('MM_QUOTE_SIZE_USD', '4'),
      change('MM_MAX_PER_MARKET_USD', '5000'),
    ]);
    expect(found).toEqual({
      ...own,
      maxMinute: limitsOf(withMm({ quoteSizeUsd: 4 })).maxMinute,
      maxDay: limitsOf(withMm({ quoteSizeUsd: 4 })).maxDay,
    });
    expect(found.maxMinute).toBeLessThan(own.maxMinute);
  });

  it.each([
    ['quotes', [change('MM_QUOTE_SIZE_USD', '50')]],
    ['the cap of a market', [change('MM_MAX_PER_MARKET_USD', '100000')]],
    ['splits', [change('MM_MAX_SPLIT_PER_MARKET_USD', '100000')]],
    ['the order rate', [change('MM_ORDERS_PER_SECOND', '100')]],
    // A person cannot change these by command; whoever writes the file can name them.
    ['its own limit of an order', [change('SIGNER_MAX_ORDER_USD', '1000000')]],
    ['its own limit of a day', [change('SIGNER_MAX_DAY_USD', '100000000')]],
    ['its band', [change('SIGNER_MIN_PRICE_PTS', '0'), change('SIGNER_MAX_PRICE_PTS', '100')]],
    ['something that is no setting', [change('NOTHING', '1')]],
    ['something that contradicts .env', [change('MM_QUOTE_SIZE_USD', '4'), change('MM_MAX_SPREAD_PTS', 'x')]],
  ])('are never loosened by a file in the data folder: %s', (_what, changes) => {
    for (const texts of [{}, { SIGNER_MAX_ORDER_USD: '100', SIGNER_MAX_DAY_USD: '50000' }]) {
      const parsed = parseSettings(texts);
      if (!parsed.ok) throw new Error('these settings are right');
      expect(signerLimitsOf(parsed.settings, changes)).toEqual(limitsOf(parsed.settings));
    }
  });
});

it('the tighter of two limits is taken of each, whichever side has it', () => {
  const tight: SignerLimits = {
    minPrice: 100 as SignerLimits['minPrice'],
    maxPrice: 9_900 as SignerLimits['maxPrice'],
    maxOrder: 1 as SignerLimits['maxOrder'],
    maxMinute: 2 as SignerLimits['maxMinute'],
    maxDay: 3 as SignerLimits['maxDay'],
    maxTransactionsPerHour: 4,
    maxFeePerGasWei: 5n,
  };
  expect(tightestOf(tight, WIDE_LIMITS)).toEqual(tight);
  expect(tightestOf(WIDE_LIMITS, tight)).toEqual(tight);
});

describe('what a signer would refuse', () => {
  it('is said with its limits, for whatever is asked for beyond them', () => {
    expect(signerShortfall(own, base)).toBeNull();
    expect(signerShortfall(own, withMm({ quoteSizeUsd: 4 }))).toBeNull();
    const order = signerShortfall(own, withMm({ maxPerMarketUsd: 5_000 }));
    expect(order).toContain(`refuses an order above ${own.maxOrder / 1e6} USD: for larger ones`);
    const minute = signerShortfall(own, withMm({ quoteSizeUsd: 6 }));
    expect(minute).toContain(`more than ${own.maxMinute / 1e6} USD a minute`);
    expect(minute).toContain(`more than ${own.maxDay / 1e6} USD a day`);
    expect(minute).toMatch(/\.env, then \.\/run stop and \.\/run start$/);
  });
});

it('a start goes by the changes in its data folder, tells which ask for more, and keeps its day there', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-setup-'));
  try {
    const setup = () => {
      const log = keptLog();
      const { limits, dayFolder } = startSetupOf(base, dataDir, new Secret('k'), log);
      return { limits, dayFolder, lines: log.lines };
    };
    expect(setup()).toEqual({ limits: own, dayFolder: dataDir, lines: [] });
    const tighter = [change('MM_QUOTE_SIZE_USD', '4')];
    writeSettingChanges(dataDir, tighter);
    expect(setup()).toEqual({ limits: signerLimitsOf(base, tighter), dayFolder: dataDir, lines: [] });
    writeSettingChanges(dataDir, [change('MM_QUOTE_SIZE_USD', '9')]);
    expect(setup()).toEqual({
      limits: own,
      dayFolder: dataDir,
      lines: [expect.stringMatching(/^warning: .*\.env/)],
    });
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

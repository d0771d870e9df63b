import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SettingsChanged } from '../kernel/messages.ts';
import { strategySettingsOf } from '../kernel/strategy-settings.ts';
import {
  type ChangeWord,
  defaultSettings,
  isWithoutEffect,
  placedRows,
  type SettingChange,
} from '../settings/index.ts';
import { createSettingsDesk, type SettingAnswer } from './settings-desk.ts';
import {
  readSettingChanges,
  settingsFile,
  settingsWithChanges,
  writeSettingChanges,
} from './settings-file.ts';
import { StartRefused } from './start-refused.ts';

const word = (name: string, value: string | null): ChangeWord => ({
  name,
  value,
  by: 'me',
  reason: 'a test',
});

/** A desk, and in their order everything it has done: what it kept, and what it told the kernel. */
function desk(changes: readonly SettingChange[] = [], keepFails = false) {
  const kept: (readonly SettingChange[])[] = [];
  const told: SettingsChanged[] = [];
  const order: string[] = [];
  const { change } = createSettingsDesk({
    base: defaultSettings(),
    changes,
    keep: (all) => {
      if (keepFails) throw new Error('no space left on device');
      order.push('kept');
      kept.push(all);
    },
    submit: (input) => {
      order.push('told');
      told.push(input);
    },
    nowMs: () => 7,
  });
  return { change, kept, told, order };
}

describe('the settings desk', () => {
  it('says when a change asks for more than the signer of this start signs, and only then', () => {
    const signerOf = (answer: SettingAnswer): string | null => (answer.ok ? answer.signer : 'refused');
    const { change } = desk([{ name: 'MM_QUOTE_SIZE_USD', value: '4', by: 'me', reason: 'a test', atMs: 1 }]);
    expect(signerOf(change(word('MM_QUOTE_SIZE_USD', '3')))).toBeNull();
    expect(signerOf(change(word('MM_QUOTE_SIZE_USD', '4')))).toBeNull();
    expect(signerOf(change(word('MM_MAX_MARKETS', '3')))).toBeNull();
    // What the start had tighter stays so, even where .env would allow more.
    expect(signerOf(change(word('MM_QUOTE_SIZE_USD', null)))).toMatch(/refuses more than \d+.* USD a minute/);
    expect(signerOf(change(word('MM_MAX_PER_MARKET_USD', '5000')))).toContain('an order above 200 USD');
  });

  it('W29: keeps a change before it takes effect, and tells the kernel who, what and why', () => {
    const { change, kept, told, order } = desk();
    expect(change(word('MM_QUOTE_SIZE_USD', '7'))).toMatchObject({
      ok: true,
      applies: 'now',
      from: 5,
      to: 7,
    });
    expect(order).toEqual(['kept', 'told']);
    expect(kept.at(-1)).toEqual([
      { name: 'MM_QUOTE_SIZE_USD', value: '7', by: 'me', reason: 'a test', atMs: 7 },
    ]);
    const { mm, trading, heartbeat, cd } = defaultSettings();
    expect(told).toEqual([
      {
        kind: 'settingsChanged',
        by: 'me',
        change: { name: 'MM_QUOTE_SIZE_USD', from: 5, to: 7, reason: 'a test' },
        settings: { mm: { ...mm, quoteSizeUsd: 7 }, trading, heartbeat, cd },
      },
    ]);
    change(word('MM_MAX_MARKETS', '4'));
    expect(told.at(-1)?.settings.mm).toMatchObject({ quoteSizeUsd: 7, maxMarkets: 4 });
    change(word('MM_QUOTE_SIZE_USD', null));
    expect(told.at(-1)?.settings.mm).toMatchObject({ quoteSizeUsd: 5, maxMarkets: 4 });
  });

  it('W29: changes nothing that it could not keep, and nothing that it refuses', () => {
    const full = desk([], true);
    expect(() => full.change(word('MM_QUOTE_SIZE_USD', '7'))).toThrow(/no space left/);
    expect(full.told).toEqual([]);
    const { change, order } = desk();
    expect(change(word('MM_MAX_TOTAL_EXPOSURE', '9000'))).toMatchObject({ ok: false });
    expect(change(word('MAX_TOTAL_EXPOSURE_PCT', '1000'))).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/found "1000"; expected a number from .+ %/)],
    });
    expect(change(word('HEARTBEAT_ENABLED', 'false'))).toMatchObject({ ok: false });
    expect(order).toEqual([]);
  });

  it('W29: reaches the kernel with every setting that is called live', () => {
    const reached = Object.keys(strategySettingsOf(defaultSettings()));
    const called = placedRows.filter((placed) => placed.row.apply === 'live' && !isWithoutEffect(placed));
    expect(called.length).toBeGreaterThan(60);
    expect(called.filter(({ group }) => !reached.includes(group)).map(({ row }) => row.env)).toEqual([]);
  });

  it('keeps a setting of the start for the next one, and leaves it out of what is in force until then', () => {
    const { change, kept, told } = desk();
    expect(change(word('HEARTBEAT_INTERVAL_SECONDS', '4'))).toMatchObject({ ok: true, applies: 'nextStart' });
    expect(kept).toHaveLength(1);
    expect(told).toEqual([]);
    change(word('MM_QUOTE_SIZE_USD', '7'));
    expect(told.at(-1)?.settings.heartbeat.intervalSeconds).toBe(5);
    // The next worker has it from its start on.
    const next = desk(kept.at(-1));
    next.change(word('MM_QUOTE_SIZE_USD', '8'));
    expect(next.told.at(-1)?.settings).toMatchObject({
      heartbeat: { intervalSeconds: 4 },
      mm: { quoteSizeUsd: 8 },
    });
  });
});

describe('the file of changes', () => {
  it('is read as it was written, and refuses the start where that is not possible', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-changes-'));
    try {
      expect(readSettingChanges(dataDir)).toEqual([]);
      const change = { name: 'MM_QUOTE_SIZE_USD', value: '7', by: 'me', reason: 'a test', atMs: 7 };
      writeSettingChanges(dataDir, [change]);
      expect(readSettingChanges(dataDir)).toEqual([change]);
      expect(settingsWithChanges(defaultSettings(), [change], dataDir).mm.quoteSizeUsd).toBe(7);
      const twice = { version: 1, changes: [change, change] };
      for (const text of ['', '{"version":2,"changes":[]}', '[]', JSON.stringify(twice)]) {
        writeFileSync(settingsFile(dataDir), text);
        expect(() => readSettingChanges(dataDir)).toThrow(StartRefused);
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('W29: refuses the start on a change that this version does not know or allow, and says how to take it back', () => {
    const change = { name: 'MM_OF_AN_OLDER_VERSION', value: '7', by: 'me', reason: 'a test', atMs: 7 };
    const far = { ...change, name: 'MM_QUOTE_SIZE_USD', value: '-1' };
    const said = (): unknown => settingsWithChanges(defaultSettings(), [change, far], '/data');
    expect(said).toThrow(/settings-changes\.json: found changes.*settings unset NAME/s);
    expect(said).toThrow(/MM_OF_AN_OLDER_VERSION: found a name that no setting has/);
    expect(said).toThrow(/MM_QUOTE_SIZE_USD: found "-1"; expected .* USD/);
  });
});

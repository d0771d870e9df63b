import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { TUNABLE, type TunableName } from '../ai/trade-review.ts';
import type { SettingsChanged } from '../kernel/messages.ts';
import { defaultSettings, layChanges, type SettingChange } from '../settings/index.ts';
import { limitsOf } from '../signer/limits.ts';
import { createSettingsDesk } from './settings-desk.ts';
import { readSettingChanges, writeSettingChanges } from './settings-file.ts';
import { takeReviewChange } from './take-review-change.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A desk over a folder of its own, and a review that goes to it. */
function review(changes: readonly SettingChange[] = [], keepFails = false) {
  const dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-review-'));
  folders.push(dataDir);
  const told: SettingsChanged[] = [];
  const said: string[] = [];
  const desk = createSettingsDesk({
    base: defaultSettings(),
    changes,
    keep: (all) => {
      if (keepFails) throw new Error('no space left on device');
      writeSettingChanges(dataDir, all);
    },
    submit: (input) => told.push(input),
    nowMs: () => 7,
  });
  const log = { note: (text: string) => said.push(text), warning: (text: string) => said.push(text) };
  const wants = (name: string, to: number, reason = 'few trades win'): void =>
    takeReviewChange({ name, to, reason }, { desk, presentOf: desk.presentOf, log });
  return { dataDir, desk, told, said, wants };
}

const kept = (name: string, value: string): SettingChange => ({
  name,
  value,
  by: 'me',
  reason: 'a test',
  atMs: 1,
});

describe('a change that the review of trades wants', () => {
  it('is kept with who and why, reaches the kernel once, and is taken back as any other', () => {
    const { dataDir, desk, told, said, wants } = review();
    wants('CD_MIN_EDGE_PTS', 6);
    expect(readSettingChanges(dataDir)).toEqual([
      { name: 'CD_MIN_EDGE_PTS', value: '6', by: 'cd-analysis', reason: 'few trades win', atMs: 7 },
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      by: 'cd-analysis',
      change: { name: 'CD_MIN_EDGE_PTS', from: 5, to: 6, reason: 'few trades win' },
      settings: { cd: { minEdgePts: 6 } },
    });
    expect(said.join()).toMatch(/settings unset CD_MIN_EDGE_PTS/);
    expect(desk.change({ name: 'CD_MIN_EDGE_PTS', value: null, by: 'me', reason: 'no' })).toMatchObject({
      ok: true,
      from: 6,
      to: 5,
    });
    expect(readSettingChanges(dataDir)).toEqual([]);
    expect(told.at(-1)?.settings.cd?.minEdgePts).toBe(5);
  });

  it.each([
    ['MAX_TOTAL_EXPOSURE_PCT', 100, /none of the settings that a review may move/],
    ['CD_ANALYSIS_AUTO_APPLY', 1, /none of the settings/],
    ['SIGNER_MAX_DAY_USD', 1e9, /none of the settings/],
    ['constructor', 1, /none of the settings/],
    ['CD_MIN_EDGE_PTS', 16, /within 3 and 15/],
    ['CD_MIN_EDGE_PTS', 2, /within 3 and 15/],
    ['CD_MIN_EDGE_PTS', Number.NaN, /within 3 and 15/],
    ['CD_MIN_EDGE_PTS', 7, /one step of 1 from 5/],
    ['CD_KELLY_FRACTION', 0.35, /one step of 0.05 from 0.25/],
  ])('is refused and told, and nothing is kept: %s to %s', (name, to, why) => {
    const { dataDir, told, said, wants } = review();
    wants(name, to);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(why);
    expect(readSettingChanges(dataDir)).toEqual([]);
    expect(told).toEqual([]);
  });

  it('is measured from the setting as it is now, changes by command included', () => {
    const { told, said, wants } = review([kept('CD_MIN_EDGE_PTS', '10')]);
    wants('CD_MIN_EDGE_PTS', 6);
    expect(said[0]).toMatch(/one step of 1 from 10/);
    wants('CD_MIN_EDGE_PTS', 9);
    expect(told.map(({ change }) => change?.to)).toEqual([9]);
  });

  it('that the desk refuses is told and not tried again', () => {
    // Another change has become impossible, so the worker could not start with any further one.
    const { told, said, wants } = review([kept('MM_OF_AN_OLDER_VERSION', '3')]);
    wants('CD_MIN_EDGE_PTS', 6);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/is refused/);
    expect(told).toEqual([]);
    const full = review([], true);
    full.wants('CD_MIN_EDGE_PTS', 6);
    expect(full.said).toEqual([expect.stringMatching(/could not be kept: no space left/)]);
    expect(full.told).toEqual([]);
  });

  it('never moves what the signer enforces, whatever it is', () => {
    const base = defaultSettings();
    for (const name of Object.keys(TUNABLE) as TunableName[]) {
      const { least, most } = TUNABLE[name];
      for (const value of [least, most]) {
        const laid = layChanges(base, [kept(name, String(value))]);
        if (!laid.ok) throw new Error(`${name}=${value}: ${laid.problems[0]?.message}`);
        expect(limitsOf(laid.settings)).toEqual(limitsOf(base));
      }
    }
  });
});

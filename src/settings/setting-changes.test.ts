import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appliesLive,
  type ChangeWord,
  decideChange,
  defaultSettings,
  isWithoutEffect,
  layChanges,
  parseSettings,
  placedRows,
  Secret,
  type SettingChange,
  settingAt,
} from './index.ts';

const base = defaultSettings();
const word = (name: string, value: string | null): ChangeWord => ({
  name,
  value,
  by: 'me',
  reason: 'a test',
});
const changeTo = (name: string, value: string): SettingChange => ({
  ...word(name, value),
  value,
  atMs: 1,
});
const problemsOf = (changes: readonly SettingChange[], name: string, value: string | null): string => {
  const decided = decideChange(base, changes, word(name, value), 2);
  return decided.ok ? '' : decided.problems.map(({ message }) => message).join('\n');
};

describe('a change by command', () => {
  it('holds over the settings it is laid on, and is kept with who, why and when', () => {
    const decided = decideChange(base, [], word('MM_QUOTE_SIZE_USD', ' 7 '), 5);
    expect(decided).toMatchObject({ ok: true, from: 5, to: 7, stillWrong: [] });
    if (!decided.ok) return;
    expect(decided.changes).toEqual([
      { name: 'MM_QUOTE_SIZE_USD', value: '7', by: 'me', reason: 'a test', atMs: 5 },
    ]);
    const back = decideChange(base, decided.changes, word('MM_QUOTE_SIZE_USD', null), 6);
    expect(back).toMatchObject({ ok: true, from: 7, to: 5, changes: [] });
  });

  it.each([
    ['MM_MAX_SPREAD_PTS', '91', /MM_MAX_SPREAD_PTS: found "91"; expected a number from .* to 90 pts/],
    ['MM_QUOTE_SIZE_USD', 'much', /MM_QUOTE_SIZE_USD: found "much"; expected a number from .* USD/],
    ['MM_QUOTE_SIZE_USD', '  ', /found an empty value.*settings unset MM_QUOTE_SIZE_USD/],
    ['MM_QUOTE_SIZE_US', '7', /perhaps MM_QUOTE_SIZE_USD/],
    ['HOME', '7', /a name that no setting has/],
    ['MM_DELTA_MIN', '9', /MM_DELTA_MIN: found 9; expected at most MM_DELTA_MAX, which is/],
    ['MM_QUOTE_SIZE_USD', null, /no change to take back/],
    ['MM_SCORER_ENABLED', 'true', /ANTHROPIC_API_KEY: found nothing; expected a key/],
    ['STRATEGIST_ENABLED', 'true', /nothing in this version reads it/],
  ])('W29: %s = %s is refused, with the bound and its unit', (name, value, message) => {
    expect(problemsOf([], name, value)).toMatch(message);
  });

  it('W29: never reaches keys, addresses, endpoints and the account, and never shows what was typed', () => {
    const kept = placedRows.filter(
      ({ row }) =>
        ['secret', 'url', 'address', 'text'].includes(row.kind) ||
        ['POLYMARKET_CHAIN_ID', 'POLYMARKET_SIGNATURE_TYPE', 'HEARTBEAT_ENABLED'].includes(row.env),
    );
    expect(kept.length).toBeGreaterThan(20);
    for (const { row } of kept) {
      const said = problemsOf([], row.env, 'deadbeef'.repeat(8));
      expect(said, row.env).toMatch(/expected a change in \.env/);
      expect(said).not.toContain('deadbeef');
    }
  });

  it('may be one that waits for the next start, where the row says so', () => {
    expect(decideChange(base, [], word('HEARTBEAT_INTERVAL_SECONDS', '4'), 1).ok).toBe(true);
    expect(appliesLive('HEARTBEAT_INTERVAL_SECONDS')).toBe(false);
    expect(appliesLive('MM_QUOTE_SIZE_USD')).toBe(true);
  });

  it('can be taken back while others are wrong, but not when it makes another one wrong', () => {
    const gone = changeTo('MM_OF_AN_OLDER_VERSION', '3');
    const alsoGone = changeTo('MM_ALSO_OF_AN_OLDER_VERSION', '3');
    expect(layChanges(base, [gone]).ok).toBe(false);
    expect(problemsOf([gone], 'MM_QUOTE_SIZE_USD', '7')).toMatch(/MM_OF_AN_OLDER_VERSION/);
    const decided = decideChange(base, [gone, alsoGone], word(gone.name, null), 1);
    expect(decided).toMatchObject({
      ok: true,
      changes: [alsoGone],
      stillWrong: [{ env: alsoGone.name }],
    });
    // The wide minimum stands only on the wide maximum.
    const pair = [
      changeTo('MM_DELTA_MAX', '20'),
      changeTo('MM_DELTA_MIN', '5.5'),
      changeTo('MM_MAX_SPREAD_PTS', '30'),
    ];
    const laid = layChanges(base, pair);
    expect(laid.ok ? [] : laid.problems.map(({ message }) => message)).toEqual([]);
    expect(problemsOf(pair, 'MM_MAX_SPREAD_PTS', '8')).toMatch(/MM_/);
  });
});

const someChange = fc.tuple(
  fc.constantFrom(...placedRows.map(({ row }) => row.env)),
  fc.oneof(
    fc.constant(null),
    fc.double({ min: -1, max: 120, noNaN: true }).map(String),
    fc.integer({ min: 0, max: 60 }).map(String),
    fc.constantFrom('true', 'false', 'glft', ''),
  ),
);

describe('any changes by command', () => {
  it('leave settings that .env could have said, whatever was asked for and in whatever order', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(someChange, { maxLength: 12 }), (wishes) => {
        let changes: readonly SettingChange[] = [];
        wishes.forEach(([name, value], at) => {
          const decided = decideChange(base, changes, word(name, value), at);
          if (!decided.ok) return;
          accepted += 1;
          changes = decided.changes;
          const texts = Object.fromEntries(changes.map((each) => [each.name, each.value]));
          const laid = layChanges(base, changes);
          expect(laid).toEqual(parseSettings(texts));
          expect(layChanges(base, [...changes].reverse())).toEqual(laid);
        });
        expect(changes).toEqual([...changes].sort((a, b) => (a.name < b.name ? -1 : 1)));
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('can be made to no secret, to nothing that nothing reads, and to every live setting', () => {
    for (const placed of placedRows) {
      const { row } = placed;
      const isOpen = !problemsOf([], row.env, 'x').match(
        /expected a change in \.env|nothing in this version/,
      );
      if (settingAt(base, placed) instanceof Secret || row.kind === 'secret') expect(isOpen).toBe(false);
      if (row.apply === 'live') expect(isOpen, row.env).toBe(!isWithoutEffect(placed));
    }
  });
});

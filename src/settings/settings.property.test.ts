import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changeSetting,
  defaultSettings,
  parseSettings,
  placedRows,
  type Row,
  settingAt,
  settingTexts,
} from './index.ts';
import { editDistance } from './nearest-name.ts';
import { parseValue } from './parse-value.ts';
import type { NumberRow } from './row.ts';

const numberRows = placedRows.flatMap(({ row }) =>
  row.kind === 'number' || row.kind === 'int' ? [row] : [],
);
const anyNumberRow = fc.constantFrom(...numberRows);

const valueInside = (row: NumberRow): fc.Arbitrary<number> =>
  row.kind === 'int'
    ? fc.integer({ min: row.min, max: Math.min(row.max, 2 ** 31) })
    : fc.double({ min: row.min, max: row.max, noNaN: true });

/** Texts that differ from the default of some rows, all valid on their own. */
const someTexts = fc
  .uniqueArray(fc.constantFrom(...placedRows.map(({ row }) => row)), {
    selector: (row) => row.env,
    maxLength: 12,
  })
  .chain((rows) => fc.tuple(...rows.map((row) => fc.tuple(fc.constant(row.env), validText(row)))))
  .map((pairs) => Object.fromEntries(pairs));

function validText(row: Row): fc.Arbitrary<string> {
  if (row.kind === 'number' || row.kind === 'int') return valueInside(row).map(String);
  if (row.kind === 'bool') return fc.constantFrom('true', 'FALSE', '1', 'off');
  if (row.kind === 'enum') return fc.constantFrom(...row.values.map(String));
  if (row.kind === 'url') return fc.constant(`${row.schemes[0]}://127.0.0.1:4000/path`);
  if (row.kind === 'address') return fc.constant(`0x${'1'.repeat(40)}`);
  return fc.constant('');
}

describe('the table', () => {
  it.each(placedRows.map((placed) => [placed.row.env, placed] as const))(
    '%s has a usable row',
    (env, { row }) => {
      expect(env).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(row.doc).toMatch(/^[A-Z0-9].*\.$/s);
      expect(row.doc).not.toContain('|');
      if (row.kind === 'number' || row.kind === 'int') {
        expect(row.min).toBeLessThan(row.max);
        expect(row.default).toBeGreaterThanOrEqual(row.min);
        expect(row.default).toBeLessThanOrEqual(row.max);
        expect(row.unit).not.toBe('');
      }
      if (row.default !== null)
        expect(parseValue(row, String(row.default))).toEqual({ ok: true, value: row.default });
    },
  );

  it('names every setting once', () => {
    const names = placedRows.map(({ row }) => row.env);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('numbers', () => {
  it('are accepted inside their bounds, the bounds included, to the last bit', () => {
    fc.assert(
      fc.property(
        anyNumberRow.chain((row) =>
          fc.tuple(fc.constant(row), fc.oneof(valueInside(row), fc.constantFrom(row.min, row.max))),
        ),
        ([row, value]) => {
          expect(parseValue(row, String(value))).toEqual({ ok: true, value: value === 0 ? 0 : value });
        },
      ),
    );
  });

  it('are refused outside them, and the refusal names the bound', () => {
    fc.assert(
      fc.property(
        anyNumberRow,
        fc.double({ min: 0.001, max: 1e6, noNaN: true }),
        fc.boolean(),
        (row, distance, below) => {
          const beyond = below ? row.min - distance : row.max + Math.max(distance, row.max * 1e-9);
          const value = row.kind === 'int' ? (below ? Math.floor(beyond) : Math.ceil(beyond)) : beyond;
          fc.pre(row.kind === 'number' || Number.isSafeInteger(value));
          const parsed = parseValue(row, String(value));
          if (parsed.ok) throw new Error(`${row.env} accepted ${value}`);
          expect(parsed.problem.code).toBe('outOfBounds');
          expect(parsed.problem.todo).toContain(`${below ? row.min : row.max}`);
        },
      ),
    );
  });

  it('never come out of text that is no number', () => {
    fc.assert(
      fc.property(anyNumberRow, fc.string(), (row, text) => {
        fc.pre(text.trim() !== '' && Number.isNaN(Number(text)));
        expect(parseValue(row, text).ok).toBe(false);
      }),
    );
    for (const text of ['0x10', 'Infinity', '1,5', '1_000', '5 USD', '--1']) {
      expect(parseSettings({ MM_QUOTE_SIZE_USD: text }).ok).toBe(false);
    }
  });
});

describe('settings', () => {
  it('survive the way to text and back', () => {
    fc.assert(
      fc.property(someTexts, (texts) => {
        const parsed = parseSettings(texts);
        fc.pre(parsed.ok);
        if (!parsed.ok) return;
        // What must not be stored is left out of the texts, so it is compared at its default.
        const stored = parseSettings({ ...texts, POLYGON_RPC_URL: undefined });
        expect(parseSettings(settingTexts(parsed.settings))).toEqual(stored);
      }),
    );
  });

  it('change one at a time, in the running worker, under the same bounds', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(...placedRows)
          .chain((placed) => fc.tuple(fc.constant(placed), validText(placed.row))),
        ([placed, text]) => {
          const before = defaultSettings();
          const changed = changeSetting(before, placed.row.env, text);
          expect(before).toEqual(defaultSettings());
          if (placed.row.apply === 'boot') {
            expect(changed.ok).toBe(false);
            return;
          }
          expect(changed).toEqual(parseSettings({ [placed.row.env]: text }));
          if (changed.ok)
            expect({ ok: true, value: settingAt(changed.settings, placed) }).toEqual(
              parseValue(placed.row, text),
            );
        },
      ),
    );
    expect(changeSetting(defaultSettings(), 'MM_MAX_SPREAD_PTS', '91')).toMatchObject({
      ok: false,
      problems: [{ code: 'outOfBounds' }],
    });
    expect(changeSetting(defaultSettings(), 'SOMETHING', '1')).toMatchObject({
      ok: false,
      problems: [{ code: 'unknown' }],
    });
  });
});

describe('editDistance', () => {
  it('is a metric', () => {
    const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', '_') });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});

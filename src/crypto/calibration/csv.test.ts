import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRows } from './csv.ts';

describe('comma-separated rows', () => {
  it('reads quoted fields with commas, quotes and line ends in them', () => {
    expect(csvRows('a,b\r\n"x, y","say ""no"""\n\n"two\nlines",\n')).toEqual([
      ['a', 'b'],
      ['x, y', 'say "no"'],
      ['two\nlines', ''],
    ]);
    expect(csvRows('\uFEFFa,b')).toEqual([['a', 'b']]);
    expect(csvRows('a,')).toEqual([['a', '']]);
    expect(csvRows('"never closed')).toEqual([['never closed']]);
    expect(csvRows('')).toEqual([]);
  });

  it('gives back what was written', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é') });
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        const text = rows
          .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
          .join('\n');
        expect(csvRows(text)).toEqual(rows);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeState, encodeState } from './codec.ts';

const key = fc.string({ maxLength: 6 }).filter((text) => text !== '$' && text !== '__proto__');
const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.integer(),
    fc.double(),
    fc.string({ maxLength: 8 }),
    fc.boolean(),
    fc.bigInt(),
    fc.constant(null),
    fc.constant(undefined),
    fc
      .float64Array({ maxLength: 20, noNaN: true })
      .map((values) => values.map((value) => (value === 0 ? 0 : value))),
  ),
  tree: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    fc
      .array(fc.tuple(fc.string({ maxLength: 5 }), tie('tree')), { maxLength: 4 })
      .map((pairs) => new Map(pairs)),
    fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 }).map((items) => new Set(items)),
  ),
}));

describe('state codec', () => {
  it('gives back exactly what was written', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(decodeState(encodeState(value))).toEqual(value);
      }),
    );
  });

  it('keeps the iteration order of maps, on which decisions may depend', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 5 }), { maxLength: 10 }), (keys) => {
        const copy = decodeState(encodeState(new Map(keys.map((name, index) => [name, index])))) as Map<
          string,
          number
        >;
        expect([...copy.keys()]).toEqual(keys);
      }),
    );
  });

  it('gives back one object where there was one, however many places hold it', () => {
    fc.assert(
      fc.property(tree, tree, (value, other) => {
        const record = { value, nested: { other } };
        const copy = decodeState(
          encodeState({
            first: [record],
            second: new Map([['a', record]]),
            third: new Set([record]),
            in: record.nested,
          }),
        ) as {
          first: [typeof record];
          second: Map<string, typeof record>;
          third: Set<typeof record>;
          in: unknown;
        };
        expect(copy.first[0]).toEqual(record);
        expect(copy.second.get('a')).toBe(copy.first[0]);
        expect([...copy.third][0]).toBe(copy.first[0]);
        expect(copy.in).toBe(copy.first[0].nested);
      }),
    );
  });

  it('keeps equal objects apart that were apart', () => {
    const copy = decodeState(encodeState([{ a: 1 }, { a: 1 }])) as [object, object];
    expect(copy[0]).not.toBe(copy[1]);
  });

  it('refuses what is not plain data, naming the place', () => {
    expect(() => encodeState({ a: [new Date(0)] })).toThrow(/Date at state\.a\[0\]/);
    expect(() => encodeState({ f: () => 0 })).toThrow(/function at state\.f/);
  });
});

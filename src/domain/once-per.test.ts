import { expect, it } from 'vitest';
import { oncePer } from './once-per.ts';

it('makes a value once for each object, and anew for another object that is equal', () => {
  const asked: number[] = [];
  const halfOf = oncePer(({ size }: { readonly size: number }) => {
    asked.push(size);
    return { half: size / 2 };
  });
  const four = { size: 4 };
  expect(halfOf(four)).toEqual({ half: 2 });
  expect(halfOf(four)).toBe(halfOf(four));
  expect(halfOf({ size: 4 })).not.toBe(halfOf(four));
  expect(asked).toEqual([4, 4]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpCall, HttpClient } from './http.ts';
import { createMarketPages } from './market-pages.ts';

interface Catalogue {
  rows: { readonly id: string }[];
  /** The most requests that were under way at once, and how many there were. */
  most: number;
  asked: number;
  underWay: number;
  /** What happens to the list while an answer is under way. */
  during: () => void;
  /** A list that knows no direction, or that forgets its cursors. */
  isStubborn: boolean;
  forgets: boolean;
}

const PAGE = 100;

const catalogueOf = (ids: readonly number[]): Catalogue => ({
  rows: ids.map((id) => ({ id: String(id) })),
  most: 0,
  asked: 0,
  underWay: 0,
  during: () => undefined,
  isStubborn: false,
  forgets: false,
});

/** Answers as the venue's keyset pages do: a cursor names the row it stands behind. */
function httpOf(catalogue: Catalogue): HttpClient {
  const json = async ({ query }: HttpCall): Promise<unknown> => {
    const asked = new URLSearchParams(query);
    expect(asked.get('limit')).toBe(String(PAGE));
    catalogue.asked += 1;
    catalogue.underWay += 1;
    catalogue.most = Math.max(catalogue.most, catalogue.underWay);
    for (let turns = catalogue.asked % 3; turns >= 0; turns -= 1) await Promise.resolve();
    catalogue.underWay -= 1;
    const sign = asked.get('ascending') === 'false' && !catalogue.isStubborn ? -1 : 1;
    const after = asked.get('after_cursor');
    if (catalogue.forgets && after !== null) throw new Error('invalid cursor');
    const rows = catalogue.rows
      .filter(({ id }) => after === null || sign * (Number(id) - Number(after)) > 0)
      .sort((a, b) => sign * (Number(a.id) - Number(b.id)));
    const page = rows.slice(0, PAGE);
    catalogue.during();
    return { markets: page, next_cursor: rows.length > PAGE ? page.at(-1)?.id : null };
  };
  const never = () => Promise.reject(new Error('not asked for here'));
  return { json, send: never, reconnect: never, close: never };
}

async function idsRead(pages: ReturnType<typeof createMarketPages>): Promise<number[]> {
  const taken: number[] = [];
  await pages.read(
    (objects) => taken.push(...objects.map(({ id }) => Number(id))),
    new AbortController().signal,
  );
  return taken.sort((a, b) => a - b);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => 95 + index * 3);

describe('the pages of the list', () => {
  it('MM_SCANNER_CONCURRENCY: from the second time on so many readers share them, each page read about once', async () => {
    const catalogue = catalogueOf(range(5_000));
    const pages = createMarketPages(httpOf(catalogue), 8);
    expect(await idsRead(pages)).toEqual(range(5_000));
    expect(catalogue.most).toBe(2);
    for (const _time of [2, 3]) {
      catalogue.asked = 0;
      expect(await idsRead(pages)).toEqual(range(5_000));
    }
    expect(catalogue.most).toBe(8);
    expect(catalogue.asked).toBeLessThanOrEqual(50 + 8);
  });

  it('are read one by one where one reader is asked for', async () => {
    const catalogue = catalogueOf(range(450));
    expect(await idsRead(createMarketPages(httpOf(catalogue), 1))).toEqual(range(450));
    expect([catalogue.most, catalogue.asked]).toEqual([1, 5]);
  });

  it('are read from the beginning by one reader where the venue knows no direction', async () => {
    const catalogue = { ...catalogueOf(range(950)), isStubborn: true };
    const pages = createMarketPages(httpOf(catalogue), 4);
    expect(new Set(await idsRead(pages))).toEqual(new Set(range(950)));
    catalogue.asked = 0;
    expect(await idsRead(pages)).toEqual(range(950));
    expect(catalogue.asked).toBe(10);
  });

  it('start from both ends again after a cursor was forgotten', async () => {
    const catalogue = catalogueOf(range(1_000));
    const pages = createMarketPages(httpOf(catalogue), 4);
    await idsRead(pages);
    catalogue.forgets = true;
    await expect(idsRead(pages)).rejects.toThrow('invalid cursor');
    catalogue.forgets = false;
    expect(await idsRead(pages)).toEqual(range(1_000));
  });

  it('lose and double nothing, whoever comes or goes meanwhile, with any number of readers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
        async (count, readers, chances) => {
          const catalogue = catalogueOf(range(count));
          const pages = createMarketPages(httpOf(catalogue), readers);
          const chance = (): number => chances.next().value ?? 0;
          let newest = 1_000_000;
          for (let time = 0; time < 3; time += 1) {
            const before = new Set(catalogue.rows.map(({ id }) => Number(id)));
            const gone = new Set<number>();
            catalogue.during = () => {
              const leaving = catalogue.rows[Math.floor(chance() * catalogue.rows.length)];
              if (leaving !== undefined && chance() < 0.5) {
                gone.add(Number(leaving.id));
                catalogue.rows = catalogue.rows.filter((row) => row !== leaving);
              }
              newest += 1;
              if (chance() < 0.5) catalogue.rows.push({ id: String(newest) });
            };
            const read = await idsRead(pages);
            expect(new Set(read).size).toBe(read.length);
            const found = new Set(read);
            for (const id of before) expect(found.has(id) || gone.has(id)).toBe(true);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

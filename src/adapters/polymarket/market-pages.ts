import { type HttpCall, type HttpClient, parsed, troubleError } from './http.ts';
import { GAMMA_PAGE_LIMIT } from './venue-facts.ts';
import { asArray, asObject, type WireObject } from './wire/fields.ts';

/** At 100 a page, more than ten times what the venue lists today. */
const MAX_PAGES = 10_000;
const PATH = '/markets/keyset';

/** Takes the objects of one page. Pages come in no particular order, and after a fresh start some come again. */
export type TakeObjects = (objects: readonly WireObject[]) => void;

/**
 * Reads the whole list by several readers at once, each along its own part, so that nothing is lost and nothing read twice.
 *
 * The list is in the order of ids and goes on where a cursor points, whatever has come or gone meanwhile. So the first time two
 * readers set out from both ends and stop where they meet, and remember cursors on their way. From the second time on as many
 * readers as wanted set out from remembered cursors spread over the list, each up to where the next one began; the last one goes
 * to the end, where new markets are. Ranges of end dates, which would also do, leave out markets without one. A list that turns out
 * to be in another order is read by one reader from its beginning.
 */
export interface MarketPages {
  read(take: TakeObjects, signal: AbortSignal): Promise<void>;
}

type NotInOrder = 'not in order';

/** A place in the list: the cursor that leads to it, and the id of the object before it. */
interface Mark {
  readonly cursor: string;
  readonly lastId: string;
}

export function createMarketPages(http: HttpClient, concurrency: number): MarketPages {
  let marks: readonly Mark[] = [];
  let readers = Math.max(1, concurrency);

  async function read(take: TakeObjects, signal: AbortSignal): Promise<void> {
    const starts = spread(marks, readers - 1);
    marks = [];
    if (readers > 1) {
      const found =
        starts.length === 0
          ? await readFromBothEnds(http, take, signal)
          : await readParts(http, starts, take, signal);
      if (found !== 'not in order') {
        marks = found;
        return;
      }
      readers = 1;
    }
    await readOnward(http, null, null, take, signal);
  }

  return {
    read: async (take, signal) => {
      try {
        await read(take, signal);
      } catch (error) {
        // A cursor that the venue has forgotten must not be tried for ever: the next reading starts from the ends again.
        marks = [];
        throw error;
      }
    },
  };
}

/** `count` of the marks, evenly spread over the list. */
function spread(marks: readonly Mark[], count: number): Mark[] {
  const chosen = Math.min(count, marks.length);
  return Array.from(
    { length: chosen },
    (_, index) => marks[Math.floor(((index + 1) * marks.length) / (chosen + 1))] as Mark,
  );
}

/** The part from each start up to the next one, side by side. */
async function readParts(
  http: HttpClient,
  starts: readonly Mark[],
  take: TakeObjects,
  signal: AbortSignal,
): Promise<Mark[] | NotInOrder> {
  const froms = [null, ...starts];
  const parts = froms.map((from, index) => readOnward(http, from, starts[index] ?? null, take, signal));
  const found: Mark[] = [];
  for (const part of await Promise.all(parts)) {
    if (part === 'not in order') return part;
    found.push(...part);
  }
  return found;
}

/** From a mark to where the part of the next reader begins: ids grow, so the first beyond it belongs to that one. */
async function readOnward(
  http: HttpClient,
  from: Mark | null,
  to: Mark | null,
  take: TakeObjects,
  signal: AbortSignal,
): Promise<Mark[] | NotInOrder> {
  const marks: Mark[] = from === null ? [] : [from];
  const walk = createWalk(http, true, from?.cursor ?? '');
  let lastId = from?.lastId ?? '';
  for (;;) {
    const { rows, mark } = await walk(signal);
    // Only where the part ends depends on the order.
    if (to !== null && !isInOrder(lastId, rows, true)) return 'not in order';
    lastId = mark?.lastId ?? lastId;
    const own = to === null ? rows : rows.filter((row) => compareIds(idOf(row), to.lastId) <= 0);
    take(own);
    if (mark === null || own.length < rows.length) return marks;
    if (to !== null && compareIds(mark.lastId, to.lastId) >= 0) return marks;
    marks.push(mark);
  }
}

/** Two readers walk towards each other until one sees what the other has read. Only the upward one's cursors are of use later. */
async function readFromBothEnds(
  http: HttpClient,
  take: TakeObjects,
  signal: AbortSignal,
): Promise<Mark[] | NotInOrder> {
  const seen = new Set<string>();
  const marks: Mark[] = [];
  let isOver = false;
  let ordered = true;
  const walkTowards = async (ascending: boolean): Promise<void> => {
    const walk = createWalk(http, ascending, '');
    let lastId = '';
    while (!isOver) {
      const { rows, mark } = await walk(signal);
      ordered = ordered && isInOrder(lastId, rows, ascending);
      lastId = mark?.lastId ?? lastId;
      const fresh = rows.filter((row) => !seen.has(idOf(row)));
      for (const row of fresh) seen.add(idOf(row));
      take(fresh);
      // The other reader has been here, or there is nothing more: between the two nothing is left.
      if (mark === null || fresh.length < rows.length || !ordered) isOver = true;
      else if (ascending) marks.push(mark);
    }
  };
  await Promise.all([walkTowards(true), walkTowards(false)]);
  return ordered ? marks : 'not in order';
}

const idOf = ({ id }: WireObject): string => String(id ?? '');

/** Ids are whole numbers, some of more digits than others. */
const compareIds = (left: string, right: string): number =>
  left.length - right.length || (left < right ? -1 : Number(left > right));

/** Whether ids go on from the last page's in the direction asked for. */
function isInOrder(lastId: string, rows: readonly WireObject[], ascending: boolean): boolean {
  const sign = ascending ? 1 : -1;
  let before = lastId;
  for (const row of rows) {
    const id = idOf(row);
    if (before !== '' && sign * compareIds(id, before) <= 0) return false;
    before = id;
  }
  return true;
}

interface Page {
  readonly rows: readonly WireObject[];
  /** Where the list goes on; null at its end. */
  readonly mark: Mark | null;
}

/** Page after page in one direction. Fails on garbage and on a cursor that does not lead on. */
function createWalk(
  http: HttpClient,
  ascending: boolean,
  from: string,
): (signal: AbortSignal) => Promise<Page> {
  const seen = new Set<string>();
  let cursor = from;
  return async (signal) => {
    const after = cursor === '' ? '' : `&after_cursor=${encodeURIComponent(cursor)}`;
    const query = `limit=${GAMMA_PAGE_LIMIT}&active=true&closed=false&include_tag=true&order=id&ascending=${ascending}${after}`;
    const call: HttpCall = { method: 'GET', path: PATH, query };
    const page = pageOf(call, await http.json(call, signal));
    if (page.mark !== null) {
      if (seen.has(page.mark.cursor))
        throw troubleError(call, {
          kind: 'garbage',
          text: `the cursor ${page.mark.cursor} does not lead on`,
        });
      if (seen.size >= MAX_PAGES)
        throw troubleError(call, { kind: 'garbage', text: `the list has more than ${MAX_PAGES} pages` });
      seen.add(page.mark.cursor);
      cursor = page.mark.cursor;
    }
    return page;
  };
}

/** What is no object has no id to be ordered by, and is left out here. */
function pageOf(call: HttpCall, answer: unknown): Page {
  return parsed(call, () => {
    const page = asObject(answer, 'the page');
    const listed = asArray(page.markets ?? page.data, 'markets');
    const rows = listed.filter(
      (row): row is WireObject => typeof row === 'object' && row !== null && !Array.isArray(row),
    );
    const next = page.next_cursor;
    const last = rows.at(-1);
    const goesOn = typeof next === 'string' && next !== '' && next !== 'LTE=' && last !== undefined;
    return { rows, mark: goesOn ? { cursor: next, lastId: idOf(last) } : null };
  });
}

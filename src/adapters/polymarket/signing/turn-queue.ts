/** One call of `add`. Calls wait in the order they came; their number is bounded by the orders that may be open. */
interface Batch<Request, Answer> {
  readonly requests: readonly Request[];
  readonly answers: Answer[];
  /** Index of the next request nobody has taken. */
  next: number;
  missing: number;
  readonly resolve: (answers: Answer[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A request that was taken, prepared, and is still to be answered. */
export interface Taken<Request, Item, Answer> {
  readonly batch: Batch<Request, Answer>;
  readonly index: number;
  readonly item: Item;
}

export interface TurnQueueOptions<Request, Item> {
  /** What is taken of a request. Throws for one that cannot be taken: its whole call is answered with that. */
  readonly prepare: (request: Request) => Item;
  /** Called at the beginning of each turn's share. */
  readonly begin?: () => void;
  /** Takes something of what waits; called as long as the turn's share lasts. */
  readonly step: () => void;
  /** The clock that measures how much of a turn is used. */
  readonly nowMs: () => number;
}

/** Works through lists of requests in the turn in which they are given, as far as they fit into it, and in those that follow. */
export interface TurnQueue<Request, Item, Answer> {
  /** One answer for each request, in their order. */
  add(requests: readonly Request[]): Promise<Answer[]>;
  /** How many requests nobody has taken. */
  waiting(): number;
  /** The next request, or null when it is one that cannot be prepared. */
  take(): Taken<Request, Item, Answer> | null;
  /** The next requests, so many at most. */
  takeUpTo(most: number): Taken<Request, Item, Answer>[];
  answer(taken: Taken<Request, Item, Answer>, answer: Answer): void;
  /** Answers the whole call that it came with. */
  fail(taken: Taken<Request, Item, Answer>, error: unknown): void;
}

/** What this may take of one turn. What follows from a signed batch (journal, headers, request) takes its part of the same turn. */
const SLICE_MS = 0.4;

export function createTurnQueue<Request, Item, Answer>(
  options: TurnQueueOptions<Request, Item>,
): TurnQueue<Request, Item, Answer> {
  const { prepare, begin, step, nowMs } = options;
  const queue: Batch<Request, Answer>[] = [];
  let waiting = 0;
  let usedMs = 0;
  let isTurnNoted = false;

  /** Takes this turn's share of what waits. */
  function work(): void {
    const startMs = nowMs();
    begin?.();
    while (waiting > 0 && usedMs + nowMs() - startMs < SLICE_MS) step();
    usedMs += nowMs() - startMs;
    if (isTurnNoted) return;
    isTurnNoted = true;
    setImmediate(() => {
      isTurnNoted = false;
      usedMs = 0;
      if (waiting > 0) work();
    });
  }

  function take(): Taken<Request, Item, Answer> | null {
    const batch = queue[0];
    if (batch === undefined) return null;
    const index = batch.next;
    batch.next += 1;
    waiting -= 1;
    if (batch.next === batch.requests.length) queue.shift();
    try {
      return { batch, index, item: prepare(batch.requests[index] as Request) };
    } catch (error) {
      waiting -= batch.requests.length - batch.next;
      if (queue[0] === batch) queue.shift();
      batch.reject(error);
      return null;
    }
  }

  return {
    add: (requests) => {
      if (requests.length === 0) return Promise.resolve([]);
      const { promise, resolve, reject } = Promise.withResolvers<Answer[]>();
      const answers = new Array<Answer>(requests.length);
      queue.push({ requests, answers, next: 0, missing: requests.length, resolve, reject });
      waiting += requests.length;
      work();
      return promise;
    },
    waiting: () => waiting,
    take,
    takeUpTo: (most) => {
      const chunk: Taken<Request, Item, Answer>[] = [];
      while (chunk.length < most && waiting > 0) {
        const taken = take();
        if (taken !== null) chunk.push(taken);
      }
      return chunk;
    },
    answer: ({ batch, index }, answer) => {
      batch.answers[index] = answer;
      batch.missing -= 1;
      if (batch.missing === 0) batch.resolve(batch.answers);
    },
    fail: ({ batch }, error) => batch.reject(error),
  };
}

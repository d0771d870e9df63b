/** Something that happens at a moment of virtual time. */
export interface SimEvent {
  readonly atMs: number;
  /** Order of scheduling: what was scheduled first happens first, so that ties never depend on anything else. */
  readonly seq: number;
  readonly action: () => void;
}

/** Pending events as a binary heap by (atMs, seq). */
export interface EventQueue {
  readonly heap: SimEvent[];
  nextSeq: number;
}

export const createEventQueue = (): EventQueue => ({ heap: [], nextSeq: 1 });

const before = (a: SimEvent, b: SimEvent): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.seq < b.seq);

export function scheduleAt(queue: EventQueue, atMs: number, action: () => void): void {
  const { heap } = queue;
  const event: SimEvent = { atMs, seq: queue.nextSeq, action };
  queue.nextSeq += 1;
  let index = heap.length;
  heap.push(event);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as SimEvent;
    if (!before(event, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = event;
}

/** When the next event is due; infinity when there is none. */
export const nextEventAtMs = (queue: EventQueue): number => queue.heap[0]?.atMs ?? Number.POSITIVE_INFINITY;

export function takeNext(queue: EventQueue): SimEvent | undefined {
  const { heap } = queue;
  const first = heap[0];
  if (first === undefined) return undefined;
  const last = heap.pop() as SimEvent;
  if (heap.length > 0) sink(heap, last);
  return first;
}

function sink(heap: SimEvent[], event: SimEvent): void {
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && before(right, heap[child] as SimEvent)) child += 1;
    const below = heap[child] as SimEvent;
    if (!before(below, event)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = event;
}

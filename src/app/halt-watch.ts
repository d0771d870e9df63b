import { type HaltMark, readHaltMark, removeHaltMark, standsHaltMark } from '../adapters/node/halt-mark.ts';
import type { Timers } from '../ports/timers.ts';

/** How soon a worker that runs finds a mark by itself. Until then nothing leaves it all the same, since each request asks. */
const LOOK_EVERY_MS = 250;

export interface HaltWatch {
  start(): void;
  /** Whether a mark stands now: one look at the folder, cheap enough to be asked before every request that adds risk. */
  stands(): boolean;
  /** Takes the mark away, for a person who wants to trade again. Throws where it cannot be removed. */
  clear(): void;
  stop(): void;
}

/** Looks for a halt mark in the data folder now and ever after. `onFound` is told of each mark once. */
export function watchForHalt(options: {
  readonly dataDir: string;
  readonly timers: Timers;
  readonly onFound: (mark: HaltMark) => void;
}): HaltWatch {
  const { dataDir, timers } = options;
  let isTold = false;
  let cancel: (() => void) | null = null;

  function look(): void {
    const mark = readHaltMark(dataDir);
    const isNew = mark !== null && !isTold;
    isTold = mark !== null;
    cancel = timers.after(LOOK_EVERY_MS, look);
    if (isNew) options.onFound(mark);
  }

  return {
    start: look,
    stands: () => standsHaltMark(dataDir),
    clear: () => {
      removeHaltMark(dataDir);
      isTold = false;
    },
    stop: () => cancel?.(),
  };
}

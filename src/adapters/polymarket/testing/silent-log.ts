import type { Log } from '../../../ports/timers.ts';

const nothing = (): void => undefined;

/** A log for tests whose subject is not what is logged. */
export const silentLog: Log = { debug: nothing, note: nothing, warning: nothing, alarm: nothing };

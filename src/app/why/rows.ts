/** One line of an explanation: what it is, and what there is to say. */
export type Row = readonly [name: string, text: string];

const NAME_WIDTH = 31;
export const table = (rows: readonly Row[]): string[] =>
  rows.map(([name, text]) => `  ${name.padEnd(NAME_WIDTH - 1)} ${text}`);

/** UTC, to the millisecond. */
export const dayTime = (atMs: number): string => new Date(atMs).toISOString().replace('T', ' ').slice(0, 23);

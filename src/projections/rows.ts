import { type Shares, sharesToFloat, type Usd } from '../domain/units.ts';
import type { TableName, TableRow, TableValue } from '../ports/tables.ts';

/** Takes a row that is new or has changed. */
export type Emit = (row: TableRow) => void;

export const rowOf = (table: TableName, values: Readonly<Record<string, TableValue>>): TableRow => ({
  table,
  values,
});

/** Dollars as a decimal number, exact to the micro-dollar below nine billion. */
export const inUsd = (micro: Usd | number): number => micro / 1_000_000;
export const inShares = (micro: Shares): number => sharesToFloat(micro);

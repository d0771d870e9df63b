import { profitParts } from '../../orders/books.ts';
import type { JournalEntry } from '../../ports/journal.ts';
import type { TableRow } from '../../ports/tables.ts';
import { createProjection, project, refresh } from '../../projections/projection.ts';
import { type CheckedStep, type Checker, Violation } from './checker.ts';

const PARTS = [
  'cashUsd',
  'realisedUsd',
  'feesUsd',
  'costUsd',
  'rewardsUsd',
  'rebatesUsd',
  'externalUsd',
] as const;

/** The day is taken apart this often; it must add up at any moment. */
const LOOK_EVERY_MS = 60_000;

/**
 * Profit taken apart: tables made from nothing but the journal must add up to the micro-dollar, for every fill, market and day,
 * and must come to the same dollars as the kernel's own books.
 */
export function profitChecker(): Checker {
  const projection = createProjection(null, null);
  let seq = 0;
  let lookedAtMs = 0;

  function emit({ table, values }: TableRow): void {
    const residual = values.residual_micro_usd ?? 0;
    if (residual !== 0)
      throw new Violation(
        'profit',
        `parts of ${table} ${name(values)} that add up`,
        `${residual} micro-USD over`,
      );
  }

  function afterStep({ atMs, input, commands }: CheckedStep): void {
    seq += 1;
    const cause = seq;
    project(projection, entryOf(seq, atMs, null, input), emit);
    for (const command of commands) {
      seq += 1;
      project(projection, entryOf(seq, atMs, cause, command), emit);
    }
    if (atMs - lookedAtMs < LOOK_EVERY_MS) return;
    lookedAtMs = atMs;
    refresh(projection, emit);
  }

  return {
    name: 'profit',
    afterStep,
    atEnd(state) {
      const day = refresh(projection, emit);
      if (day === null || projection.facts === null) return;
      const own = profitParts(projection.facts.books);
      const theirs = profitParts(state.books);
      for (const part of PARTS)
        if (own[part] !== theirs[part])
          throw new Violation(
            'profit',
            `${part} of ${theirs[part]} micro-USD, as the books say`,
            `${own[part]}`,
          );
    },
  };
}

const entryOf = (
  seq: number,
  atMs: number,
  cause: number | null,
  body: CheckedStep['input'] | CheckedStep['commands'][number],
): JournalEntry => ({ seq, atMs, dir: cause === null ? 'in' : 'out', kind: body.kind, v: 1, cause, body });

const name = (values: TableRow['values']): string =>
  [values.id, values.market_id, values.date].filter((part) => part !== undefined).join(' ');

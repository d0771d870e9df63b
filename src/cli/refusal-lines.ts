import type { ShownRefusal } from '../app/index.ts';

/** What the risk gate has refused, why, and where it did last. Nothing where it refused nothing. */
export function refusalLines(refusals: readonly ShownRefusal[], nowMs: number): string[] {
  if (refusals.length === 0) return [];
  const times = refusals.reduce((sum, refusal) => sum + refusal.times, 0);
  return [`refused by the risk gate: ${times}`, ...refusals.map((refusal) => lineOf(refusal, nowMs))];
}

function lineOf({ code, times, what, setting, last }: ShownRefusal, nowMs: number): string {
  const limit = setting === null ? '' : `, limit of ${setting}`;
  const head = `  ${times} ${code}: ${what}${limit}`;
  if (last === null) return head;
  const seconds = Math.max(0, Math.round((nowMs - last.atMs) / 1_000));
  return `${head}; last ${seconds} s ago in ${last.market}${last.figures === null ? '' : ` (${last.figures})`}`;
}

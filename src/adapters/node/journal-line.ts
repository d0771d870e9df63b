import type { MarketEvent } from '../../domain/market-event.ts';
import type { JournalEntry } from '../../ports/journal.ts';

/**
 * One line of the journal file, in the very words of `JSON.stringify`. The envelope is written out, since only a body can hold
 * text that must be escaped, and so is the body of a change of levels: most lines are one, and this takes half the time.
 */
export const journalLine = ({ seq, atMs, dir, kind, v, cause, body }: JournalEntry): string =>
  `{"seq":${seq},"atMs":${atMs},"dir":"${dir}","kind":"${kind}","v":${v},"cause":${cause},"body":${
    kind === 'levels' ? levelsText(body as Levels) : JSON.stringify(body)
  }}\n`;

type Levels = Extract<MarketEvent, { kind: 'levels' }>;

function levelsText({ conditionId, changes, hash, venueAtMs }: Levels): string {
  let levels = '';
  for (const [side, price, size] of changes)
    levels += `${levels === '' ? '' : ','}["${side}",${price},${size}]`;
  return `{"kind":"levels","conditionId":${JSON.stringify(conditionId)},"changes":[${levels}],"hash":${JSON.stringify(hash)},"venueAtMs":${venueAtMs}}`;
}

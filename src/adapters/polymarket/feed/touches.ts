import type { OutcomeTouches } from '../../../domain/market-event.ts';
import { complement, type Price } from '../../../domain/units.ts';

/** Best bid and ask of one token in its own prices; null where a side is empty. */
export interface Touch {
  readonly bid: Price | null;
  readonly ask: Price | null;
}

/** Both touches where one is not the other turned over; null where it is. */
export const touchesApart = (yes: Touch, no: Touch): OutcomeTouches | null =>
  isMirrored(yes.bid, no.ask) && isMirrored(yes.ask, no.bid) ? null : { yes, no };

const isMirrored = (yes: Price | null, no: Price | null): boolean =>
  yes === null || no === null ? yes === no : complement(yes) === no;

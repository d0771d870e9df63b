import type { Bar } from './bar.ts';
import { decisionBar } from './decision.ts';
import { feedBar } from './feed.ts';
import { headersBar } from './headers.ts';
import { journalBar } from './journal.ts';
import { latenessBar } from './lateness.ts';
import { requestsBar } from './requests.ts';
import { requoteBar } from './requote.ts';
import { scalingBar } from './scaling.ts';
import { signBar } from './sign.ts';
import { tickToOrderBar } from './tick-to-order.ts';
import { tokensBar } from './tokens.ts';

/** Every bar of `./run bench`, in the order of the table. To add one, write its file and put it here. */
export const bars: readonly Bar[] = [
  signBar,
  headersBar,
  feedBar,
  requoteBar,
  latenessBar,
  requestsBar,
  tokensBar,
  decisionBar,
  tickToOrderBar,
  journalBar,
  scalingBar,
];

import type { OrderState } from '../domain/order.ts';

/** What can happen to an order, whichever channel tells us. */
export type OrderEvent =
  | 'prepared'
  | 'answeredLive'
  | 'answeredDelayed'
  | 'answeredRejected'
  | 'answeredUnknown'
  | 'notSent'
  | 'seenLive'
  | 'seenDelayed'
  | 'seenCanceled'
  | 'seenInvalid'
  | 'filledPart'
  | 'filledWhole'
  | 'cancelAsked'
  | 'cancelConfirmed'
  | 'cancelRefused'
  | 'cancelLost'
  | 'readLive'
  | 'readGone'
  | 'readAbsent'
  | 'restarted';

/** `resting` becomes `open` or `partiallyFilled` by what has been matched. */
export type NextState = OrderState | 'resting';

type Row = { readonly [From in OrderState]?: NextState };

const ALIVE = [
  'approved',
  'inFlight',
  'open',
  'partiallyFilled',
  'delayed',
  'cancelInFlight',
  'unknown',
] as const satisfies readonly OrderState[];

const fromAll = (next: NextState): Row => Object.fromEntries(ALIVE.map((state) => [state, next]));

/**
 * The life of an order as a table: event, state before, state after. What is not listed changes nothing, and no terminal
 * state is listed, so nothing that comes late can bring an order back. Out of `unknown` lead only words of the venue
 * about this very order; a lost answer of any kind leads into it.
 */
export const TRANSITIONS: Readonly<Record<OrderEvent, Row>> = {
  prepared: { approved: 'inFlight' },
  answeredLive: { approved: 'resting', inFlight: 'resting', delayed: 'resting', unknown: 'resting' },
  answeredDelayed: { approved: 'delayed', inFlight: 'delayed', unknown: 'delayed' },
  // A refusal of an order that was already seen on the book is a contradiction: it stays, and the caller marks the doubt.
  answeredRejected: { approved: 'rejected', inFlight: 'rejected', unknown: 'rejected', delayed: 'rejected' },
  // An order frame may have come before the answer was lost; then the order is known to rest.
  answeredUnknown: { approved: 'unknown', inFlight: 'unknown' },
  notSent: { approved: 'refused', inFlight: 'refused' },
  seenLive: { approved: 'resting', inFlight: 'resting', delayed: 'resting', unknown: 'resting' },
  seenDelayed: { approved: 'delayed', inFlight: 'delayed', unknown: 'delayed' },
  seenCanceled: fromAll('canceled'),
  seenInvalid: fromAll('rejected'),
  // A part filled does not prove that the rest is on the book, so `inFlight`, `delayed` and `unknown` stay as they are.
  filledPart: { open: 'partiallyFilled' },
  filledWhole: fromAll('filled'),
  // `unknown` outranks `cancelInFlight`: the cancel is sent, and the doubt remains until a read.
  cancelAsked: { open: 'cancelInFlight', partiallyFilled: 'cancelInFlight', delayed: 'cancelInFlight' },
  cancelConfirmed: fromAll('canceled'),
  cancelRefused: {
    open: 'unknown',
    partiallyFilled: 'unknown',
    delayed: 'unknown',
    cancelInFlight: 'unknown',
  },
  cancelLost: { open: 'unknown', partiallyFilled: 'unknown', delayed: 'unknown', cancelInFlight: 'unknown' },
  readLive: {
    approved: 'resting',
    inFlight: 'resting',
    open: 'resting',
    delayed: 'resting',
    cancelInFlight: 'resting',
    unknown: 'resting',
  },
  readGone: fromAll('canceled'),
  readAbsent: fromAll('rejected'),
  restarted: { approved: 'refused', inFlight: 'unknown', cancelInFlight: 'unknown', delayed: 'unknown' },
};

/** The state after `event`, or null where the event changes nothing. */
export function nextState(state: OrderState, event: OrderEvent, isPartlyMatched: boolean): OrderState | null {
  const next = TRANSITIONS[event][state];
  if (next === undefined) return null;
  const resolved = next === 'resting' ? (isPartlyMatched ? 'partiallyFilled' : 'open') : next;
  return resolved === state ? null : resolved;
}

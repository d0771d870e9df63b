import type { Address } from '../chain/types.ts';

/** The failures the venue can be told to show. Each is off unless armed. */
export const FAULT_NAMES = [
  'lostAnswer',
  'garbageAnswer',
  'restarting',
  'postOnlyWindow',
  'tooManyRequests',
  'settlementFailure',
  'settlementRetry',
  'delayedConfirmation',
  'marketSilence',
  'userSilence',
  'duplicateUserEvents',
  'shuffledUserEvents',
  'staleBalance',
  'delayedOrder',
  'splitPriceChanges',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/** What a fault can be narrowed to. Absent fields match anything. */
export interface FaultFilter {
  /** Requests: method and path, such as `POST /order`. */
  readonly request?: string;
  /** Whose request, order, trade or socket. */
  readonly address?: Address;
  readonly conditionId?: string;
}

export interface ArmedFault extends FaultFilter {
  /** How often it still strikes; it disarms itself at 0. Absent: until it is disarmed. */
  times?: number;
  /** For faults that last: how long, in milliseconds. */
  readonly forMs?: number;
}

export interface VenueFaults {
  readonly armed: Map<FaultName, ArmedFault>;
  /** How often each struck. */
  readonly struck: Map<FaultName, number>;
}

export const createFaults = (): VenueFaults => ({ armed: new Map(), struck: new Map() });

export const isFaultName = (name: string): name is FaultName => FAULT_NAMES.some((known) => known === name);

export function armFault(faults: VenueFaults, name: FaultName, fault: ArmedFault = {}): void {
  faults.armed.set(name, { ...fault });
}

export function disarmFault(faults: VenueFaults, name: FaultName): void {
  faults.armed.delete(name);
}

const matches = (wanted: string | undefined, found: string | undefined): boolean =>
  wanted === undefined || wanted.toLowerCase() === found?.toLowerCase();

/** The armed fault if it strikes here; counts the strike and disarms it when its strikes are used up. */
export function strike(faults: VenueFaults, name: FaultName, subject: FaultFilter = {}): ArmedFault | null {
  const fault = faults.armed.get(name);
  if (fault === undefined) return null;
  if (!matches(fault.request, subject.request) || !matches(fault.address, subject.address)) return null;
  if (!matches(fault.conditionId, subject.conditionId)) return null;
  faults.struck.set(name, (faults.struck.get(name) ?? 0) + 1);
  if (fault.times !== undefined) {
    fault.times -= 1;
    if (fault.times <= 0) faults.armed.delete(name);
  }
  return fault;
}

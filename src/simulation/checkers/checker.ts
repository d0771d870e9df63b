import type { OrderId, OrderRequest } from '../../domain/order.ts';
import type { ExchangeEvent } from '../../exchange/index.ts';
import type { Command, Input } from '../../kernel/messages.ts';
import type { KernelState } from '../../kernel/state.ts';

/** One step of the kernel as a checker sees it: before any of its commands is carried out. */
export interface CheckedStep {
  readonly atMs: number;
  readonly input: Input;
  readonly commands: readonly Command[];
  readonly state: KernelState;
}

/**
 * Watches a run from outside, with a model of its own that is simpler than what it checks. It throws a `Violation` at the
 * first thing that must not be.
 */
export interface Checker {
  readonly name: string;
  afterStep?(step: CheckedStep): void;
  /** The orders leave the machine now. */
  onTransmit?(atMs: number, orders: readonly (readonly [OrderRequest, OrderId])[]): void;
  onVenueEvent?(atMs: number, event: ExchangeEvent): void;
  /** After the worker's last command. */
  atEnd?(state: KernelState): void;
}

/** Something that must never be was seen. */
export class Violation extends Error {
  readonly checker: string;
  readonly expected: string;
  readonly found: string;

  constructor(checker: string, expected: string, found: string) {
    super(`${checker}: expected ${expected}, found ${found}`);
    this.name = 'Violation';
    this.checker = checker;
    this.expected = expected;
    this.found = found;
  }
}

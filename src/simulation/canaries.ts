import type { OrderRequest } from '../domain/order.ts';
import type { Price, Shares } from '../domain/units.ts';
import type { Input } from '../kernel/messages.ts';
import type { KernelState } from '../kernel/state.ts';
import type { SteppedKernel } from './simulated-driver.ts';

/**
 * Planted bugs, to prove that the checkers see. Each wraps the kernel: what goes in or what comes out is bent, as a defect of
 * ours would bend it. `lost-fill` is what `./run simulate --canary` plants.
 */
export const CANARIES = {
  /** From the third trade on, the books never hear of one trade, by whichever channel it comes. */
  'lost-fill': withInput(lostFill),
  /** A purchase is booked as a sale. */
  'flipped-side': withInput(() => (input) => {
    if (input.kind !== 'fill' || input.fill.status !== 'MATCHED') return input;
    return { ...input, fill: { ...input.fill, side: input.fill.side === 'BUY' ? 'SELL' : 'BUY' } };
  }),
  /** A failed trade is taken for a confirmed one. */
  'failure-ignored': withInput(() => (input) => {
    if (input.kind !== 'fill' || input.fill.status !== 'FAILED') return input;
    return { ...input, fill: { ...input.fill, status: 'CONFIRMED' } };
  }),
  /** A deposit, withdrawal or the like is never told. */
  'lost-transfer': withInput(
    () => (input) => (input.kind === 'transfersRead' ? { ...input, transfers: [] } : input),
  ),
  /** A pause never reaches the kernel. */
  'pause-ignored': withInput(
    () => (input) =>
      input.kind === 'operator' && input.order !== 'resume' && input.order !== 'stop'
        ? { kind: 'wake' }
        : input,
  ),
  /** The kernel believes in a beat that was never confirmed again. */
  'heartbeat-loss-ignored': withInput(
    () => (input) =>
      input.kind === 'feed' && input.feed === 'heartbeat' && !input.up ? { kind: 'wake' } : input,
  ),
  /** A book with a gap is quoted on. */
  'gap-ignored': withInput(() => (input) => (input.kind === 'bookUntrusted' ? { kind: 'wake' } : input)),
  /** Cancels of everything are decided and never sent. */
  'cancel-all-lost': withCommands((commands) => commands.filter(({ kind }) => !kind.startsWith('cancel'))),
  /** Every order is sent under a name that was used before. */
  'sent-twice': withCommands((commands) =>
    commands.flatMap((command): Commands => (command.kind === 'place' ? [command, command] : [command])),
  ),
  /** Prices leave the grid. */
  'off-grid': withRequest((request) => ({ ...request, price: (request.price + 1) as Price })),
  /** Orders below the market's minimum. */
  'too-small': withRequest((request) => ({ ...request, size: 1_000_000 as Shares })),
  /** Orders beyond the limit of a market. */
  'too-large': withRequest((request) => ({ ...request, size: (request.size * 20) as Shares })),
  /** Bids that cross the ask. */
  crossing: withRequest((request) =>
    request.side === 'BUY' ? { ...request, price: 9_900 as Price } : request,
  ),
  /** Orders change what is at risk in their market, and nobody notes it. */
  'change-unnoted': (kernel) =>
    wrapped(kernel, (atMs, input) => {
      const commands = kernel.step(atMs, input);
      kernel.state.orders.changed.clear();
      return commands;
    }),
  /** The high-water mark follows the value down, so that nothing ever counts as a drawdown. */
  'drawdown-forgotten': withState(({ losses: { drawdown, looks } }) => {
    const latest = looks.at(-1);
    if (latest !== undefined && drawdown.highWaterUsd !== null) drawdown.highWaterUsd = latest;
  }),
  /** A kill is taken for one of an hour ago. */
  'cool-down-ignored': withState(({ losses: { drawdown }, nowMs }) => {
    if (drawdown.killedAtMs !== null) drawdown.killedAtMs = Math.min(drawdown.killedAtMs, nowMs - 3_600_000);
  }),
  /** Resumes are not counted. */
  'recoveries-uncounted': withState(({ losses: { drawdown } }) => {
    drawdown.recoveries = 0;
  }),
} as const satisfies Record<string, (kernel: SteppedKernel) => SteppedKernel>;

export type CanaryName = keyof typeof CANARIES;

type Commands = ReturnType<SteppedKernel['step']>;

function withInput(make: () => (input: Input) => Input): (kernel: SteppedKernel) => SteppedKernel {
  return (kernel) => {
    const bend = make();
    return wrapped(kernel, (atMs, input) => kernel.step(atMs, bend(input)));
  };
}

function withState(bend: (state: KernelState) => void): (kernel: SteppedKernel) => SteppedKernel {
  return (kernel) =>
    wrapped(kernel, (atMs, input) => {
      const commands = kernel.step(atMs, input);
      bend(kernel.state);
      return commands;
    });
}

function withCommands(bend: (commands: Commands) => Commands): (kernel: SteppedKernel) => SteppedKernel {
  return (kernel) => wrapped(kernel, (atMs, input) => bend(kernel.step(atMs, input)));
}

function withRequest(
  bend: (request: OrderRequest) => OrderRequest,
): (kernel: SteppedKernel) => SteppedKernel {
  return withCommands((commands) =>
    commands.map((command) =>
      command.kind === 'place'
        ? { ...command, orders: command.orders.map((order) => ({ ...order, request: bend(order.request) })) }
        : command,
    ),
  );
}

const wrapped = (kernel: SteppedKernel, step: SteppedKernel['step']): SteppedKernel => ({
  get state() {
    return kernel.state;
  },
  step,
  nextWakeAtMs: kernel.nextWakeAtMs,
});

function lostFill(): (input: Input) => Input {
  const seen = new Set<string>();
  let lost: string | null = null;
  const isLost = (tradeId: string): boolean => {
    seen.add(tradeId);
    if (lost === null && seen.size === 3) lost = tradeId;
    return tradeId === lost;
  };
  return (input) => {
    if (input.kind === 'fill' && isLost(input.fill.tradeId)) return { kind: 'wake' };
    if (input.kind !== 'tradesRead') return input;
    return { ...input, fills: input.fills.filter(({ tradeId }) => !isLost(tradeId)) };
  };
}

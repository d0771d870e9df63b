import { describe, expect, it } from 'vitest';
import type { ConditionId } from '../domain/market.ts';
import type { Shares } from '../domain/units.ts';
import type { Command, Input } from '../kernel/messages.ts';
import type { Log } from '../ports/timers.ts';
import { createEffectRunner, type EffectPorts } from './effect-runner.ts';
import { UNUSED_PORTS } from './test-support/unused-ports.ts';

const nothing = (): void => undefined;
const log: Log = { debug: nothing, note: nothing, warning: nothing, alarm: nothing };

describe('a transaction whose preparation could not be recorded', () => {
  it('is not sent, because a restart would not know of it', async () => {
    const sent: string[] = [];
    let isOpen = true;
    const ports: EffectPorts = {
      ...UNUSED_PORTS,
      chain: {
        ...UNUSED_PORTS.chain,
        prepare: async ({ txKey }) => ({ txKey, hash: '0x1', nonce: 1, raw: '0x2' }),
        send: async ({ txKey }) => {
          sent.push(txKey);
          return { status: 'confirmed', text: '' };
        },
      },
    };
    const runner = createEffectRunner({
      ports,
      submit: (input: Input) => {
        // The disk is full: the journal refuses, and the worker gives up.
        if (input.kind === 'transactionPrepared') isOpen = false;
      },
      nowMs: () => 0,
      mayTransmit: () => isOpen,
      isOpen: () => isOpen,
      onExit: nothing,
      log,
    });
    const transaction = {
      request: {
        txKey: 't-1',
        action: 'split',
        conditionId: '0x1' as ConditionId,
        negRisk: false,
        amount: 1 as Shares,
      },
    } as Extract<Command, { kind: 'transact' }>['transaction'];
    runner.run({ kind: 'transact', transaction });
    await runner.idle();
    expect(sent).toEqual([]);
  });
});

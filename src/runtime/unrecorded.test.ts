import { describe, expect, it } from 'vitest';
import type { ConditionId } from '../domain/market.ts';
import type { Shares } from '../domain/units.ts';
import type { Command, Input } from '../kernel/messages.ts';
import type { Log } from '../ports/timers.ts';
import { createEffectRunner, type EffectPorts } from './effect-runner.ts';

const nothing = (): void => undefined;
const log: Log = { debug: nothing, note: nothing, warning: nothing, alarm: nothing };
const unused = (): never => {
  throw new Error('not part of this test');
};

describe('a transaction whose preparation could not be recorded', () => {
  it('is not sent, because a restart would not know of it', async () => {
    const sent: string[] = [];
    let isOpen = true;
    const ports: EffectPorts = {
      chain: {
        prepare: async ({ txKey }) => ({ txKey, hash: '0x1', nonce: 1, raw: '0x2' }),
        send: async ({ txKey }) => {
          sent.push(txKey);
          return { status: 'confirmed', text: '' };
        },
        balances: unused,
        transfers: unused,
        read: unused,
        close: unused,
      },
      venue: {
        prepare: unused,
        place: unused,
        cancel: unused,
        cancelAll: unused,
        openOrders: unused,
        order: unused,
        trades: unused,
        priceHistory: unused,
        earnings: unused,
        beat: unused,
        rebuild: unused,
        close: unused,
      },
      markets: { markets: unused },
      marketFeed: {
        start: unused,
        watch: unused,
        unwatch: unused,
        readBook: unused,
        readOutcomeBooks: unused,
        reconnect: unused,
        close: unused,
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

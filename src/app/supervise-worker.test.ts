import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DEVELOPMENT_ADDRESS, DEVELOPMENT_KEY } from '../adapters/polymarket/testing/orders.ts';
import { type ChildProgram, startChild } from './demo/child-program.ts';
import { withoutSettings } from './demo/demo-settings.ts';
import { workerEnvironment } from './supervise-worker.ts';

const started: ChildProgram[] = [];
afterEach(() => {
  for (const program of started.splice(0)) program.signal('SIGKILL');
});

interface Said {
  readonly address?: string;
  readonly pid?: number;
  readonly env?: readonly string[];
  readonly args?: readonly string[];
  readonly word?: string;
  readonly lost?: string;
}

/** A supervisor with a stand-in for the worker, and what that one says. */
function start(...args: string[]) {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const program = startChild({
    script: join(import.meta.dirname, 'testing', 'supervising-program.ts'),
    args,
    env: { ...withoutSettings(process.env), POLYMARKET_PRIVATE_KEY: DEVELOPMENT_KEY },
    onErrorLine: (line) => {
      lines.push(line);
      for (const wake of waiting) wake();
    },
  });
  started.push(program);
  /** The first thing said that fits; waits for it, or for the end of all. */
  async function said(fits: (what: Said) => boolean): Promise<Said> {
    for (;;) {
      const found = lines
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Said)
        .find(fits);
      if (found !== undefined) return found;
      if (program.hasEnded()) throw new Error(`it ended without having said so: ${lines.join('\n')}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.add(resolve);
      await Promise.race([promise, program.ended]);
      waiting.delete(resolve);
    }
  }
  return { program, said, lines };
}

const isUp = ({ pid }: Said): boolean => pid !== undefined;

describe('the process that supervises', () => {
  it('gives the worker a signer and the settings, and neither the key nor the way to it', async () => {
    const { program, said, lines } = start('--end', '--seed', 'x');
    const { address, env, args } = await said(isUp);
    expect(address).toBe(DEVELOPMENT_ADDRESS);
    expect(env).toEqual(['MM_MAX_MARKETS']);
    expect(args).toEqual(['--end', '--seed', 'x']);
    expect(await program.ended).toBe(7);
    expect(lines.join('\n')).not.toContain(DEVELOPMENT_KEY.slice(2));
  });

  it('ends as a shell would say it where a signal has ended the worker, with an alarm', async () => {
    const { program, lines } = start('--kill');
    expect(await program.ended).toBe(137);
    expect(lines.some((line) => line.startsWith('alarm: the worker was ended by SIGKILL'))).toBe(true);
  });

  it('passes a first signal on as a stop and a second one as the order to give up', async () => {
    const { program, said } = start();
    await said(isUp);
    program.signal('SIGTERM');
    await said(({ word }) => word === 'stop');
    program.signal('SIGTERM');
    await said(({ word }) => word === 'abort');
    expect(await program.ended).toBe(4);
  });

  it('that is killed leaves a worker that knows at once that nothing can be signed any more', async () => {
    const { program, said } = start();
    await said(isUp);
    process.kill(program.pid, 'SIGKILL');
    expect((await said(({ lost }) => lost !== undefined)).lost).toBe('the signer is gone');
  });
});

it('the environment of a worker has the settings that were read, other variables as they are, and no key', () => {
  const environment = {
    PATH: '/bin',
    OTHER: 'mine',
    POLYMARKET_PRIVATE_KEY: 'k',
    MM_MAX_MARKETS: '5',
    EMPTY: undefined,
  };
  const texts = {
    POLYMARKET_PRIVATE_KEY: 'k',
    POLYMARKET_KEYSTORE_FILE: '/k',
    POLYMARKET_KEYSTORE_PASSPHRASE_FILE: '/p',
    MM_MAX_MARKETS: '3',
    OTHER: 'of the file',
  };
  expect(workerEnvironment(environment, texts)).toEqual({ PATH: '/bin', OTHER: 'mine', MM_MAX_MARKETS: '3' });
});

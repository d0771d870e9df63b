import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '../../../ports/timers.ts';
import { DEVELOPMENT_KEY, developmentSecret } from '../testing/orders.ts';
import { openAccount } from './account.ts';
import { type DigestThread, type DigestThreadOptions, openDigestThread } from './digest-thread.ts';

const account = await openAccount(developmentSecret());
const lines: string[] = [];
const keep = (message: string, context?: object): void => {
  lines.push(`${message} ${JSON.stringify(context ?? {})}`);
};
const log: Log = { debug: keep, note: keep, warning: keep, alarm: keep };
const opened: DigestThread[] = [];

afterEach(async () => {
  lines.length = 0;
  for (const thread of opened.splice(0)) await thread.close();
});

async function open(options: Partial<DigestThreadOptions> = {}): Promise<DigestThread | null> {
  const thread = await openDigestThread({ privateKey: developmentSecret(), account, log, ...options });
  if (thread !== null) opened.push(thread);
  return thread;
}

/** A thread that is not ours: `answer` is code of a function from a message after the key, and its number, to what is answered. */
function impostor(answer: string): URL {
  const probe = Buffer.from(account.signDigest(new Uint8Array(32).fill(0x5a))).toString('hex');
  const code = `
    import { parentPort } from 'node:worker_threads';
    const probe = Uint8Array.from(Buffer.from('${probe}', 'hex'));
    let key = null, number = 0;
    const answer = ${answer};
    parentPort.on('message', (message) => {
      if (message === null) { parentPort.close(); return; }
      if (key === null) { key = message; return; }
      const given = answer(message, number++);
      if (given !== undefined) parentPort.postMessage(given);
    });`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

const joined = (digests: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(digests));

describe('the signing thread', () => {
  it('gives the bytes that this thread gives, in their order', async () => {
    const thread = await open({ answerBoundMs: 20_000 });
    const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(digest, { minLength: 1, maxLength: 9 }), { maxLength: 4 }),
        async (chunks) => {
          const found = await Promise.all(chunks.map((digests) => thread?.sign(joined(digests))));
          expect(found.map((bytes) => Buffer.from(bytes ?? []).toString('hex'))).toEqual(
            chunks.map((digests) =>
              Buffer.concat(digests.map((each) => account.signDigest(each))).toString('hex'),
            ),
          );
        },
      ),
      { numRuns: 30 },
    );
    expect(thread?.isOpen()).toBe(true);
    expect(lines).toEqual([]);
  });

  it.each([
    ['breaks', `() => { throw new Error(Buffer.from(key).toString('hex')); }`, 'broke'],
    ['ends', '() => process.exit(0)', 'ended by itself'],
    ['signs with another key', '() => probe.map((byte) => byte ^ 1)', 'signs otherwise'],
    ['answers nonsense', `() => 'ready'`, 'no list of signatures'],
  ])(
    'that %s at its start is not used, and a warning says so without a word of the key',
    async (_name, answer, told) => {
      expect(await open({ script: impostor(answer) })).toBeNull();
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(told);
      expect(lines[0]).not.toContain(DEVELOPMENT_KEY.slice(2));
    },
  );

  it.each([
    ['breaks', '(_, n) => { if (n > 0) throw new Error(); return probe; }', 'broke'],
    ['answers too few', '(_, n) => n > 0 ? probe.subarray(1) : probe', 'no list of signatures'],
    ['stays silent', '(_, n) => n > 0 ? undefined : probe', 'did not answer within 50 ms'],
  ])('that %s later gives back what it owes, and is asked no more', async (_name, answer, told) => {
    const thread = await open({ script: impostor(answer), answerBoundMs: 50 });
    const asked = [1, 2, 3].map((n) => thread?.sign(new Uint8Array(32).fill(n)));
    for (const result of await Promise.allSettled(asked)) expect(result.status).toBe('rejected');
    expect(thread?.isOpen()).toBe(false);
    await expect(thread?.sign(new Uint8Array(32))).rejects.toThrow('has ended');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(told);
  });

  it('that is closed in the middle of its work gives back what it owes, without a warning, and takes nothing with it', async () => {
    for (let time = 0; time < 10; time += 1) {
      const thread = await open();
      const owed = [1, 2, 3].map((n) => thread?.sign(new Uint8Array(32 * 200).fill(n)));
      const closing = thread?.close();
      for (const result of await Promise.allSettled(owed)) expect(result.status).toBe('rejected');
      await closing;
      expect(thread?.isOpen()).toBe(false);
    }
    expect(lines).toEqual([]);
  });
});

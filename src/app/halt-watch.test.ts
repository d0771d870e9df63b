import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { leaveHaltMark } from '../adapters/node/halt-mark.ts';
import { manualTimers } from '../runtime/test-support/manual-timers.ts';
import { watchForHalt } from './halt-watch.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-watch-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

it('a mark is told once, counts from the moment it is left, and is told again when it is left again', async () => {
  const timers = manualTimers();
  const found: string[] = [];
  const watch = watchForHalt({ dataDir, timers, onFound: ({ reason }) => found.push(reason) });
  watch.start();
  await timers.pass(1_000);
  expect([watch.stands(), found]).toEqual([false, []]);
  leaveHaltMark(dataDir, { atMs: 1, by: 'me', reason: 'first' });
  // Before anybody has looked: what asks before it leaves is held back already.
  expect([watch.stands(), found]).toEqual([true, []]);
  await timers.pass(1_000);
  expect(found).toEqual(['first']);
  watch.clear();
  expect(watch.stands()).toBe(false);
  leaveHaltMark(dataDir, { atMs: 2, by: 'me', reason: 'second' });
  await timers.pass(1_000);
  expect(found).toEqual(['first', 'second']);
  watch.stop();
  expect(timers.waiting()).toBe(0);
});

it('a mark that lies there at the start is told before the start is over, and a later one within a quarter of a second', async () => {
  const timers = manualTimers();
  const found: string[] = [];
  const watch = watchForHalt({ dataDir, timers, onFound: ({ reason }) => found.push(reason) });
  leaveHaltMark(dataDir, { atMs: 1, by: 'me', reason: 'before' });
  watch.start();
  expect(found).toEqual(['before']);
  watch.clear();
  await timers.pass(250);
  leaveHaltMark(dataDir, { atMs: 2, by: 'me', reason: 'after' });
  await timers.pass(250);
  expect(found).toEqual(['before', 'after']);
  watch.stop();
});

it('goes on looking though the telling of one mark fails', async () => {
  const timers = manualTimers();
  let told = 0;
  const watch = watchForHalt({
    dataDir,
    timers,
    onFound: () => {
      told += 1;
      throw new Error('the journal is full');
    },
  });
  leaveHaltMark(dataDir, { atMs: 1, by: 'me', reason: 'first' });
  expect(() => watch.start()).toThrow('the journal is full');
  expect([told, timers.waiting()]).toEqual([1, 1]);
  watch.stop();
});

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

import { describe, expect, it } from 'vitest';
import { loops } from '../loops/index.ts';
import { recordRun, replayRun } from './recorded-run.ts';

const run = recordRun({ seed: 'recorded', markets: 2, seconds: 20 });

describe('a recorded run', () => {
  it('replays into the same commands, step by step, from its start to its end', () => {
    let commands = 0;
    const sinceStart: number[] = [];
    replayRun(run, loops, (step) => {
      commands += step.commands.length;
      sinceStart.push(step.sinceStartMs);
      expect(step.tookMs).toBeGreaterThanOrEqual(0);
    });
    expect(commands).toBe(run.commands);
    expect(commands).toBeGreaterThan(4);
    expect(sinceStart[0]).toBe(0);
    expect(sinceStart).toEqual([...sinceStart].sort((a, b) => a - b));
    expect(sinceStart.at(-1)).toBeGreaterThan(15_000);
  });

  it('fails when the replay decides otherwise than the run did', () => {
    const withoutMaker = loops.filter(({ name }) => name !== 'market-making');
    expect(() => replayRun(run, withoutMaker, () => undefined)).toThrow('commands of 2 markets');
  });
});

import { describe, expect, it } from 'vitest';
import type { Input } from '../kernel/messages.ts';
import { createHeartbeat } from './heartbeat.ts';
import { keptLog, manualTimers } from './test-support/manual-timers.ts';

type Answer = 'ok' | 'fails' | 'never' | { readonly afterMs: number };

/** A heartbeat against a venue that answers each beat as `answers` says, the last one for ever. */
function beating(...answers: Answer[]) {
  const timers = manualTimers();
  const log = keptLog();
  const sent: { readonly atMs: number; readonly id: string }[] = [];
  const rebuilt: number[] = [];
  const inputs: string[] = [];
  const startMs = timers.nowMs();
  const heartbeat = createHeartbeat({
    venue: {
      beat: (id) => {
        sent.push({ atMs: timers.nowMs() - startMs, id });
        const next = `beat-${sent.length}`;
        const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? 'ok';
        if (answer === 'ok') return Promise.resolve(next);
        if (answer === 'fails') return Promise.reject(new Error('503'));
        return new Promise((done) => {
          if (answer !== 'never') timers.after(answer.afterMs, () => done(next));
        });
      },
      rebuild: () => {
        rebuilt.push(timers.nowMs() - startMs);
        return Promise.resolve();
      },
    },
    intervalMs: 5_000,
    timers,
    submit: (input: Input) => {
      if (input.kind === 'feed')
        inputs.push(`${timers.nowMs() - startMs} ${input.feed} ${input.up ? 'up' : 'down'}`);
    },
    log,
  });
  heartbeat.start();
  return { timers, heartbeat, sent, rebuilt, inputs, log };
}

const times = (count: number, answer: Answer): Answer[] => Array.from({ length: count }, () => answer);

describe('the heartbeat', () => {
  it('beats at once and every interval, each beat with the id the last one gave', async () => {
    const { timers, sent, inputs } = beating('ok');
    await timers.pass(15_000);
    expect(sent).toEqual([
      { atMs: 0, id: '' },
      { atMs: 5_000, id: 'beat-1' },
      { atMs: 10_000, id: 'beat-2' },
      { atMs: 15_000, id: 'beat-3' },
    ]);
    expect(inputs).toEqual(['0 heartbeat up']);
  });

  it('keeps its interval though answers are slow', async () => {
    const { timers, sent } = beating({ afterMs: 3_000 });
    await timers.pass(10_000);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 5_000, 10_000]);
  });

  it('is down once ten seconds have passed since the last confirmed beat was sent, and up with the next', async () => {
    const { timers, inputs, sent } = beating('ok', { afterMs: 2_000 }, ...times(6, 'fails'), 'ok');
    await timers.pass(40_000);
    // The second beat was sent at 5 s and answered at 7 s: the venue may have counted from 5 s.
    expect(inputs).toEqual(['0 heartbeat up', '15000 heartbeat down', '20000 heartbeat up']);
    expect(sent[2]?.id).toBe('beat-2');
    expect(sent[8]).toEqual({ atMs: 20_000, id: 'beat-2' });
  });

  it('stays up over a single failure, because it tries again before the deadline', async () => {
    const { timers, inputs, sent } = beating('ok', 'fails', 'ok');
    await timers.pass(30_000);
    expect(inputs).toEqual(['0 heartbeat up']);
    expect(sent.slice(0, 4).map(({ atMs }) => atMs)).toEqual([0, 5_000, 6_000, 11_000]);
  });

  it('reports nothing before the first confirmed beat', async () => {
    const { timers, inputs } = beating('fails');
    await timers.pass(60_000);
    expect(inputs).toEqual([]);
  });

  it('rebuilds the client after 20 failures in a row, waiting 30, 60 and then 120 s before it goes on', async () => {
    const { timers, sent, rebuilt, log } = beating('fails');
    await timers.pass(900_000);
    // 20 beats, 5 s apart; then the wait; then 20 beats again.
    expect(rebuilt.slice(0, 4)).toEqual([95_000, 95_000 + 125_000, 220_000 + 155_000, 375_000 + 215_000]);
    expect(sent[20]).toEqual({ atMs: 125_000, id: '' });
    expect(log.lines.filter((line) => line.startsWith('alarm'))[1]).toMatch(
      /after 40 failed heartbeats; next try in 60 s/,
    );
  });

  it('begins the waits anew after a confirmed beat', async () => {
    const { timers, rebuilt } = beating(...times(20, 'fails'), 'ok', 'fails');
    await timers.pass(400_000);
    expect(rebuilt).toEqual([95_000, 205_000, 330_000]);
  });

  it('goes on though the rebuild fails too', async () => {
    const timers = manualTimers();
    let beats = 0;
    const heartbeat = createHeartbeat({
      venue: {
        beat: () => {
          beats += 1;
          return Promise.reject(new Error('503'));
        },
        rebuild: () => Promise.reject(new Error('no route')),
      },
      intervalMs: 5_000,
      timers,
      submit: () => undefined,
      log: keptLog(),
    });
    heartbeat.start();
    await timers.pass(126_000);
    expect(beats).toBe(21);
  });

  it('holds beats back while orders have to go, says why it is down, and goes on at once when it may', async () => {
    const timers = manualTimers();
    const startMs = timers.nowMs();
    const at = (): number => timers.nowMs() - startMs;
    const sent: number[] = [];
    const inputs: string[] = [];
    let mayBeat = true;
    const heartbeat = createHeartbeat({
      venue: {
        beat: () => {
          sent.push(at());
          return Promise.resolve('next');
        },
        rebuild: () => Promise.reject(new Error('nothing failed')),
      },
      intervalMs: 5_000,
      timers,
      submit: (input) => {
        if (input.kind === 'feed') inputs.push(`${at()} ${input.up ? 'up' : `down: ${input.reason}`}`);
      },
      log: keptLog(),
      mayBeat: () => mayBeat,
    });
    heartbeat.start();
    await timers.pass(6_000);
    mayBeat = false;
    await timers.pass(13_000);
    expect(sent).toEqual([0, 5_000]);
    mayBeat = true;
    await timers.pass(200);
    expect(sent).toHaveLength(3);
    expect(inputs).toEqual([
      '0 up',
      '15000 down: no beat is sent while orders have to go, so that the venue takes them',
      `${sent[2]} up`,
    ]);
    // Held back for longer, a single beat every 20 s arms the venue's sweep anew: what arrived behind one is taken by the next.
    mayBeat = false;
    await timers.pass(65_000);
    const gaps = sent.slice(3).map((atMs, index) => atMs - (sent[index + 2] ?? 0));
    expect(gaps).toEqual([20_000, 20_000, 20_000]);
    mayBeat = false;
    heartbeat.stop();
    await timers.pass(20_000);
    expect(sent).toHaveLength(6);
    expect(timers.waiting()).toBe(0);
  });

  it('W13: sends nothing and reports nothing once it is stopped, not even for an answer on its way', async () => {
    const { timers, heartbeat, sent, inputs } = beating({ afterMs: 1_000 });
    await timers.pass(500);
    heartbeat.stop();
    await timers.pass(60_000);
    expect(sent).toHaveLength(1);
    expect(inputs).toEqual([]);
    expect(timers.waiting()).toBe(0);
  });
});

describe('a clock that is set back by an hour while a beat is under way', () => {
  /** Timers go on as before: only what the clock says has changed. */
  function setBackAt(setAtMs: number, options: { readonly held?: boolean; readonly fails?: boolean }) {
    const timers = manualTimers();
    const startMs = timers.nowMs();
    const passedMs = (): number => timers.nowMs() - startMs;
    const sent: number[] = [];
    const inputs: string[] = [];
    const heartbeat = createHeartbeat({
      venue: {
        beat: () => {
          sent.push(passedMs());
          if (options.fails === true && passedMs() > setAtMs) return Promise.reject(new Error('503'));
          return new Promise((done) => timers.after(1_000, () => done('id')));
        },
        rebuild: () => Promise.resolve(),
      },
      intervalMs: 5_000,
      timers: {
        nowMs: () => timers.nowMs() - (passedMs() >= setAtMs ? 3_600_000 : 0),
        after: timers.after,
      },
      submit: (input: Input) => {
        if (input.kind === 'feed') inputs.push(`${passedMs()} ${input.up ? 'up' : 'down'}`);
      },
      log: keptLog(),
      mayBeat: () => options.held !== true || passedMs() < setAtMs,
    });
    heartbeat.start();
    return { timers, sent, inputs };
  }

  it('delays no beat by more than the answer took', async () => {
    const { timers, sent, inputs } = setBackAt(5_500, {});
    await timers.pass(30_000);
    expect(sent).toEqual([0, 5_000, 11_000, 16_000, 21_000, 26_000]);
    expect(inputs).toEqual(['1000 up']);
  });

  it('lets a heartbeat that is lost then be noticed within its deadline and that', async () => {
    const { timers, inputs } = setBackAt(5_500, { fails: true });
    await timers.pass(30_000);
    expect(inputs).toEqual(['1000 up', '16000 down']);
  });

  it('still arms the sweep anew every 20 s while beats are held back', async () => {
    const { timers, sent } = setBackAt(5_500, { held: true });
    await timers.pass(60_000);
    // The answer takes a second, and the clock has stood still for it.
    expect(sent.slice(0, 2)).toEqual([0, 5_000]);
    expect(sent[2]).toBeGreaterThanOrEqual(25_000);
    expect(sent[2]).toBeLessThanOrEqual(26_100);
    expect(sent[3]).toBeLessThanOrEqual(46_200);
  });
});

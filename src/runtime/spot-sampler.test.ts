import { describe, expect, it } from 'vitest';
import type { SpotTick } from '../domain/spot-price.ts';
import type { Input } from '../kernel/messages.ts';
import { createSpotSampler, SPOT_SAMPLE_MS } from './spot-sampler.ts';

/** A clock that is moved by hand, with the timers it holds. */
function handClock() {
  let nowMs = 0;
  const due: { atMs: number; action: () => void }[] = [];
  return {
    timers: {
      nowMs: () => nowMs,
      after: (delayMs: number, action: () => void) => {
        const entry = { atMs: nowMs + delayMs, action };
        due.push(entry);
        return () => {
          const index = due.indexOf(entry);
          if (index >= 0) due.splice(index, 1);
        };
      },
    },
    waiting: () => due.length,
    pass: (ms: number) => {
      const untilMs = nowMs + ms;
      for (;;) {
        const next = due.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        due.splice(due.indexOf(next), 1);
        nowMs = next.atMs;
        next.action();
      }
      nowMs = untilMs;
    },
  };
}

const tick = (change: Partial<SpotTick> = {}): SpotTick => ({
  source: 'polybolt',
  coin: 'BTC',
  priceUsd: 97_000,
  atMs: 0,
  ...change,
});

function sampler() {
  const clock = handClock();
  const inputs: Input[] = [];
  return {
    ...createSpotSampler({ timers: clock.timers, submit: (input) => inputs.push(input) }),
    clock,
    inputs,
  };
}

describe('the sampler of prices', () => {
  it('hands on the newest price of each coin and source every five seconds, and nothing that is not new', () => {
    const { onTick, clock, inputs } = sampler();
    for (let second = 0; second < 12; second += 1) {
      onTick(tick({ priceUsd: 97_000 + second, atMs: second * 1_000 }));
      onTick(tick({ source: 'coingecko', priceUsd: 96_990, atMs: 0 }));
      clock.pass(1_000);
    }
    clock.pass(60_000);
    expect(inputs).toEqual([
      {
        kind: 'spotTicks',
        ticks: [
          ['polybolt', 'BTC', 97_004, 4_000],
          ['coingecko', 'BTC', 96_990, 0],
        ],
      },
      { kind: 'spotTicks', ticks: [['polybolt', 'BTC', 97_009, 9_000]] },
      { kind: 'spotTicks', ticks: [['polybolt', 'BTC', 97_011, 11_000]] },
    ]);
    expect(clock.waiting()).toBe(0);
  });

  it('takes the next price although one from a time that has not come was said before', () => {
    const { onTick, clock, inputs } = sampler();
    onTick(tick({ atMs: 4e12 }));
    clock.pass(SPOT_SAMPLE_MS);
    onTick(tick({ atMs: 6_000 }));
    clock.pass(SPOT_SAMPLE_MS);
    expect(inputs).toHaveLength(2);
  });

  it('tells that a source came or went at once, and once', () => {
    const { onSource, inputs } = sampler();
    onSource('rtds', true, 'connected');
    onSource('rtds', true, 'connected');
    onSource('rtds', false, 'closed');
    onSource('rtds', false, 'refused');
    onSource('binance', false, 'http 503');
    expect(inputs.map((input) => (input.kind === 'spotSource' ? `${input.source} ${input.up}` : ''))).toEqual(
      ['rtds true', 'rtds false', 'binance false'],
    );
  });

  it('holds a bounded number of prices, however many coins there are', () => {
    const { onTick, clock, inputs } = sampler();
    for (let coin = 0; coin < 5_000; coin += 1) onTick(tick({ coin: `C${coin}` }));
    clock.pass(SPOT_SAMPLE_MS);
    const [input] = inputs;
    expect(input?.kind === 'spotTicks' && input.ticks.length).toBe(256);
  });

  it('leaves nothing behind once it is closed', () => {
    const { onTick, onSource, close, clock, inputs } = sampler();
    onTick(tick());
    close();
    onTick(tick({ atMs: 1 }));
    onSource('rtds', false, 'closed');
    expect(clock.waiting()).toBe(0);
    clock.pass(60_000);
    expect(inputs).toEqual([]);
  });
});

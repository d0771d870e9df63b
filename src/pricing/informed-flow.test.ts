import { describe, expect, it } from 'vitest';
import { arrivalSpread } from './avellaneda-stoikov.ts';
import { logit } from './bounded.ts';
import {
  depthAgainstMarkout,
  fillsToDetect,
  glostenMilgrom,
  informedFraction,
  informedHalfWidth,
  tiltedProbability,
} from './informed-flow.ts';

describe('quotes against informed takers', () => {
  it.each([
    [0.5, 0.2, 0.6, 0.4],
    [0.1, 0.2, 0.142857, 0.068966],
    [0.9, 0.05, 0.908654, 0.890625],
  ])('p %d, informed %d: ask %d, bid %d', (p, informed, ask, bid) => {
    const quotes = glostenMilgrom(p, informed);
    expect(quotes.ask).toBeCloseTo(ask, 6);
    expect(quotes.bid).toBeCloseTo(bid, 6);
  });

  it('are equally far from p in log-odds at every p, and mirror with it', () => {
    for (const p of [0.01, 0.3, 0.5, 0.97]) {
      const { bid, ask } = glostenMilgrom(p, 0.1);
      expect(logit(ask) - logit(p)).toBeCloseTo(informedHalfWidth(0.1), 12);
      expect(logit(p) - logit(bid)).toBeCloseTo(informedHalfWidth(0.1), 12);
      expect(glostenMilgrom(1 - p, 0.1).bid).toBeCloseTo(1 - ask, 12);
    }
    expect(glostenMilgrom(0.3, 0)).toEqual({ bid: 0.3, ask: 0.3 });
  });

  it('break even: what informed takers win the others lose', () => {
    const [p, informed] = [0.3, 0.15];
    const { ask } = glostenMilgrom(p, informed);
    const fromInformed = informed * p * (ask - 1);
    const fromOthers = ((1 - informed) / 2) * (ask - p);
    expect(fromInformed + fromOthers).toBeCloseTo(0, 12);
  });

  it('estimate the informed fraction from the jump their width stands for', () => {
    expect(informedFraction(informedHalfWidth(0.23))).toBeCloseTo(0.23, 12);
    expect(informedFraction(-0.2)).toBe(0);
  });
});

describe('the distance that answers mark-outs', () => {
  it('is 1/k plus the expected move: 2.0667 and 2.2000 cents', () => {
    expect(depthAgainstMarkout(100 / 60, 0.4, 0)).toBeCloseTo(2.0667, 4);
    expect(depthAgainstMarkout(100 / 60, 0.4, 0.25)).toBeCloseTo(2.2, 4);
  });

  it('is where the expected profit of a grid is largest', () => {
    const profit = (d: number) => Math.exp(-0.6 * d) * (d - 0.4 - 0.25 * d);
    let best = 0;
    for (let d = 0; d < 10; d += 0.0001) if (profit(d) > profit(best)) best = d;
    expect(best).toBeCloseTo(depthAgainstMarkout(1 / 0.6, 0.4, 0.25), 3);
  });

  it('widens strictly with the cost, whatever risk aversion is', () => {
    const waiting = arrivalSpread(0.1, 1.5) / 2;
    expect(depthAgainstMarkout(waiting, 0.5, 0)).toBeGreaterThan(depthAgainstMarkout(waiting, 0.4, 0));
  });

  it('needs 97 fills to see a shift of 0.3 cents in 1.5, and 197 to find it four times in five', () => {
    expect(fillsToDetect(1.5, 0.3)).toBe(97);
    expect(fillsToDetect(1.5, 0.3, 0.8)).toBe(197);
  });
});

describe('the favourite-longshot tilt', () => {
  it('leaves prices alone with 0 and 1, and takes from longshots what it gives to favourites', () => {
    expect(tiltedProbability(0.2, 0, 1)).toBeCloseTo(0.2, 12);
    expect(tiltedProbability(0.05, 0, 1.2)).toBeLessThan(0.05);
    expect(tiltedProbability(0.95, 0, 1.2)).toBeCloseTo(1 - tiltedProbability(0.05, 0, 1.2), 12);
    // The reported 41 per cent loss on YES at 1 cent is a probability of 0.59 cents.
    const beta = logit(0.0059) / logit(0.01);
    expect(tiltedProbability(0.01, 0, beta)).toBeCloseTo(0.0059, 12);
  });
});

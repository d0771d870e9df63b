import { describe, expect, it } from 'vitest';
import { askForPayoffs, readPayoffs } from '../ai/payoff-question.ts';
import { readScores } from '../ai/read-scores.ts';
import { askForScores } from '../ai/score-question.ts';
import {
  askBeforeExit,
  askBeforeTrade,
  type ProposedTrade,
  readExitCheck,
  readTradeCheck,
} from '../ai/trade-check.ts';
import { askForReview, readReview } from '../ai/trade-review.ts';
import { streamOf } from '../domain/random.ts';
import { answerByChance } from './analyst-model.ts';

const TRADE: ProposedTrade = {
  label: 't7',
  question: 'Will Bitcoin reach $150,000 in June?',
  description: '',
  coin: 'BTC',
  payoff: 'reach 150000',
  outcome: 'NO',
  priceCents: 41,
  modelProbability: 0.5,
  edgePts: 9,
  stakeUsd: 20,
  hoursToEnd: 100,
  spotUsd: 140_000,
  strikeAwayPct: 7,
  strikeAwaySd: 1,
  dailyVolatilityPct: 2,
  regime: 'normal',
  openPositions: [],
  exposurePct: 3,
  sameCoinPct: 0,
};

/** How often each reading of an answer came up among many. */
function readings(prompt: string, read: (text: string) => string): ReadonlyMap<string, number> {
  const analyst = streamOf('chance', prompt);
  const found = new Map<string, number>();
  for (let index = 0; index < 400; index += 1) {
    const reading = read(answerByChance(prompt, analyst));
    found.set(reading, (found.get(reading) ?? 0) + 1);
  }
  return found;
}

const least = (found: ReadonlyMap<string, number>): number => Math.min(...found.values());

describe('a model that answers by chance', () => {
  it('says yes, no and nothing of use before a trade', () => {
    const found = readings(askBeforeTrade(TRADE).prompt, (text) => readTradeCheck(text, TRADE).verdict);
    expect([...found.keys()].sort()).toEqual(['approved', 'noAnswer', 'rejected']);
    expect(least(found)).toBeGreaterThan(10);
    expect(found.get('approved')).toBeGreaterThan(200);
  });

  it('lets positions go, keeps them, and says nothing of use', () => {
    const { prompt } = askBeforeExit({ ...TRADE, entryCents: 41, bidCents: 30, hoursHeld: 2 });
    const found = readings(prompt, (text) => {
      const { verdict, isAnswered } = readExitCheck(text, 't7');
      return isAnswered ? verdict : 'no answer';
    });
    expect([...found.keys()].sort()).toEqual(['exit', 'hold', 'no answer']);
    expect(least(found)).toBeGreaterThan(10);
  });

  it('reads questions, scores markets and reviews trades, each as it is asked', () => {
    const texts = { eventTitle: '', groupItemTitle: '', description: '', endDate: '' };
    const labels = new Set(['m1']);
    const payoffs = readings(
      askForPayoffs([{ ...texts, label: 'm1', question: 'Will Bitcoin kiss $70,000?' }]).prompt,
      (text) => String((readPayoffs(text, labels).rows.get('m1') as { kind?: string } | undefined)?.kind),
    );
    expect([...payoffs.keys()].sort()).toEqual(['close', 'one-touch', 'other', 'undefined']);
    const market = {
      label: 'm1',
      question: 'Will it rain?',
      description: '',
      category: 'weather',
      spreadPts: 4,
      midPts: 50,
      depthUsd: 800,
      volume24hUsd: 10_000,
      daysToResolution: 3,
      early: false,
    };
    const scores = readings(askForScores([market]).prompt, (text) =>
      String(readScores(text, labels).scores.size),
    );
    expect(scores.get('1')).toBeGreaterThan(300);
    const settings = {
      CD_MIN_EDGE_PTS: 5,
      CD_KELLY_FRACTION: 0.25,
      CD_STUDENT_T_NU: 6,
      CD_EXIT_STOP_LOSS_PTS: 15,
      CD_EXIT_TAKE_PROFIT_PTS: 20,
    };
    const { prompt } = askForReview({ signals: [], closed: [], open: [], wins: 0, losses: 0, settings });
    const reviews = readings(prompt, (text) => String(readReview(text)?.suggestions.length));
    expect([...reviews.keys()].sort()).toEqual(['0', '1', 'undefined']);
  });
});

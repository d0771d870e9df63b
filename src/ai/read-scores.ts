import { fieldOf, numberWithin, parseObject, textOf } from './answer-json.ts';
import { type Flag, isFlag, type MarketScore, overallOf } from './score-verdict.ts';

export interface ReadScores {
  readonly scores: ReadonlyMap<string, MarketScore>;
  /** Why there are none at all; null where there is one. */
  readonly problem: string | null;
}

/** More is no answer to a question of ours. */
export const MOST_ANSWER_CHARACTERS = 65_536;
const MOST_NOTE_CHARACTERS = 120;
const LEAST = 1;
const MOST = 10;

/**
 * Reads a model's answer. It never throws, whatever the text is: a market has a score only where the answer names it by a label
 * of the question and gives all three axes as numbers from 1 to 10. Everything else in it is passed over.
 */
export function readScores(text: string, labels: ReadonlySet<string>): ReadScores {
  const scores = new Map<string, MarketScore>();
  if (text.length > MOST_ANSWER_CHARACTERS) return { scores, problem: 'the answer is too long' };
  const answer = parseObject(text);
  if (answer === null) return { scores, problem: 'the answer has no JSON object in it' };
  const rows = fieldOf(answer, 'markets');
  if (!Array.isArray(rows)) return { scores, problem: 'the answer has no list of markets' };
  for (const row of rows as readonly unknown[]) {
    const label = fieldOf(row, 'id');
    if (typeof label !== 'string' || !labels.has(label)) continue;
    const score = scoreIn(row);
    if (score === null) continue;
    const before = scores.get(label);
    scores.set(label, before === undefined ? score : worse(before, score));
  }
  return { scores, problem: scores.size === 0 ? 'the answer scores none of the markets asked for' : null };
}

function scoreIn(row: unknown): MarketScore | null {
  const clarity = axisIn(row, 'clarity');
  const quality = axisIn(row, 'quality');
  const profitability = axisIn(row, 'profitability');
  if (clarity === null || quality === null || profitability === null) return null;
  return {
    clarity,
    quality,
    profitability,
    overall: overallOf(clarity, quality, profitability),
    flags: flagsIn(row),
    note: textOf(row, 'note', MOST_NOTE_CHARACTERS),
  };
}

const axisIn = (row: unknown, name: string): number | null => numberWithin(row, name, LEAST, MOST);

/** Known flags, each once. `ambiguous_resolution` counts as `ambiguousResolution`. */
function flagsIn(row: unknown): Flag[] {
  const flags = fieldOf(row, 'flags');
  if (!Array.isArray(flags)) return [];
  const known = (flags as readonly unknown[]).flatMap((flag) => {
    if (typeof flag !== 'string') return [];
    const name = flag.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return isFlag(name) ? [name] : [];
  });
  return [...new Set(known)];
}

/** Of two scores of one market the lower one, with the flags of both: an answer that contradicts itself is read as a warning. */
function worse(one: MarketScore, other: MarketScore): MarketScore {
  const lower = other.overall < one.overall ? other : one;
  return { ...lower, flags: [...new Set([...one.flags, ...other.flags])] };
}

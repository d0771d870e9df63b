import { type OtherPayoff, other } from './payoff.ts';
import { readSentence } from './sentence.ts';
import type { Shape } from './shape.ts';
import { MOST_QUESTION_CHARACTERS } from './tokens.ts';

/**
 * Whether the first outcome of a listing is the one that pays when the payoff comes true, and the second the other: everything behind
 * takes the first token for YES. Names in any other order are a market that nobody has described to us, and no trade beats a wrong trade.
 * Null where a listing says nothing of its outcomes, or says what is expected.
 */
export function outcomesAgree(shape: Shape, names: readonly string[] | undefined): OtherPayoff | null {
  if (names === undefined) return null;
  const [first, second, third] = names.map((name) => name.trim().toLowerCase());
  const [yes, no] = shape.kind === 'up-or-down' ? (['Up', 'Down'] as const) : (['Yes', 'No'] as const);
  const isPair = third === undefined && first !== undefined && second !== undefined;
  if (isPair && first === yes.toLowerCase() && second === no.toLowerCase()) return null;
  if (isPair && shape.kind === 'first-to-hit' && isNamedByPrices(shape, names)) return null;
  const shown = names.slice(0, 4).map((name) => `"${name.slice(0, 40)}"`);
  const priced = shape.kind === 'first-to-hit' ? ', or the two prices in their order' : '';
  return other(
    'disagreement',
    `the outcomes are named ${shown.join(', ') || 'nothing'}, expected ${yes}, ${no}${priced} for ${shape.kind}`,
  );
}

/** A race may be named by its prices, the one that pays the first outcome first. */
const isNamedByPrices = ({ coin, strikesUsd }: Shape, names: readonly string[]): boolean =>
  strikesUsd.every((strike, index) => {
    const said = readSentence((names[index] ?? '').slice(0, MOST_QUESTION_CHARACTERS));
    const [level, second] = said.levels;
    const more = [...said.unread, ...said.moves, ...said.arrows, ...said.periods, ...said.clocks];
    const isBare = more.length === 0 && said.coins.every((named) => named.coin === coin);
    return isBare && second === undefined && level?.kind === 'plain' && level.strikeUsd === strike;
  });

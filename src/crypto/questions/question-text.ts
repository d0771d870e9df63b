import type { Market } from '../../domain/market.ts';
import type { QuestionText } from './payoff.ts';

/**
 * What the listing says of a market, for `parseQuestion`. Null where the market carries nothing of its listing beside the question: it
 * is not about crypto, or its texts were not as they ought to be. Such a market is not priced.
 */
export function questionTextOf(
  market: Pick<Market, 'question' | 'slug' | 'description' | 'about' | 'outcomeNames'>,
): QuestionText | null {
  const { question, slug, description, about, outcomeNames } = market;
  return about === undefined ? null : { ...about, question, slug, description, outcomeNames };
}

export { COINS, type Coin, coinOf } from './coins.ts';
export { parseQuestion } from './parse-question.ts';
export {
  CLASSIFIED_KINDS,
  type ClassifiedKind,
  type ClassifiedPayoff,
  type Direction,
  isTradable,
  type Origin,
  type OtherCause,
  type OtherPayoff,
  type Payoff,
  type PayoffFact,
  type PayoffKind,
  type PayoffWindow,
  PRICE_SOURCES,
  type PriceSource,
  type QuestionText,
  type SettlementRule,
} from './payoff.ts';
export { checkPayoffAnswer, couldBeAnswered, type PayoffAnswer, payoffAnswerIn } from './payoff-answer.ts';
export { questionTextOf } from './question-text.ts';

import type { CoinSymbol } from '../../../domain/spot-price.ts';
import type { Intent } from '../../../kernel/loop.ts';
import type { EntryMemory } from './entry-memory.ts';
import type { Judgement } from './judge-market.ts';

/** What keeps every market of a coin from being priced. */
const OF_THE_COIN: ReadonlySet<string> = new Set([
  'spot-not-believed',
  'no-closes',
  'no-candles',
  'no-volatility',
  'not-fitted',
]);

/** Tells a person once when nothing can be entered on a coin, and once when it goes on. */
export function tellStops({ stopped }: EntryMemory, found: readonly Judgement[]): Intent[] {
  const reasons = new Map<CoinSymbol, string | null>();
  for (const { payoff, notPriced } of found) {
    const reason = notPriced !== null && OF_THE_COIN.has(notPriced.refused) ? notPriced.message : null;
    if (reason !== null || !reasons.has(payoff.coin)) reasons.set(payoff.coin, reason);
  }
  const intents: Intent[] = [];
  for (const coin of stopped.keys()) if (!reasons.has(coin)) stopped.delete(coin);
  for (const [coin, reason] of reasons) {
    if (reason !== null && !stopped.has(coin)) {
      stopped.set(coin, reason);
      intents.push({ kind: 'notify', level: 'warning', text: `entries on ${coin} stop: ${reason}` });
    }
    if (reason === null && stopped.delete(coin))
      intents.push({ kind: 'notify', level: 'note', text: `entries on ${coin} go on` });
  }
  return intents;
}

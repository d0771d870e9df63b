import { describe, expect, it } from 'vitest';
import { coinOf } from './coin.ts';

const of = (question: string, tags: readonly string[] = [], slug = ''): string | null =>
  coinOf({ question, slug, tags });

describe('the coin that a market is about', () => {
  it.each([
    ['Will Bitcoin reach $150,000 in December?', 'BTC'],
    ['Will BTC be above $120k on Friday?', 'BTC'],
    ['Bitcoin Up or Down - November 23, 2AM ET', 'BTC'],
    ['Will the price of Ethereum be between $4,000 and $4,100?', 'ETH'],
    ['$ETH above 5k?', 'ETH'],
    ['Solana Up or Down on November 23?', 'SOL'],
    ['Will XRP dip to $1?', 'XRP'],
    ['Will $LINK hit $50?', 'LINK'],
    ['Will Chainlink hit $50?', 'LINK'],
  ])('%s', (question, coin) => {
    expect(of(question)).toBe(coin);
  });

  it.each([
    'Will Bitcoin Cash reach $1,000?',
    'Will Ethereum Classic be above $30?',
    'Who will link up with the hype?',
    'Will Seth Meyers host?',
    'Is the solstice warm?',
    'Will the Fed cut rates?',
    'A polka dot dress at the Met?',
  ])('is none: %s', (question) => {
    expect(of(question)).toBeNull();
  });

  it('is read from the slug and the tags where the question does not say', () => {
    expect(of('Up or Down - 2AM ET', [], 'btc-updown-15m-1790000000')).toBe('BTC');
    expect(of('Above 4,000 on Friday?', ['crypto', 'ethereum'])).toBe('ETH');
    expect(of('Above 4 on Friday?', ['crypto', 'link'])).toBe('LINK');
    expect(of('Above 4 on Friday?', ['crypto', 'up-or-down'])).toBeNull();
  });

  it('is the best known where several are named, whatever the order', () => {
    expect(of('Will Solana outperform Bitcoin?')).toBe('BTC');
    expect(of('Will Bitcoin outperform Solana?')).toBe('BTC');
    expect(of('First to fall?', ['solana', 'bitcoin'])).toBe('BTC');
  });
});

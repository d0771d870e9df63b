import { describe, expect, it } from 'vitest';
import { modelMarket } from '../testing/model-market.ts';
import { winnerOf } from './market-frames.ts';

describe('the winner of a resolved market', () => {
  const { watched } = modelMarket(1);

  it.each([
    ['the YES token', watched.yesTokenId, 'YES'],
    ['the NO token', watched.noTokenId, 'NO'],
    ['null, for a void market', null, null],
    ['empty text, for a void market', '', null],
    ['a token of another market, which says nothing', '123', undefined],
    ['no field, which says nothing', undefined, undefined],
  ])('by %s', (_name, winning_asset_id, winner) => {
    expect(winnerOf({ winning_asset_id }, watched)).toBe(winner);
  });
});

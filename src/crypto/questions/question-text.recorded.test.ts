import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  hasShared,
  type Listing,
  readShared,
  recordedListings,
  SHARED,
} from '../../../test/support/recorded-listings.ts';
import { parseGammaMarket } from '../../adapters/polymarket/gamma-market.ts';
import type { Market } from '../../domain/market.ts';
import { parseQuestion, type QuestionText, questionTextOf } from './index.ts';

type Row = Readonly<Record<string, unknown>>;

/** What a listing needs beside its texts to be a market of ours. */
const TRADABLE = {
  conditionId: `0x${'ab'.repeat(32)}`,
  clobTokenIds: '["1", "2"]',
  orderPriceMinTickSize: 0.01,
  orderMinSize: 5,
  feeType: 'crypto_fees_v2',
};

function marketOf(row: unknown, event: Row | null = null): Market {
  const parsed = parseGammaMarket(row, event);
  if ('unusable' in parsed) throw new Error(parsed.unusable);
  return parsed.market;
}

/** A listing as the venue would send it that says what this text says. */
const rowOf = (
  { eventTitle, twapLookbackSeconds: seconds, outcomeNames, ...texts }: QuestionText,
  usual: readonly string[],
): Row => ({
  ...TRADABLE,
  ...texts,
  outcomes: JSON.stringify(outcomeNames ?? usual),
  ...(eventTitle === undefined ? {} : { events: [{ id: '1', title: eventTitle }] }),
  ...(seconds === undefined
    ? {}
    : { cryptoMarketConfig: { twapEnabled: seconds !== null, twapLookbackSeconds: seconds } }),
});

const payoffOf = (market: Market) => {
  const text = questionTextOf(market);
  return text === null ? null : parseQuestion(text);
};

describe('what the adapter hands on of recorded listings', () => {
  if (!hasShared) {
    it('skipped: ../shared/data not found', () => {
      expect(process.env.CI, `CI needs ${SHARED}`).not.toBe('true');
    });
    return;
  }

  it('has the payoff of the recorded row itself, for every recorded question', () => {
    const kinds = new Map<string, number>();
    let named = 0;
    for (const { text } of recordedListings()) {
      if (text.question === '') continue;
      const direct = parseQuestion(text);
      // Most recordings leave out what the outcomes are called.
      const usual = direct.kind === 'up-or-down' ? ['Up', 'Down'] : ['Yes', 'No'];
      expect(payoffOf(marketOf(rowOf(text, usual))), text.question).toEqual(direct);
      if (text.outcomeNames !== undefined && direct.kind !== 'other') named += 1;
      kinds.set(direct.kind, (kinds.get(direct.kind) ?? 0) + 1);
    }
    for (const [kind, least] of [
      ['close', 250],
      ['range', 50],
      ['one-touch', 60],
      ['up-or-down', 280],
      ['other', 500],
    ] as const)
      expect(kinds.get(kind), kind).toBeGreaterThan(least);
    expect(named).toBeGreaterThan(290);
  });

  it('has the payoff of the listing that was read with it, for whole recorded objects', () => {
    const texts = new Map(recordedListings().map(({ key, text }: Listing) => [key, text]));
    const found = recordedObjects().flatMap(({ row, event }) => {
      const parsed = parseGammaMarket(row, event);
      return 'market' in parsed && texts.has(parsed.market.gammaId) ? [parsed.market] : [];
    });
    const crypto = found.filter(({ category }) => category === 'crypto');
    expect(crypto.length).toBeGreaterThan(280);
    for (const market of crypto) {
      const direct = parseQuestion(texts.get(market.gammaId) ?? { question: '' });
      const payoff = payoffOf(market);
      // The label of a market in its event is read by the adapter alone.
      if (market.about?.groupItemTitle === undefined) expect(payoff, market.question).toEqual(direct);
      else expect(payoff?.kind, market.question).toBe(direct.kind);
    }
    // Nothing that could be priced is kept from being priced by its category.
    const others = found.filter(({ category }) => category !== 'crypto');
    expect(others.length).toBeGreaterThan(50);
    expect(others.filter(({ about }) => about !== undefined)).toEqual([]);
    const lost = others.filter(({ question, slug, endAtMs }) => {
      const endDate = endAtMs === null ? undefined : new Date(endAtMs).toISOString();
      return parseQuestion({ question, slug, endDate }).kind !== 'other';
    });
    expect(lost.map(({ question }) => question)).toEqual([]);
  });

  it('carries the seconds of the TWAP of a 5-minute market', () => {
    const row = JSON.parse(
      readShared('gamma/nautilus_late2026_transcribed/gamma_market_crypto_twap.json'),
    ) as Row;
    // The transcription lacks the type of fee, which every listing of a market with fees has.
    expect(payoffOf(marketOf({ ...row, feeType: 'crypto_fees_v2' }))).toMatchObject({
      kind: 'up-or-down',
      settlement: 'twap',
      twapLookbackSeconds: 60,
      missing: [],
    });
  });
});

function recordedObjects(): readonly { readonly row: Row; readonly event: Row | null }[] {
  const linesOf = (path: string): Row[] =>
    readShared(path)
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly raw: Row }).raw);
  const eventsIn = (path: string): Row[] =>
    (JSON.parse(readShared(path)) as readonly Row[]).map((each) => (each.data as Row | undefined) ?? each);
  const nested = (event: Row) => ((event.markets ?? []) as readonly Row[]).map((row) => ({ row, event }));
  return [
    ...readdirSync(join(SHARED, 'gamma/ligengxin96'))
      .filter((file) => file.endsWith('.gz'))
      .flatMap((file) => linesOf(`gamma/ligengxin96/${file}`))
      .map((row) => ({ row, event: null })),
    ...readdirSync(join(SHARED, 'gamma/wenfp108_gamma_events'))
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => eventsIn(`gamma/wenfp108_gamma_events/${file}`).flatMap(nested)),
  ];
}

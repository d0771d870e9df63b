import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConditionId, TokenId, WatchedMarket } from '../../../domain/market.ts';
import { price, shares } from '../../../domain/units.ts';
import type { WireObject } from '../wire/fields.ts';
import { parseChanges } from './market-frames.ts';
import { createChangesScanner } from './scan-changes.ts';

const marketOf = (tail: string, yes: string, no: string): WatchedMarket => ({
  conditionId: `0x${'a'.repeat(56)}${tail.padStart(8, '0')}` as ConditionId,
  yesTokenId: yes as TokenId,
  noTokenId: no as TokenId,
  tickSize: price(10),
  minOrderSize: shares(5_000_000),
  negRisk: false,
});
/** The first two share the part by which markets are looked up; a token of the third begins like the first's. */
const MARKETS = [
  marketOf('1234', '71', '52'),
  { ...marketOf('1234', '81', '62'), conditionId: `0x${'b'.repeat(60)}1234` as ConditionId },
  marketOf('9', '711', '520'),
];

function scanner() {
  const made = createChangesScanner<WatchedMarket>();
  for (const market of MARKETS) made.add(market, market);
  return made;
}

const digits = (least: number, most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });
const priceText = fc.oneof(
  digits(1, 3).map((tail) => `0.${tail}`),
  fc.constantFrom('0', '1', '0.5', '0.001', '0.9999', '.5', '1.0', '', '2', '0.00001'),
);
const sizeText = fc.oneof(
  fc.tuple(digits(1, 5), digits(1, 6)).map(([whole, part]) => `${whole}.${part}`),
  digits(1, 7),
  fc.constantFrom('0', '0.0', '1e3', '-1', '12345678901', '0.0000001', ''),
);
const hash = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 40, maxLength: 40 }),
  fc.constantFrom('', 'odd', 'ü'.repeat(40), '"'.repeat(40)),
);

const row = (market: WatchedMarket) =>
  fc
    .record({
      asset_id: fc.constantFrom(market.yesTokenId as string, market.noTokenId as string),
      price: priceText,
      size: sizeText,
      side: fc.constantFrom('BUY', 'SELL'),
      hash,
      best_bid: priceText,
      best_ask: priceText,
    })
    .map((fields) => fields as Record<string, unknown>);

const frame = fc.constantFrom(...MARKETS).chain((market) =>
  fc.record({
    market: fc.constant(market),
    rows: fc.array(row(market), { maxLength: 5 }),
    timestamp: fc.oneof(
      fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }).map(String),
      fc.constantFrom('', 'soon', '1'),
    ),
  }),
);

const bytesOf = ({
  market,
  rows,
  timestamp,
}: {
  market: WatchedMarket;
  rows: unknown[];
  timestamp: string;
}) =>
  Buffer.from(
    JSON.stringify({
      market: market.conditionId,
      price_changes: rows,
      timestamp,
      event_type: 'price_change',
    }),
  );

/** A frame as the venue writes it, with rows of YES and NO in turn. */
const usualBytes = (market: WatchedMarket, rows = 2): Buffer =>
  bytesOf({
    market,
    rows: Array.from({ length: rows }, (_, index) => ({
      asset_id: index % 2 === 0 ? market.yesTokenId : market.noTokenId,
      price: '0.06',
      size: '374.34',
      side: 'BUY',
      hash: 'f'.repeat(40),
      best_bid: '0.07',
      best_ask: '0.08',
    })),
    timestamp: '1786728438403',
  });

/** What the parser makes of a frame, or null where it does not take it. */
function parsed(bytes: Buffer, market: WatchedMarket): unknown {
  try {
    return parseChanges(JSON.parse(bytes.toString('utf8')) as WireObject, market);
  } catch {
    return null;
  }
}

/** What the scanner is to make of one that it takes. */
const asScanned = (bytes: Buffer, market: WatchedMarket): unknown => ({
  of: market,
  ...(parsed(bytes, market) as object),
});

describe('a price_change frame read from its bytes', () => {
  it('says what the parser says, or leaves it to the parser', () => {
    fc.assert(
      fc.property(frame, (one) => {
        const bytes = bytesOf(one);
        const scanned = scanner().scan(bytes);
        if (scanned === null) return;
        expect(scanned.of).toBe(one.market);
        expect(scanned).toEqual(asScanned(bytes, one.market));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read whenever it is as the venue writes it', () => {
    const plain = fc.integer({ min: 1, max: 999 }).map((at) => String(at / 1_000));
    const usual = fc.record({
      price: plain,
      size: fc.integer({ min: 0, max: 10_000_000 }).map((size) => String(size / 100)),
      side: fc.constantFrom('BUY', 'SELL'),
      hash: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 40, maxLength: 40 }),
      best_bid: plain,
      best_ask: plain,
    });
    const both = fc.array(fc.tuple(usual, fc.boolean()), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...MARKETS), both, (market, pairs) => {
        const rows = pairs.flatMap(([fields, isYesFirst]) => {
          const yes = { asset_id: market.yesTokenId, ...fields };
          const no = { asset_id: market.noTokenId, ...fields };
          return isYesFirst ? [yes, no] : [no, yes];
        });
        const bytes = bytesOf({ market, rows, timestamp: '1795373206847' });
        expect(scanner().scan(bytes)).toEqual(asScanned(bytes, market));
      }),
    );
  });

  it('is left to the parser, or read alike, when any byte of it is another', () => {
    const good = fc.constantFrom(...MARKETS).map((market) => ({ market, bytes: usualBytes(market) }));
    fc.assert(
      fc.property(good, fc.nat(), fc.nat(255), fc.boolean(), ({ market, bytes }, where, byte, isCut) => {
        const changed = Buffer.from(bytes);
        changed[where % changed.length] = byte;
        const given = isCut ? changed.subarray(0, where % (changed.length + 1)) : changed;
        const scanned = scanner().scan(given);
        if (scanned === null) return;
        expect(scanned).toEqual(asScanned(given, market));
      }),
      { numRuns: 5_000 },
    );
  });

  it('is left to the parser, or read alike, when it is written in another way', () => {
    // Each of these says something else than the frame did, or says it otherwise; which of both, the parser knows.
    const rewritings: readonly (readonly [found: RegExp, written: string])[] = [
      [/"price":"0.06"/, '"price":"0\\u002e06"'],
      [/"size":"374.34"/, '"size":374.34'],
      [/"size":"374.34"/, '"size":"374.34","size":"1"'],
      [/"size":"374.34"/, '"size":"9007199254740993"'],
      [/"size":"374.34"/, '"size":"999999999.999999"'],
      [/"price":"0.06","size":"374.34"/, '"size":"374.34","price":"0.06"'],
      [/"best_bid":"0.07","best_ask":"0.08"/, '"best_ask":"0.08","best_bid":"0.07"'],
      [/"best_ask":"0.08"/, '"best_ask":"0.08","best_ask":"0.09"'],
      [/"best_ask":"0.08"/, '"best_ask":""'],
      [/"best_bid":"0.07"/, '"best_bid":"1.0001"'],
      [/"best_bid":"0.07"/, '"best_bid":null'],
      [/"side":"BUY"/, '"side":"SELL"'],
      [/"side":"BUY"/, '"side":"BUYS"'],
      [/"hash":"f/, '"hash":"\\""'],
      [/,"event_type"/, ',"market":"0x0","event_type"'],
      [/"timestamp":"1786728438403"/, '"timestamp":"17867284384030"'],
      [/"timestamp":"1786728438403"/, '"timestamp":1786728438403'],
      [/,"/, ', "'],
      [/\}\],"timestamp"/, '}, {"asset_id":"3"}],"timestamp"'],
    ];
    const market = MARKETS[0] as WatchedMarket;
    const plain = usualBytes(market).toString('latin1');
    let left = 0;
    for (const [found, written] of rewritings) {
      for (const where of [found, new RegExp(`(?<=asset_id.*asset_id.*)${found.source}`)]) {
        const bytes = Buffer.from(plain.replace(where, written), 'latin1');
        const scanned = scanner().scan(bytes);
        if (scanned === null) left += 1;
        else expect(scanned, bytes.toString('latin1')).toEqual(asScanned(bytes, market));
      }
    }
    expect(left).toBeGreaterThan(rewritings.length);
  });

  it('is not completed by what an older and longer frame has left behind', () => {
    const made = scanner();
    const market = MARKETS[0] as WatchedMarket;
    const bytes = usualBytes(market);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(made.scan(bytes)?.of).toBe(market);
      expect(made.scan(bytes.subarray(0, length)), `cut to ${length} bytes`).toBeNull();
    }
  });

  it('is read alike with very many rows, and left to the parser where it is longer than any of the venue', () => {
    const market = MARKETS[0] as WatchedMarket;
    for (const [rows, isRead] of [
      [300, true],
      [600, false],
    ] as const) {
      const bytes = usualBytes(market, rows);
      const scanned = scanner().scan(bytes);
      expect(scanned).toEqual(isRead ? asScanned(bytes, market) : null);
    }
  });

  it('is not read for a market that was taken out, or never put in', () => {
    const made = scanner();
    const [first, second] = MARKETS as [WatchedMarket, WatchedMarket];
    const bytes = bytesOf({
      market: second,
      rows: [
        {
          asset_id: '81',
          price: '0.5',
          size: '1',
          side: 'BUY',
          hash: 'f'.repeat(40),
          best_bid: '0.5',
          best_ask: '0.6',
        },
      ],
      timestamp: '1786728438403',
    });
    expect(made.scan(bytes)?.of).toBe(second);
    made.remove(first);
    expect(made.scan(bytes)?.of).toBe(second);
    made.remove(second);
    expect(made.scan(bytes)).toBeNull();
  });
});

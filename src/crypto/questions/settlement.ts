import { HOUR_MS, parseInstant } from './civil-time.ts';
import { type DescribedRules, twapIn } from './description.ts';
import type { Side } from './levels.ts';
import {
  type ClassifiedKind,
  type Origin,
  type OtherPayoff,
  other,
  PRICE_SOURCES,
  type PriceSource,
  type QuestionText,
  type SettlementRule,
} from './payoff.ts';
import type { Shape } from './shape.ts';
import type { ResolvedWindow } from './window.ts';

/** From this day on the venue settles up-or-down markets of minutes on a TWAP of Chainlink (its listings carry the seconds). */
const TWAP_SINCE_MS = parseInstant('2026-08-07') ?? 0;

export interface Stated<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** How long an up-or-down window is by its words, even where its year is unknown: noon to noon, an hour, or from one time to another. */
export function lengthOf({ clock }: Shape, { window }: ResolvedWindow): number {
  if (window.startAtMs !== null && window.endAtMs !== null) return window.endAtMs - window.startAtMs;
  if (clock === null) return 24 * HOUR_MS;
  const minutes = clock.toMinutes === null ? 60 : (clock.toMinutes - clock.fromMinutes + 1_440) % 1_440;
  return (minutes * HOUR_MS) / 60;
}

/** Who publishes the deciding price: by the rules, the listing or the question, else as the venue has always had it. */
export function sourceOf(
  shape: Shape,
  resolved: ResolvedWindow,
  text: QuestionText,
  rules: DescribedRules | null,
): Stated<PriceSource> {
  if (rules?.source != null)
    return { value: rules.source, origin: { field: 'description', text: rules.source } };
  const address = (text.resolutionSource ?? '').toLowerCase();
  const listed = PRICE_SOURCES.find((source) =>
    address.includes(source === 'chainlink' ? 'chain.link' : source),
  );
  if (listed !== undefined) return { value: listed, origin: { field: 'resolutionSource', text: address } };
  if (shape.source !== null)
    return { value: shape.source, origin: { field: 'question', text: shape.source } };
  if (rules?.namesSource === true)
    return { value: 'unnamed', origin: { field: 'description', text: 'resolution source' } };
  const length = lengthOf(shape, resolved);
  const isShort = shape.kind === 'up-or-down' && length !== HOUR_MS && length < 12 * HOUR_MS;
  return isShort
    ? { value: 'chainlink', origin: { field: 'habit', text: 'windows of minutes settle on Chainlink' } }
    : { value: 'binance', origin: { field: 'habit', text: 'candles of Binance' } };
}

/** Seconds of the TWAP; 0 where there is one of unknown length, null where spot settles. */
export function twapOf(
  shape: Shape,
  resolved: ResolvedWindow,
  text: QuestionText,
  rules: DescribedRules | null,
  source: PriceSource,
): Stated<number | null> | OtherPayoff {
  const habit: Origin = { field: 'habit', text: 'by the kind of the market' };
  const listed = twapIn(text.resolutionSource ?? '');
  const stated: Stated<number | null>[] = [];
  if (text.twapLookbackSeconds != null)
    stated.push({
      value: text.twapLookbackSeconds,
      origin: { field: 'cryptoMarketConfig', text: `${text.twapLookbackSeconds} s` },
    });
  if (listed !== null)
    stated.push({ value: listed, origin: { field: 'resolutionSource', text: text.resolutionSource ?? '' } });
  if (rules?.twapSeconds != null)
    stated.push({ value: rules.twapSeconds, origin: { field: 'description', text: 'TWAP' } });
  const lengths = new Set(stated.flatMap(({ value }) => (value === null || value === 0 ? [] : [value])));
  if (lengths.size > 1)
    return other('disagreement', `the TWAP has ${[...lengths].join(' and ')} seconds in different places`);
  const [length] = lengths;
  const [first] = stated;
  if (first !== undefined) return { value: length ?? 0, origin: first.origin };
  const isTwapTime =
    shape.kind === 'up-or-down' &&
    source === 'chainlink' &&
    (resolved.window.endAtMs ?? 0) >= TWAP_SINCE_MS &&
    text.twapLookbackSeconds !== null;
  return isTwapTime
    ? { value: 0, origin: { field: 'habit', text: 'Chainlink markets settle on a TWAP since 7 August 2026' } }
    : { value: null, origin: habit };
}

/** The rule that decides, by kind: what the description says, else what the venue has always done. */
export function settlementOf(
  kind: ClassifiedKind,
  side: Side | null,
  rules: DescribedRules | null,
  isHourLong: boolean,
  source: PriceSource,
): SettlementRule {
  switch (kind) {
    case 'one-touch':
      return side === null
        ? 'one-minute-high-or-low'
        : side === 'above'
          ? 'one-minute-high'
          : 'one-minute-low';
    case 'first-to-hit':
      return 'one-minute-high-or-low';
    case 'up-or-down':
      if (isHourLong && source === 'binance') return 'one-hour-close-against-open';
      return source === 'binance' ? 'one-minute-close' : 'spot-at-end-against-start';
    default:
      return source === 'binance' && rules?.isHourly !== true ? 'one-minute-close' : 'close';
  }
}

import type { DirectionalStatus, RunSummary } from '../app/index.ts';
import { utcText } from '../domain/utc-text.ts';

/** Signals shown; the rest is in `--json`. */
const MOST_SHOWN = 6;

const PLAIN = (text: string): string => text;

/**
 * Directional trading as lines: what it looks at, what it holds and why, and why it does nothing where it does nothing. `warn` marks what a
 * person has to look at. Nothing while it is switched off and holds nothing.
 */
export function directionalLines(
  status: DirectionalStatus | null,
  nowMs: number,
  warn: (text: string) => string = PLAIN,
): string[] {
  if (status === null) return [];
  const { enabled, exitsEnabled, positions, resting, withEdge, aiCheck, nothingBecause, realised } = status;
  if (!enabled && positions.length + resting.length + realised.closed === 0) return [];
  return [
    headline(status, nowMs),
    ...(nothingBecause === null ? [] : [`  nothing is entered: ${nothingBecause}`]),
    ...(exitsEnabled || positions.length === 0
      ? []
      : [warn('  nothing is sold: exits are switched off (CD_EXIT_ENABLED)')]),
    ...status.coinsStopped.map(({ coin, because }) => warn(`  nothing is entered on ${coin}: ${because}`)),
    ...aiLines(aiCheck, nowMs, warn),
    recalibrationLine(status.recalibration),
    ...positions.map((position) => positionLine(position, nowMs)),
    ...resting.map(
      ({ clientId, slug, outcome, shares, pricePts, sinceMs }) =>
        `  ${clientId} bids ${pricePts.toFixed(1)} for ${shares.toFixed(2)} ${outcome} of ${named(slug)}, ${age(nowMs - sinceMs)}`,
    ),
    ...withEdge
      .slice(0, MOST_SHOWN)
      .map(
        ({ slug, outcome, probabilityPct, pricePts, edgePts, action, why }) =>
          `  edge ${edgePts.toFixed(1)}: ${outcome} of ${named(slug)} at ${pricePts.toFixed(1)} is worth ${probabilityPct.toFixed(1)}; ${action === 'entered' ? 'entered' : why}`,
      ),
    ...(withEdge.length > MOST_SHOWN
      ? [`  and ${withEdge.length - MOST_SHOWN} more with edge; --json has them all`]
      : []),
  ];
}

/** What came of a run's directional trades. Nothing where nothing was bought on the model's word. */
export function tradesLines(trades: RunSummary['directional']): string[] {
  if (trades === null || trades.opened + trades.closed + trades.open === 0) return [];
  const { opened, closed, realisedUsd, open } = trades;
  return [
    `directional: ${opened} positions opened, ${closed} closed for ${realisedUsd.toFixed(2)} USD net of fees, ${open} open at the end`,
  ];
}

function headline(status: DirectionalStatus, nowMs: number): string {
  const { lastCycleAtMs, marketsInScope, coinMarkets, withEdge, resting, positions, realised } = status;
  const cycle = lastCycleAtMs === null ? 'no cycle yet' : `last cycle ${age(nowMs - lastCycleAtMs)} ago`;
  return `directional: ${status.enabled ? cycle : 'entries are switched off'}, ${marketsInScope} of ${coinMarkets} coin markets in scope, ${withEdge.length} with edge, ${resting.length} ${resting.length === 1 ? 'entry rests' : 'entries rest'}, ${positions.length} ${positions.length === 1 ? 'position' : 'positions'} open, ${realised.closed} closed, realised ${realised.realisedUsd.toFixed(2)} USD; ${status.entriesToday} of ${status.maxEntriesPerDay} entries today`;
}

/** Where no model has to be asked, its silence stops nothing. */
function aiLines(
  { enabled, asking, failing }: DirectionalStatus['aiCheck'],
  nowMs: number,
  warn: (text: string) => string,
): string[] {
  if (!enabled) return ['  no model is asked before entries (CD_PRETRADE_AI_ENABLED)'];
  if (failing !== null)
    return [
      warn(
        `  the check before entries fails, ${failing.times} times: ${failing.because}; no entry without it, asked again in ${age(failing.untilMs - nowMs)}`,
      ),
    ];
  return asking === 0 ? [] : [`  a model is asked about ${asking} ${asking === 1 ? 'entry' : 'entries'}`];
}

function recalibrationLine({
  enabled,
  inUse,
  markets,
  coinDays,
  days,
}: DirectionalStatus['recalibration']): string {
  const known = `${markets} resolved ${markets === 1 ? 'market' : 'markets'} of ${days} ${days === 1 ? 'day' : 'days'}`;
  if (inUse) return `  probabilities are recalibrated on ${known}`;
  if (!enabled) return `  probabilities are the model’s own (CD_RECALIBRATE=false); known so far: ${known}`;
  return `  probabilities are the model’s own: too few have resolved to recalibrate, ${known} with ${coinDays} pairs of coin and day`;
}

function positionLine(position: DirectionalStatus['positions'][number], nowMs: number): string {
  const { slug, outcome, shares, entryPts, midPts, unrealisedUsd, realisedUsd, endAtMs, heldBecause } =
    position;
  const now = midPts === null ? 'no middle now' : `now ${midPts.toFixed(1)}`;
  const gain = unrealisedUsd === null ? '' : `, ${signed(unrealisedUsd)} USD`;
  const realised = realisedUsd === 0 ? '' : `, realised ${signed(realisedUsd)}`;
  const end =
    endAtMs === null
      ? 'no end named'
      : endAtMs > nowMs
        ? `ends in ${age(endAtMs - nowMs)}`
        : `ended ${utcText(endAtMs)}`;
  return `  holds ${shares.toFixed(2)} ${outcome} of ${named(slug)}: bought at ${entryPts.toFixed(1)}, ${now}${gain}${realised}, ${end}; ${heldBecause}`;
}

const SLUG_WIDTH = 48;
const named = (slug: string): string =>
  slug.length > SLUG_WIDTH ? `${slug.slice(0, SLUG_WIDTH - 1)}…` : slug;
const signed = (amount: number): string => `${amount >= 0 ? '+' : ''}${amount.toFixed(2)}`;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** `40 s`, `12 min`, `3.5 h`, `2.0 days`. */
function age(ms: number): string {
  const left = Math.max(0, ms);
  if (left < 2 * MINUTE_MS) return `${Math.round(left / 1_000)} s`;
  if (left < 2 * HOUR_MS) return `${Math.round(left / MINUTE_MS)} min`;
  return left < 48 * HOUR_MS
    ? `${(left / HOUR_MS).toFixed(1)} h`
    : `${(left / (24 * HOUR_MS)).toFixed(1)} days`;
}

import type { CandidateStatus, ScannerStatus } from '../app/index.ts';

/** Candidates shown; the rest is in `--json`. */
const MOST_SHOWN = 12;

/** What the scanner sees and why markets are not quoted, as lines: counts by reason, then the best candidates with their figures. */
export function scannerLines(scanner: ScannerStatus, nowMs: number): string[] {
  const { rewards } = scanner;
  const age = (atMs: number | null): string =>
    atMs === null ? 'never' : `${Math.max(0, Math.round((nowMs - atMs) / 1_000))} s ago`;
  const earned =
    rewards.earnedTodayUsd === null
      ? 'not asked yet what was earned'
      : `${rewards.earnedTodayUsd.toFixed(2)} earned by the venue's account (${age(rewards.earnedAsOfMs)})`;
  const shown = scanner.candidates.slice(0, MOST_SHOWN);
  return [
    `scanner: listed ${age(scanner.listedAtMs)}, ${scanner.watched} markets watched, ranked by ${scanner.ranking}${scanner.rewardsCount ? '' : ' without rewards, which would stay below a dollar a day'}`,
    ...scanner.excluded.map(
      ({ reason, count, slugs }) => `  ${String(count).padStart(5)} ${reason}: ${firstOf(slugs, count)}`,
    ),
    `rewards: ${rewards.promisedTodayUsd.toFixed(2)} USD promised today, ${earned}; a promised dollar counts for ${rewards.paidRatio.toFixed(2)}`,
    ...(shown.length === 0
      ? []
      : ['candidate                        spread  within 5 pts  changes/min  USD/day  age  why not']),
    ...shown.map((one) => candidateLine(one, nowMs)),
  ];
}

const firstOf = (slugs: readonly string[], count: number): string =>
  `${slugs.slice(0, 3).join(', ')}${count > 3 ? ', ...' : ''}`;

function candidateLine(one: CandidateStatus, nowMs: number): string {
  const { book, activity, value } = one;
  const figure = (found: number | null | undefined, width: number, decimals: number): string =>
    (found == null ? '-' : found.toFixed(decimals)).padStart(width);
  const total = value === null ? null : value.tradingUsdPerDay + value.rewardUsdPerDay;
  const age = one.asOfMs === null ? '-' : `${Math.round((nowMs - one.asOfMs) / 1_000)}s`;
  return `${one.slug.slice(0, 32).padEnd(32)} ${figure(book?.spreadPts, 6, 1)} ${figure(book?.depthUsd['5pts'], 13, 0)} ${figure(activity.changesPerMin, 12, 1)} ${figure(total, 8, 2)} ${age.padStart(4)}  ${one.reason ?? 'quoted'}`;
}

import type { ScorerStatus } from '../app/index.ts';

/** Scores shown, the worst first; the rest is in `--json`. */
const MOST_SHOWN = 8;

/** How scoring goes and what it says, as lines. Where it is off there is nothing to say. */
export function scorerLines(scorer: ScorerStatus | null, nowMs: number): string[] {
  if (scorer === null || !scorer.enabled) return [];
  const { counts, failing, callsThisHour, maxCallsPerHour, markets } = scorer;
  const asked =
    scorer.askedAtMs === null
      ? 'no question under way'
      : `a question under way for ${seconds(nowMs - scorer.askedAtMs)}`;
  return [
    `scorer: ${markets.length} markets scored, ${scorer.minScore} of 10 needed, ${asked}; markets without a score are ${scorer.failOpen ? 'quoted' : 'left out'}`,
    `  ${callsThisHour} of ${maxCallsPerHour} questions this hour; ${counts.asked} in all, ${counts.failed} failed, ${counts.inputTokens} tokens in, ${counts.outputTokens} out`,
    ...(failing === null
      ? []
      : [
          `  FAILING ${failing.times} times: ${failing.because}; asked again in ${seconds(failing.untilMs - nowMs)}`,
        ]),
    ...markets
      .slice(0, MOST_SHOWN)
      .map(
        ({ slug, of10, effect, flags, note }) =>
          `  ${of10.toFixed(1).padStart(4)} ${slug.slice(0, 32).padEnd(32)} ${effect.padEnd(8)} ${[...flags, note].filter((part) => part !== '').join(', ')}`,
      ),
  ];
}

const seconds = (ms: number): string => `${Math.max(0, Math.round(ms / 1_000))} s`;

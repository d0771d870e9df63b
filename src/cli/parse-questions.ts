import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { isTradable, type Payoff, parseQuestion, type QuestionText } from '../crypto/questions/index.ts';
import { utcText } from '../domain/utc-text.ts';
import { readWords } from './arguments.ts';
import { EXIT_BAD_INPUT } from './read-settings.ts';

/** `./run parse-questions FILE` says of each question what it pays on. It needs no settings, no network and no model. */
const USAGE = `./run parse-questions FILE   (FILE has one JSON object a line, or is - for standard input)
  question     the question, or a ladder's label such as "↑ 150,000"
  slug, eventTitle, description, endDate   if known; outcomes, a list of two names or that list as text; so may be groupItemTitle, resolutionSource, eventStartTime and cryptoMarketConfig`;
const MOST_LINE_CHARACTERS = 1_000_000;

const text = z.string().nullish();
/** A line of ours, or a market as the venue lists it; what else it has is passed over. */
const lineSchema = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  question: z.string().min(1),
  slug: text,
  eventTitle: text,
  description: text,
  endDate: text,
  groupItemTitle: text,
  resolutionSource: text,
  eventStartTime: text,
  outcomes: z.union([z.array(z.string()), z.string().transform(namesIn)]).nullish(),
  events: z.array(z.object({ title: text })).nullish(),
  cryptoMarketConfig: z
    .object({ twapEnabled: z.boolean().nullish(), twapLookbackSeconds: z.number().nonnegative().nullish() })
    .nullish(),
});
type Line = z.output<typeof lineSchema>;

// Whoever reads may stop early, as head does; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const [file = ''] = readWords(USAGE, {}, 1).words;
await parseLines(file);

async function parseLines(path: string): Promise<void> {
  let number = 0;
  let bad = 0;
  try {
    const input = path === '-' ? process.stdin : createReadStream(path);
    for await (const raw of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      const line = number === 1 ? raw.replace(/^\uFEFF/, '') : raw;
      if (line.trim() === '') continue;
      const read = lineIn(line);
      if (typeof read === 'string') {
        bad += 1;
        console.error(`${nameOf(path)}, line ${number}: ${read}`);
      } else await writeLine(JSON.stringify(answerOf(number, read)));
    }
  } catch (error) {
    console.error(
      `${nameOf(path)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exitCode = EXIT_BAD_INPUT;
  }
  if (bad > 0) process.exitCode = EXIT_BAD_INPUT;
}

/** Waits for a slow reader instead of keeping in memory what it has not read. */
async function writeLine(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

/** The venue lists names as JSON in a text. */
function namesIn(json: string, { addIssue }: z.RefinementCtx): string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(json));
  } catch {
    addIssue({ code: 'custom', message: 'expected a list of names, or one as JSON text' });
    return z.NEVER;
  }
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** The line, or what is wrong with it, what was expected, and what to do. */
function lineIn(line: string): Line | string {
  if (line.length > MOST_LINE_CHARACTERS)
    return `found ${line.length} characters, expected at most ${MOST_LINE_CHARACTERS}; put one JSON object on each line`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    return `found no JSON (${error instanceof Error ? error.message : String(error)}), expected one object such as {"question":"Will Bitcoin be above $60,000 on June 24?"}`;
  }
  const checked = lineSchema.safeParse(parsed);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const where = issue?.path.join('.') ?? '';
  return `found ${where === '' ? 'no object' : `an unusable "${where}"`} (${issue?.message ?? 'unknown'}), expected an object with "question" as text, and its other fields as text if they are there`;
}

function questionOf(line: Line): QuestionText {
  const { cryptoMarketConfig: config } = line;
  return {
    question: line.question,
    eventTitle: line.eventTitle ?? line.events?.[0]?.title ?? undefined,
    outcomeNames: line.outcomes ?? undefined,
    slug: line.slug ?? undefined,
    description: line.description ?? undefined,
    endDate: line.endDate ?? undefined,
    groupItemTitle: line.groupItemTitle ?? undefined,
    resolutionSource: line.resolutionSource ?? undefined,
    eventStartTime: line.eventStartTime ?? undefined,
    twapLookbackSeconds: twapSecondsOf(config),
  };
}

/** Null where the listing says that no TWAP settles it, 0 where one does whose seconds it leaves out. */
function twapSecondsOf(config: Line['cryptoMarketConfig']): number | null | undefined {
  if (config?.twapEnabled === false) return null;
  return config?.twapLookbackSeconds ?? (config?.twapEnabled === true ? 0 : undefined);
}

function answerOf(number: number, line: Line): object {
  const payoff = parseQuestion(questionOf(line));
  return { line: number, ...(line.id == null ? {} : { id: line.id }), ...shown(payoff) };
}

/** Every answer has the same fields, so that a script need not ask which are there. Times are ISO 8601 in UTC. */
function shown(payoff: Payoff): object {
  if (payoff.kind === 'other') {
    const none = { coin: null, direction: null, strikes: [], window: null, source: null, settlement: null };
    const { cause, reason } = payoff;
    return {
      kind: 'other',
      tradable: false,
      ...none,
      twapLookbackSeconds: null,
      missing: [],
      cause,
      reason,
      from: {},
    };
  }
  const {
    kind,
    coin,
    direction,
    strikesUsd,
    window,
    source,
    settlement,
    twapLookbackSeconds,
    missing,
    from,
  } = payoff;
  const [start, end] = [window.startAtMs, window.endAtMs].map((atMs) =>
    atMs === null ? null : utcText(atMs),
  );
  return {
    kind,
    tradable: isTradable(payoff),
    coin,
    direction,
    strikes: strikesUsd,
    window: { start, end, timezone: window.zone },
    source,
    settlement,
    twapLookbackSeconds,
    missing,
    cause: null,
    reason: null,
    from,
  };
}

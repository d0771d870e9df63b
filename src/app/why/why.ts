import type { ConditionId, Market } from '../../domain/market.ts';
import { isTerminal } from '../../domain/order.ts';
import type { Input } from '../../kernel/messages.ts';
import type { JournalEntry } from '../../ports/journal.ts';
import {
  createDirectionalTeller,
  DIRECTIONAL_KINDS,
  type DirectionalStory,
  type ShownTrade,
} from './directional-story.ts';
import { explainOrder, type OrderExplanation } from './explain-order.ts';
import { findSubjects, type NamedMarket, type Subject } from './find-subject.ts';
import { createMarketTeller, MARKET_KINDS, type MarketExplanation } from './market-story.ts';
import { createStoryTeller, STORY_KINDS } from './order-story.ts';
import { type KnownRun, runAndHeirs, runChains, runsIn } from './run-chain.ts';
import { scanJournal } from './scan-journal.ts';

export type Explanation =
  | (OrderExplanation & {
      readonly market: NamedMarket | null;
      /** What came of the directional trade that the order belongs to; null for any other order. */
      readonly trade: ShownTrade | null;
    })
  | (MarketExplanation & { readonly directional: DirectionalStory });

export type WhyAnswer =
  | { readonly found: 'one'; readonly explanation: Explanation }
  | { readonly found: 'several'; readonly candidates: readonly Subject[] }
  | { readonly found: 'none'; readonly runs: number };

export interface WhyOptions {
  /** A data folder, or the folder of one run. */
  readonly directory: string;
  /** As things stood then; infinity for the end of what is written. */
  readonly atMs: number;
  readonly onProgress: (bytes: number) => void;
}

/** Explains what a word means in the newest run that knows it. */
export async function why(word: string, options: WhyOptions): Promise<WhyAnswer> {
  const { directory, atMs, onProgress } = options;
  const runs = runsIn(directory).filter(({ startedAtMs }) => startedAtMs <= atMs);
  for (const run of [...runs].reverse()) {
    const subjects = await findSubjects(run, word, atMs, onProgress);
    const [subject] = subjects;
    if (subjects.length > 1) return { found: 'several', candidates: subjects };
    if (subject === undefined) continue;
    const explanation =
      subject.kind === 'order'
        ? await whyOrder(subject, runAndHeirs(runs, run), runs, options)
        : await whyMarket(subject.market, run, runs, options);
    return { found: 'one', explanation };
  }
  return { found: 'none', runs: runs.length };
}

/** Follows one order from the run that placed it through those that continued it. */
async function whyOrder(
  { clientId, orderId }: Extract<Subject, { kind: 'order' }>,
  runs: readonly KnownRun[],
  allRuns: readonly KnownRun[],
  options: WhyOptions,
): Promise<Explanation> {
  const { atMs, onProgress } = options;
  const teller = createStoryTeller((id) => id === clientId);
  const names = [`"${clientId}"`, ...(orderId === null ? [] : [orderId])].map((name) => Buffer.from(name));
  for (const run of runs) {
    await scanJournal(run.directory, {
      untilMs: atMs,
      onProgress,
      onEntry: teller.tell,
      // A run that starts and a cancel of everything concern every order, and a list of live orders those that are not on it.
      wants: (kind, line) =>
        STORY_KINDS.has(kind) && (CONCERNS_ALL.has(kind) || names.some((name) => line.includes(name))),
    });
    const story = teller.stories.get(clientId);
    if (story?.record != null && isTerminal(story.record.state)) break;
  }
  teller.finish();
  const story = teller.stories.get(clientId);
  if (story === undefined) throw new Error(`order ${clientId} was found and then not found any more`);
  const lastRun = runs.at(-1);
  const isOver = atMs === Number.POSITIVE_INFINITY && lastRun?.isOver === true;
  const run = runs[0] as KnownRun;
  const market = await listingOf(story.conditionId, run, onProgress);
  const explained = explainOrder(story, isOver);
  const named = market === null ? null : nameOf(market);
  if (explained.directional === null) return { ...explained, market: named, trade: null };
  const { trades } = await directionalOf(story.conditionId, market, run, allRuns, options);
  const isOf = ({ entry, exits }: ShownTrade): boolean =>
    entry === clientId || exits.some((exit) => exit.clientId === clientId);
  return { ...explained, market: named, trade: trades.find(isOf) ?? null };
}

/** Directional trades go on over runs: the one that sells is often not the one that bought. */
async function directionalOf(
  conditionId: ConditionId,
  market: Market | null,
  run: KnownRun,
  runs: readonly KnownRun[],
  { atMs, onProgress }: WhyOptions,
): Promise<DirectionalStory> {
  const teller = createDirectionalTeller(conditionId);
  const id = Buffer.from(conditionId);
  const chain = runChains(runs).find((one) => one.some(({ runId }) => runId === run.runId)) ?? [run];
  for (const { directory } of chain)
    await scanJournal(directory, {
      untilMs: atMs,
      onProgress,
      onEntry: teller.tell,
      // The names of orders stand in lines that name no market.
      wants: (kind, line) => DIRECTIONAL_KINDS.has(kind) && (kind === 'ordersPrepared' || line.includes(id)),
    });
  return teller.explain(market);
}

const CONCERNS_ALL = new Set(['runStarted', 'cancelAll', 'openOrdersRead', 'cancelAnswered']);

/** The market as the listings of a run first have it. */
async function listingOf(
  conditionId: string,
  run: KnownRun,
  onProgress: (bytes: number) => void,
): Promise<Market | null> {
  let listing: Market | null = null;
  const take = ({ body }: JournalEntry): void => {
    const { markets } = body as Extract<Input, { kind: 'marketsListed' }>;
    listing = markets.find((listed) => listed.conditionId === conditionId) ?? listing;
  };
  await scanJournal(run.directory, {
    untilMs: Number.POSITIVE_INFINITY,
    onProgress,
    onEntry: take,
    wants: (kind) => kind === 'marketsListed' && listing === null,
  });
  return listing;
}

const nameOf = ({ conditionId, slug, question }: Market): NamedMarket => ({ conditionId, slug, question });

async function whyMarket(
  market: NamedMarket,
  run: KnownRun,
  runs: readonly KnownRun[],
  options: WhyOptions,
): Promise<Explanation> {
  const { atMs, onProgress } = options;
  const teller = createMarketTeller(market);
  const id = Buffer.from(market.conditionId);
  await scanJournal(run.directory, {
    untilMs: atMs,
    onProgress,
    onEntry: teller.tell,
    wants: (kind, line) => MARKET_KINDS.has(kind) && (kind !== 'decision' || line.includes(id)),
  });
  const listing = await listingOf(market.conditionId, run, onProgress);
  const directional = await directionalOf(market.conditionId, listing, run, runs, options);
  return { ...teller.explain(), directional };
}

/** How many orders of the runs in a folder have a whole chain. */
export interface CheckedOrders {
  readonly runs: number;
  readonly orders: number;
  readonly explained: number;
  readonly unexplained: number;
  /** Explained orders that had no end when the journal was read. */
  readonly open: number;
  /** By how they ended. */
  readonly ends: Readonly<Record<string, number>>;
  /** The first of those that are not explained, with what is missing. */
  readonly examples: readonly {
    readonly runId: string;
    readonly clientId: string;
    readonly missing: readonly string[];
  }[];
  /** Unreadable lines before the end of a journal. */
  readonly tornLines: number;
}

/** How long an ended order is followed for fills that come late. */
const KEEP_ENDED_MS = 10 * 60_000;
const CHECK_EVERY_ENTRIES = 20_000;
const MOST_EXAMPLES = 10;

/** Puts together the chain of every order of every run in a folder, and counts. */
export async function checkEveryOrder({ directory, atMs, onProgress }: WhyOptions): Promise<CheckedOrders> {
  const runs = runsIn(directory);
  const counts = { orders: 0, explained: 0, unexplained: 0, open: 0, ends: {} as Record<string, number> };
  const examples: { runId: string; clientId: string; missing: readonly string[] }[] = [];
  let tornLines = 0;
  const count = (explanation: OrderExplanation): void => {
    counts.orders += 1;
    if (explanation.missing.length > 0) {
      counts.unexplained += 1;
      const { runId, clientId, missing } = explanation;
      if (examples.length < MOST_EXAMPLES) examples.push({ runId, clientId, missing });
      return;
    }
    counts.explained += 1;
    if (explanation.end === null) counts.open += 1;
    else counts.ends[explanation.end.state] = (counts.ends[explanation.end.state] ?? 0) + 1;
  };
  for (const chain of runChains(runs)) {
    const teller = createStoryTeller(() => true);
    const sweep = (beforeMs: number, isOver: boolean): void => {
      for (const story of [...teller.stories.values()]) {
        const endedAtMs = story.record === null ? 0 : story.record.terminalAtMs;
        if (beforeMs !== Number.POSITIVE_INFINITY && (endedAtMs === null || endedAtMs > beforeMs)) continue;
        count(explainOrder(story, isOver));
        teller.drop(story.clientId);
      }
    };
    let entries = 0;
    for (const run of chain) {
      const scanned = await scanJournal(run.directory, {
        untilMs: atMs,
        onProgress,
        onEntry: (entry) => {
          teller.tell(entry);
          entries += 1;
          if (entries % CHECK_EVERY_ENTRIES === 0) sweep(teller.atMs - KEEP_ENDED_MS, false);
        },
        wants: (kind) => STORY_KINDS.has(kind),
      });
      tornLines += scanned.torn;
    }
    teller.finish();
    sweep(Number.POSITIVE_INFINITY, chain.at(-1)?.isOver === true && atMs === Number.POSITIVE_INFINITY);
  }
  return { runs: runs.length, ...counts, examples, tornLines };
}

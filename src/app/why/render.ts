import { directionalMarketLines, directionalOrderLines } from './directional-lines.ts';
import type { OrderExplanation, ShownLevel } from './explain-order.ts';
import type { MarketExplanation } from './market-story.ts';
import { dayTime, type Row, table } from './rows.ts';
import type { Explanation } from './why.ts';

/** How a word is shown that means something good, something to look at, or something wrong. */
export interface Paint {
  title(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
}

const plain = (text: string): string => text;
export const NO_PAINT: Paint = { title: plain, good: plain, warn: plain, bad: plain };

/** The explanation as the lines that a person reads. Times are UTC. */
export const explanationLines = (explanation: Explanation, paint: Paint): string[] =>
  explanation.kind === 'order' ? orderLines(explanation, paint) : marketLines(explanation, paint);

function orderLines(explained: Extract<Explanation, { kind: 'order' }>, paint: Paint): string[] {
  const { order, market, clientId, orderId, runId, state, missing } = explained;
  return [
    paint.title(`order ${clientId}${order === null ? '' : `: ${orderText(order)}`}`),
    ...table([
      ['market', market === null ? explained.conditionId : `${market.question} (${market.slug})`],
      ['order id', orderId ?? 'never signed'],
      ['run', runId],
      ['state', stateText(state, paint)],
      ['end', explained.end === null ? 'none yet' : `${dayTime(explained.end.atMs)}, ${explained.end.why}`],
    ]),
    '',
    ...(explained.directional === null
      ? quoteLines(explained, paint)
      : directionalOrderLines(explained.directional, explained.trade, paint)),
    '',
    paint.title('its life'),
    ...explained.life.map(
      ({ atMs, text, state: after }) => `  ${clock(atMs)}  ${text.padEnd(LIFE_WIDTH)}  ${stateName(after)}`,
    ),
    ...fillLines(explained, paint),
    ...(missing.length === 0 ? [] : ['', paint.bad(`the journal does not hold: ${missing.join(', ')}`)]),
  ];
}

/** From what the loop saw to what planner and gate made of it. */
function quoteLines(explained: OrderExplanation, paint: Paint): string[] {
  const { planner, gate } = explained;
  return [
    paint.title(
      `what the loop saw${explained.decidedAtMs === null ? '' : ` at ${dayTime(explained.decidedAtMs)}`}`,
    ),
    ...(explained.inputs === null ? ['  the journal does not say'] : inputLines(explained.inputs)),
    ...engineLines(explained.engine, paint),
    ...stageLines(explained, paint),
    ...(explained.binding.length === 0
      ? []
      : [
          '',
          paint.title('what decided in the end'),
          ...table(explained.binding.map(({ what, by, why }) => [what, `${by}: ${why}`])),
        ]),
    '',
    paint.title('planner and gate'),
    ...table([
      ['planner', planner === null ? paint.bad('the journal does not say') : `placed: ${planner.reason}`],
      ...(planner?.canceled ?? []).map((text): Row => ['', `took off the book ${text}`]),
      ...(planner?.kept ?? []).map((text): Row => ['', `left ${text}`]),
      ...(planner?.deferred ?? []).map((text): Row => ['', `waits with ${text}`]),
      ['gate', gate === null ? paint.bad('the journal does not say') : gateText(gate, paint)],
      ...(gate?.refused ?? []).map((text): Row => ['', paint.warn(`refused beside it: ${text}`)]),
    ]),
  ];
}

const LIFE_WIDTH = 64;

function orderText(order: NonNullable<OrderExplanation['order']>): string {
  const { side, outcome, pts, shares, usd, yesSide, yesPts, level, timeInForce, postOnly } = order;
  const inYes =
    outcome === 'YES'
      ? ''
      : `, which is ${yesSide === 'BUY' ? 'a bid' : 'an ask'} for YES at ${number(yesPts)} pts`;
  return `${side} ${number(shares)} ${outcome} at ${number(pts)} pts (${usd.toFixed(2)} USD)${inYes}, level ${level}, ${timeInForce}${postOnly ? ', post-only' : ''}`;
}

const stateText = (state: string, paint: Paint): string =>
  state === 'filled'
    ? paint.good(stateName(state))
    : state === 'rejected' || state === 'refused' || state === 'unknown'
      ? paint.warn(stateName(state))
      : stateName(state);

/** `partiallyFilled` as words. */
const stateName = (state: string): string => state.replace(/([A-Z])/g, ' $1').toLowerCase();

/** What each input is called, with its unit; null leaves it out of the lines, since another one shows it. */
const INPUTS: readonly (readonly [name: string, show: (of: (key: string) => unknown) => string | null])[] = [
  [
    'book of others',
    (of) =>
      `${pts(of('bookBidPts'))} bid, ${pts(of('bookAskPts'))} ask, tick ${pts(of('tickPts'))}, imbalance ${shown(of('imbalance'))}`,
  ],
  [
    'fair value',
    (of) => `${pts(of('fairPts'))} +- ${pts(of('uncertaintyPts'))} (${shown(of('fairMethod'))})`,
  ],
  [
    'volatility',
    (of) => unit(of('volatilityPtsPerSqrtS'), 'pts per square root of a second', 'not measured yet'),
  ],
  [
    'fill intensity',
    (of) =>
      `${unit(of('kappaPerPt'), 'per pt', 'k not measured yet')}, ${unit(of('fillsPerHour'), 'fills an hour at the fair value', 'A not measured yet')}`,
  ],
  ['mark-out', (of) => unit(of('markoutPts'), 'pts lost a fill on average', 'not measured yet')],
  [
    'inventory',
    (of) =>
      `${shown(of('yesShares'))} YES (${shown(of('yesFreeShares'))} free), ${shown(of('noShares'))} NO (${shown(of('noFreeShares'))} free)`,
  ],
  ['budget', (of) => (typeof of('budgetUsd') === 'number' ? usd(of('budgetUsd') as number) : 'none')],
  ['resolution', (of) => hours(of('hoursToResolution'))],
  [
    'stillness',
    (of) => `stale factor ${shown(of('staleFactor'))}, unwind urgency ${shown(of('unwindUrgency'))}`,
  ],
  [
    'flags',
    (of) =>
      of('eventRisk') === true || of('reduceOnly') === true
        ? [of('eventRisk') === true ? 'event risk' : '', of('reduceOnly') === true ? 'reduce only' : '']
            .filter(Boolean)
            .join(', ')
        : null,
  ],
];
const SHOWN_ABOVE = new Set(
  'bookBidPts bookAskPts tickPts imbalance fairPts uncertaintyPts fairMethod volatilityPtsPerSqrtS kappaPerPt fillsPerHour markoutPts yesShares noShares yesFreeShares noFreeShares budgetUsd hoursToResolution staleFactor unwindUrgency eventRisk reduceOnly'.split(
    ' ',
  ),
);

/** Inputs of a quote by their names; what has no name here, and what other kinds of orders bring, under its own. */
function inputLines(inputs: Readonly<Record<string, unknown>>): string[] {
  const of = (key: string): unknown => inputs[key];
  const known =
    'fairPts' in inputs ? INPUTS.map(([name, show]): [string, string | null] => [name, show(of)]) : [];
  const others = Object.entries(inputs)
    .filter(([key]) => known.length === 0 || !SHOWN_ABOVE.has(key))
    .map(([key, value]): [string, string] => [spaced(key), shown(value)]);
  return table(
    [...known, ...others].flatMap(([name, text]) => (text === null ? [] : [[name, text] as const])),
  );
}

function engineLines(engine: OrderExplanation['engine'], paint: Paint): string[] {
  if (engine === null) return [];
  const { name, bidPts, askPts, reservationPts, halfSpreadPts, skewPts, onlySide, because } = engine;
  return [
    '',
    paint.title(`what the ${name} engine said`),
    ...table([
      ['quote', `${pts(bidPts)} bid, ${pts(askPts)} ask${onlySide === null ? '' : `; only ${onlySide}`}`],
      [
        'around',
        `${pts(reservationPts)}: fair value with a skew of ${pts(skewPts)}, half-spread ${pts(halfSpreadPts)}`,
      ],
      ...Object.entries(because).map(([key, value]): Row => [spaced(key), shown(value)]),
    ]),
  ];
}

function stageLines({ stages, order }: OrderExplanation, paint: Paint): string[] {
  if (stages.length === 0 || order === null) return [];
  const title = `stages of this ${order.yesSide === 'BUY' ? 'bid' : 'ask'}, in points of YES x shares`;
  const names = Math.max(...stages.map(({ stage }) => stage.length));
  const row = (stage: string, before: string, after: string, why: string): string =>
    `  ${stage.padEnd(names)}  ${before.padStart(16)}  ${after.padEnd(32)}  ${why}`;
  return [
    '',
    paint.title(title),
    row('', 'before', 'after', 'why'),
    ...stages.map(({ stage, before, after, why }) =>
      row(stage, levelText(before, false), isSame(before, after) ? '.' : levelText(after, true), why),
    ),
  ];
}

const isSame = (a: ShownLevel | null, b: ShownLevel | null): boolean =>
  a === b || (a !== null && b !== null && a.pts === b.pts && a.shares === b.shares && a.paidBy === b.paidBy);

function levelText(level: ShownLevel | null, withPayer: boolean): string {
  if (level === null) return 'none';
  const { pts: at, shares, paidBy } = level;
  return `${number(at)} x ${number(shares)}${withPayer && paidBy !== 'undecided' ? `, from ${paidBy}` : ''}`;
}

const gateText = (gate: NonNullable<OrderExplanation['gate']>, paint: Paint): string =>
  `${paint.good(gate.verdict)}: with it ${usd(gate.marketExposureUsd)} at risk in the market (limit ${usd(gate.marketLimitUsd)}), ${usd(gate.freeCashUsd)} free`;

function fillLines({ fills }: OrderExplanation, paint: Paint): string[] {
  if (fills.length === 0) return [];
  return [
    '',
    paint.title('its fills'),
    ...fills.map(
      ({ atMs, shares, pts: at, role, status, tradeId }) =>
        `  ${clock(atMs)}  ${number(shares)} shares at ${pts(at)} as ${role.toLowerCase()}, ${status === 'FAILED' ? paint.bad(status) : status.toLowerCase()} (trade ${tradeId})`,
    ),
  ];
}

function marketLines(explained: Extract<Explanation, { kind: 'market' }>, paint: Paint): string[] {
  const { question, slug, conditionId, runId, asOfMs, selection, scored, tradingState, decision, quotes } =
    explained;
  const timed = (of: { atMs: number; text: string } | null): string =>
    of === null ? 'nothing said yet' : `${of.text} (${dayTime(of.atMs)})`;
  return [
    paint.title(`market ${question}`),
    ...table([
      ['slug', slug],
      ['condition id', conditionId],
      ['run', `${runId}, as of ${dayTime(asOfMs)}`],
      ['quoted', explained.isQuoted ? paint.good('yes') : paint.warn('no')],
      ...explained.notQuotedBecause.map(
        (reason, index): Row => [index === 0 ? 'because' : '', timed(reason)],
      ),
      ['scanner', timed(selection)],
      ...(scored === null ? [] : [['scorer', timed(scored)] satisfies Row]),
      ['trading state', timed(tradingState)],
    ]),
    ...(quotes.length === 0 ? [] : ['', paint.title('quotes, in YES')]),
    ...quotes.map(
      ({ yesSide, yesPts, shares, clientId, state, sinceMs, keptBecause }) =>
        `  ${yesSide === 'BUY' ? 'bid' : 'ask'} ${pts(yesPts).padStart(10)} x ${number(shares).padEnd(8)} ${stateName(state)} since ${clock(sinceMs)}  (./run why ${clientId})${keptBecause === null ? '' : `  left: ${keptBecause}`}`,
    ),
    ...(decision === null ? [] : decisionLines(decision, paint)),
    ...directionalMarketLines(explained.directional, paint),
  ];
}

function decisionLines(decision: NonNullable<MarketExplanation['decision']>, paint: Paint): string[] {
  const { atMs, inputs, engine, stages, deferred, refused } = decision;
  return [
    '',
    paint.title(`the last decision that sent something or changed a reason, at ${dayTime(atMs)}`),
    ...(inputs === null ? ['  nothing was priced'] : inputLines(inputs)),
    ...engineLines(engine, paint),
    ...(stages.length === 0
      ? []
      : ['', paint.title('stages'), ...table(stages.map(({ stage, why }) => [spaced(stage), why]))]),
    ...deferred.map((text) => paint.warn(`  waits: ${text}`)),
    ...refused.map((text) => paint.warn(`  refused: ${text}`)),
  ];
}

const shown = (value: unknown): string =>
  typeof value === 'number'
    ? number(value)
    : typeof value === 'string'
      ? value
      : value === null || value === undefined
        ? 'none'
        : JSON.stringify(value);

/** At most four places, and none that say nothing. */
const number = (value: number): string => String(Math.round(value * 1e4) / 1e4);
const pts = (value: unknown): string => (typeof value === 'number' ? `${number(value)} pts` : 'none');
const usd = (value: number): string => `${value.toFixed(2)} USD`;
const unit = (value: unknown, of: string, without: string): string =>
  typeof value === 'number' ? `${number(value)} ${of}` : without;

const hours = (value: unknown): string =>
  typeof value === 'number' ? `${value.toFixed(1)} hours away` : 'no end date';

/** `halfSpreadPts` as words. */
const spaced = (key: string): string =>
  key
    .replace(/^(apply|create)(?=[A-Z])/, '')
    .replace(/([A-Z])/g, ' $1')
    .trim()
    .toLowerCase();

const clock = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23);

import type {
  DirectionalExit,
  DirectionalSignal,
  ExitCause,
  SignalAction,
} from '../../domain/directional.ts';
import { MICRO, POINT, PRICE_ONE } from '../../domain/units.ts';
import type { DirectionalStory, ShownTrade } from './directional-story.ts';
import type { DirectionalOrder } from './explain-order.ts';
import type { Paint } from './render.ts';
import { dayTime, type Row, table } from './rows.ts';

const CAUSES: Readonly<Record<ExitCause, string>> = {
  stopped: 'the loss has reached its stop',
  tookProfit: 'the gain has reached its target',
  expiry: 'its market is about to end',
  edgeReversed: 'the model has turned against it',
};

/** What came of a signal, in words that say who decided. */
const ACTIONS: Readonly<Record<SignalAction, string>> = {
  notPriced: 'not priced',
  noEdge: 'not enough edge',
  confirming: 'waits for the next cycle to say the same',
  asking: 'a model is asked for leave',
  aiRejected: 'a model did not give leave',
  tooSmall: 'the stake is too small',
  refused: 'refused',
  entered: 'an entry was sent',
};

/** Why a directional order exists, and what the trade it belongs to has come to. */
export function directionalOrderLines(
  order: DirectionalOrder,
  trade: ShownTrade | null,
  paint: Paint,
): string[] {
  const signal = order.role === 'entry' ? order.signal : (trade?.signal ?? null);
  const when =
    signal === null
      ? ''
      : ` at ${dayTime(signal.atMs)}, when it was ${order.role === 'entry' ? 'entered' : 'bought'}`;
  return [
    ...(order.role === 'exit' ? [paint.title('why it sells'), ...table(exitRows(order.exit)), ''] : []),
    paint.title(`what the model said${when}`),
    ...(signal === null ? ['  the journal does not say'] : table(signalRows(signal))),
    '',
    paint.title('gate'),
    ...table([['verdict', paint.good('approved')]]),
    ...(trade === null ? [] : ['', paint.title('what came of it'), ...table(tradeRows(trade, paint))]),
  ];
}

/** What directional trading said of a market, and did in it. Nothing where it never looked. */
export function directionalMarketLines({ signals, trades }: DirectionalStory, paint: Paint): string[] {
  const [latest, ...before] = signals;
  return [
    ...(latest === undefined
      ? []
      : [
          '',
          paint.title(`what the model of directional trading last said, at ${dayTime(latest.atMs)}`),
          ...table(signalRows(latest)),
          ...table(before.map((signal): Row => [dayTime(signal.atMs), briefly(signal)])),
        ]),
    ...trades.flatMap((trade) => [
      '',
      paint.title(`directional trade ${trade.entry}  (./run why ${trade.entry})`),
      ...table(tradeRows(trade, paint)),
    ]),
  ];
}

const percent = (probability: number): string => `${(100 * probability).toFixed(1)} %`;
const pts = (points: number): string => `${points.toFixed(1)} pts`;
const usd = (amount: number): string => `${amount.toFixed(2)} USD`;
/** Dollars of a coin: at most two places above a dollar, and what counts below. */
const coinUsd = (price: number): string =>
  `${price >= 1 ? Math.round(price * 100) / 100 : Number(price.toPrecision(4))} USD`;

function signalRows(signal: DirectionalSignal): Row[] {
  const { yesProbability, yesMid, spotUsd, dailyVolatility, confirmations, stake, aiValidation } = signal;
  return [
    ['pays on', betText(signal)],
    [
      'the coin',
      spotUsd === null
        ? 'no price of it was believed'
        : `${coinUsd(spotUsd)}, volatility ${dailyVolatility === null ? 'not known' : `${percent(dailyVolatility)} a day`}`,
    ],
    ['probability of YES', yesText(yesProbability)],
    ...modelRows(signal),
    ['market’s middle, in YES', yesMid === null ? 'no live book' : pts(yesMid / POINT)],
    ['better to buy', buyText(signal)],
    ['confirmed', `${confirmations} ${confirmations === 1 ? 'cycle' : 'cycles'} in a row`],
    ...(stake === 0 ? [] : [['stake', usd(stake / MICRO)] satisfies Row]),
    ['a model’s leave', aiValidation ?? 'not asked'],
    ['what came of it', `${ACTIONS[signal.action]}: ${signal.why}`],
  ];
}

function yesText(probability: DirectionalSignal['yesProbability']): string {
  if (probability === null) return 'the model could not say';
  const [low, high] = [percent(probability.low), percent(probability.high)];
  return low === high ? low : `${low} to ${high}; the price of the coin drifts in one and not in the other`;
}

/** Nothing where it is not priced, and of journals that do not tell it. */
function modelRows({ model }: DirectionalSignal): Row[] {
  if (model === undefined) return [];
  const { yesProbability, recalibratedOn } = model;
  const by =
    recalibratedOn === null
      ? 'no recalibration was in use'
      : `recalibrated on ${recalibratedOn.markets} resolved markets of ${recalibratedOn.days} days`;
  return [['the model itself', `${percent(yesProbability)} with drift; ${by}`]];
}

function betText({ coin, kind, direction, strikesUsd, endAtMs }: DirectionalSignal): string {
  const strikes = strikesUsd.map(coinUsd).join(' and ');
  const words = [coin, kind, direction, strikes].filter((word) => word !== null && word !== '');
  return `${words.join(' ')}; ${endAtMs === null ? 'no end is named' : `ends ${dayTime(endAtMs)}`}`;
}

/** Costs are what probability and price leave of the edge: fee, or the queue. */
function buyText({ outcome, probability, price, edgePts }: DirectionalSignal): string {
  if (outcome === null || probability === null || price === null || edgePts === null) return 'neither';
  const costs = (100 * (probability * PRICE_ONE - price)) / PRICE_ONE - edgePts;
  return `${outcome} at ${pts(price / POINT)}: worth ${pts(100 * probability)}, costs ${pts(Math.max(0, costs))}, edge ${pts(edgePts)}`;
}

const briefly = (signal: DirectionalSignal): string =>
  `${ACTIONS[signal.action]}${signal.edgePts === null ? '' : `, edge ${pts(signal.edgePts)} on ${signal.outcome}`}: ${signal.why}`;

const exitRows = ({ cause, why, aiValidation }: DirectionalExit): Row[] => [
  ['cause', `${CAUSES[cause]}: ${why}`],
  ['a model’s word', aiValidation ?? 'not asked'],
];

function tradeRows(trade: ShownTrade, paint: Paint): Row[] {
  const { outcome, boughtShares, paidUsd, soldShares, gotUsd, feesUsd, payoutUsd, heldShares, state } = trade;
  const average = (dollars: number, of: number): string => pts((100 * dollars) / of);
  const shares = (count: number): string => `${Math.round(count * 100) / 100} ${outcome}`;
  return [
    ['state', state],
    ...(boughtShares === 0
      ? []
      : [
          [
            'bought',
            `${shares(boughtShares)} at ${average(paidUsd, boughtShares)} (${usd(paidUsd)})`,
          ] satisfies Row,
        ]),
    ...trade.exits.map(
      ({ clientId, atMs, exit }): Row => [
        'sells',
        `${clientId} at ${dayTime(atMs)}: ${CAUSES[exit.cause]} (${exit.why})`,
      ],
    ),
    ...(soldShares === 0
      ? []
      : [['sold', `${shares(soldShares)} at ${average(gotUsd, soldShares)} (${usd(gotUsd)})`] satisfies Row]),
    ...(state === 'resolved' ? [['paid out', usd(payoutUsd)] satisfies Row] : []),
    ...(heldShares === 0 ? [] : [['held', shares(heldShares)] satisfies Row]),
    ...(trade.failedFills === 0
      ? []
      : [['failed', paint.bad(`${trade.failedFills} trades were taken back by the chain`)] satisfies Row]),
    ['fees', usd(feesUsd)],
    ['profit realised, net', profitText(trade.realisedUsd, paint)],
  ];
}

const profitText = (amount: number, paint: Paint): string =>
  amount > 0 ? paint.good(usd(amount)) : amount < 0 ? paint.bad(usd(amount)) : usd(amount);

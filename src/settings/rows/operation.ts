import { bool, choice, int, number, secret, text, url } from '../row.ts';
import { botTokenText, bridgeTokenText, chatIdText, filePathText } from '../shapes.ts';

/** Limits on the whole account, and the agents that review it. */
export const tradingRows = {
  maxTotalExposurePct: number('MAX_TOTAL_EXPOSURE_PCT', {
    unit: '% of cash and exposure',
    min: 1,
    max: 100,
    default: 75,
    doc: 'Most of the account that may be in positions and open orders; the risk gate refuses beyond it.',
  }),
  maxPerCoinUsd: number('MAX_PER_COIN_USD', {
    unit: 'USD',
    min: 1,
    max: 1_000_000,
    default: 150,
    doc: 'Most that may be at risk over all markets about one coin (Bitcoin, Ether, ...), inventory and open orders together, each market at its worst; the risk gate refuses beyond it. Added because markets about one coin fall together, however many there are.',
  }),
  maxNotionalPerMinuteUsd: number('MAX_NOTIONAL_PER_MINUTE_USD', {
    unit: 'USD',
    min: 0,
    max: 1_000_000_000,
    default: 0,
    doc: 'Most dollars of orders that the risk gate approves within any minute, filled or not; exits of directional positions count and are not refused by it. 0 takes what two `MM_QUOTE_SIZE_USD` at the full order rate (`MM_ORDERS_PER_SECOND`) come to, half of what the signer signs then. Added as a bound on what a fault can trade before somebody looks.',
  }),
  stopLossPercent: number('STOP_LOSS_PERCENT', {
    unit: '% of the value at the start of the UTC day',
    min: 5,
    max: 50,
    default: 20,
    doc: 'Loss within one UTC day, deposits and withdrawals taken out, at which every order is cancelled and trading halts until the next UTC day or until an operator resumes it. Positions stay.',
  }),
  drawdownStopLossPercent: number('DRAWDOWN_STOP_LOSS_PERCENT', {
    unit: '% of the high-water mark',
    min: 10,
    max: 50,
    default: 25,
    doc: 'Drawdown of the whole account at which trading halts until an operator resumes it. Where it equals `MM_DD_KILL_PCT` the kill comes first, and this stop takes over once the kill has used up its resumes of the day (`MM_DD_MAX_RECOVERIES_PER_DAY`).',
  }),
  riskOfficerEnabled: bool(
    'RISK_OFFICER_ENABLED',
    true,
    'Lets the risk-officer agent answer questions and review trades.',
  ),
  strategistEnabled: bool(
    'STRATEGIST_ENABLED',
    true,
    'Lets the strategist agent answer questions and assess the portfolio.',
  ),
};

/** Talking to the worker in plain language. */
export const conversationRows = {
  enabled: bool('CONVERSATION_ENABLED', true, 'Answers questions and commands in plain language.'),
  maxHistory: int('CONVERSATION_MAX_HISTORY', {
    unit: 'turns',
    min: 5,
    max: 100,
    default: 20,
    doc: 'How many turns of a conversation are remembered.',
  }),
};

/** The guard: looks for resolution traps and news. */
export const guardRows = {
  enabled: bool('GUARD_ENABLED', true, 'Runs the guard loop.'),
  intervalMinutes: number('GUARD_INTERVAL_MINUTES', {
    unit: 'min',
    min: 0.1,
    max: 1_440,
    default: 5,
    doc: 'Regular beat of the guard loop.',
  }),
  maxCallsPerHour: int('GUARD_MAX_CALLS_PER_HOUR', {
    unit: 'count',
    min: 0,
    max: 1_000,
    default: 12,
    doc: 'Most model calls the guard may make in an hour.',
  }),
  newsEnabled: bool(
    'GUARD_NEWS_ENABLED',
    true,
    'Gives the guard news headlines about the markets it looks at.',
  ),
  newsMaxHeadlines: int('GUARD_NEWS_MAX_HEADLINES', {
    unit: 'count',
    min: 0,
    max: 50,
    default: 5,
    doc: 'Headlines a market.',
  }),
  newsCacheMinutes: number('GUARD_NEWS_CACHE_MINUTES', {
    unit: 'min',
    min: 0,
    max: 1_440,
    default: 30,
    doc: 'How long headlines are used again.',
  }),
};

/** Claude: key, endpoint and which model serves which tier. */
export const anthropicRows = {
  apiKey: secret(
    'ANTHROPIC_API_KEY',
    'API key for Claude. Optional: without it everything that asks a model is off and says so.',
  ),
  baseUrl: url('ANTHROPIC_BASE_URL', {
    default: 'https://api.anthropic.com',
    doc: 'Endpoint of the API. Added so that a stand-in on this machine is only a setting.',
  }),
  foundryBaseUrl: url('ANTHROPIC_FOUNDRY_BASE_URL', {
    default: null,
    doc: 'Endpoint of a Foundry deployment, used instead of `ANTHROPIC_BASE_URL` when set.',
  }),
  model: text('ANTHROPIC_MODEL', {
    default: 'claude-opus-5-5',
    doc: 'Model of the highest tier: guard, post-trade review, conversation.',
  }),
  modelSonnet: text('ANTHROPIC_MODEL_SONNET', {
    default: 'claude-sonnet-5-5',
    doc: 'Model of the middle tier: market scoring, reading of questions.',
  }),
  modelHaiku: text('ANTHROPIC_MODEL_HAIKU', {
    default: 'claude-haiku-5-5',
    doc: 'Model of the fast tier: checks before a trade and before an exit.',
  }),
};

/** Notices to the operator. */
export const telegramRows = {
  botToken: secret('TELEGRAM_BOT_TOKEN', 'Token of the bot that sends notices. Optional.', botTokenText),
  chatId: text('TELEGRAM_CHAT_ID', {
    default: null,
    shape: chatIdText,
    doc: 'Chat that receives the notices.',
  }),
};

/** The bridge to a control plane. */
export const bridgeRows = {
  controlPlaneUrl: url('CONTROL_PLANE_URL', {
    default: 'http://127.0.0.1:8000/api/v1',
    doc: 'Where the bridge sends the state of the worker.',
  }),
  token: secret(
    'CONTROL_PLANE_BRIDGE_TOKEN',
    'Token the bridge shows to the control plane. Without it the bridge is off.',
    bridgeTokenText,
  ),
  pollIntervalSeconds: number('BRIDGE_POLL_INTERVAL_SECONDS', {
    unit: 's',
    min: 1,
    max: 3_600,
    default: 5,
    apply: 'boot',
    doc: 'Time between two exchanges with the control plane.',
  }),
  tradeWindow: int('BRIDGE_TRADE_WINDOW', {
    unit: 'rows',
    min: 1,
    max: 10_000,
    default: 250,
    apply: 'boot',
    doc: 'Most trades sent at once.',
  }),
  tradeRecentSync: int('BRIDGE_TRADE_RECENT_SYNC', {
    unit: 'rows',
    min: 0,
    max: 10_000,
    default: 5,
    apply: 'boot',
    doc: 'Recent trades sent again each time, since their status may have advanced.',
  }),
  positionWindow: int('BRIDGE_POSITION_WINDOW', {
    unit: 'rows',
    min: 1,
    max: 10_000,
    default: 250,
    apply: 'boot',
    doc: 'Most positions sent at once.',
  }),
  positionsIntervalSeconds: number('BRIDGE_POSITIONS_INTERVAL_SECONDS', {
    unit: 's',
    min: 1,
    max: 3_600,
    default: 10,
    apply: 'boot',
    doc: 'Time between two reports of positions.',
  }),
  settingsIntervalSeconds: number('BRIDGE_SETTINGS_INTERVAL_SECONDS', {
    unit: 's',
    min: 1,
    max: 3_600,
    default: 60,
    apply: 'boot',
    doc: 'Time between two reports of settings.',
  }),
  statePath: text('BRIDGE_STATE_PATH', {
    default: '.bridge_state.json',
    shape: filePathText,
    doc: 'File in which the bridge keeps its place; a relative path is inside the data folder.',
  }),
  logLevel: choice('BRIDGE_LOG_LEVEL', {
    values: ['debug', 'info', 'warn', 'error'],
    default: 'info',
    doc: 'Least severe level the bridge logs.',
  }),
};

/** Files and logs of the worker. */
export const dataRows = {
  dir: text('EVENKEEL_DATA_DIR', {
    default: 'data',
    shape: filePathText,
    doc: 'Folder for journals, snapshots and the database. Two workers must not share one.',
  }),
  logLevel: choice('EVENKEEL_LOG_LEVEL', {
    values: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
    default: 'info',
    doc: 'Least severe level that is logged.',
  }),
  sqlitePath: text('WORKER_SQLITE_PATH', {
    default: 'worker.sqlite',
    shape: filePathText,
    doc: 'Database of quotes, fills, inventory, round trips and days, made from the journal; a relative path is inside the data folder.',
  }),
  logFile: text('BOT_LOG_FILE', {
    default: 'bot.log',
    shape: filePathText,
    doc: 'Log file; a relative path is inside the data folder.',
  }),
};

import { address, bool, choice, int, number, secret, url } from '../row.ts';
import { base64Text, privateKeyHex, uuidText } from '../shapes.ts';

/** The venue: where it is, who we are there. A local venue is nothing but other values of these rows. */
export const polymarketRows = {
  privateKey: secret(
    'POLYMARKET_PRIVATE_KEY',
    'Private key of the account that signs orders. Needed to trade; keep only what the worker may lose in that account.',
    privateKeyHex,
  ),
  funderAddress: address(
    'POLYMARKET_FUNDER_ADDRESS',
    'Address that holds the collateral, when it is not the signing account itself (signature types 1, 2 and 3).',
  ),
  signatureType: choice('POLYMARKET_SIGNATURE_TYPE', {
    values: [0, 1, 2, 3],
    default: 0,
    doc: 'Which kind of wallet holds the collateral: 0 the signing account itself, 1 a proxy wallet, 2 a Safe, 3 a deposit wallet.',
  }),
  apiKey: secret(
    'POLYMARKET_API_KEY',
    'API key of the venue. Optional: without it the worker derives the credentials from the private key at start.',
    uuidText,
  ),
  apiSecret: secret('POLYMARKET_API_SECRET', 'Secret that belongs to `POLYMARKET_API_KEY`.', base64Text),
  apiPassphrase: secret('POLYMARKET_API_PASSPHRASE', 'Passphrase that belongs to `POLYMARKET_API_KEY`.'),
  clobUrl: url('POLYMARKET_CLOB_URL', {
    default: 'https://clob.polymarket.com',
    doc: 'Order book service: orders, cancels, books, balances.',
  }),
  wsMarketUrl: url('POLYMARKET_WS_MARKET_URL', {
    default: 'wss://ws-subscriptions-clob.polymarket.com/ws/market',
    socket: true,
    doc: 'Socket with book updates.',
  }),
  wsUserUrl: url('POLYMARKET_WS_USER_URL', {
    default: 'wss://ws-subscriptions-clob.polymarket.com/ws/user',
    socket: true,
    doc: 'Socket with our own orders and trades.',
  }),
  gammaUrl: url('POLYMARKET_GAMMA_URL', {
    default: 'https://gamma-api.polymarket.com',
    doc: 'Market catalogue.',
  }),
  dataUrl: url('POLYMARKET_DATA_URL', {
    default: 'https://data-api.polymarket.com',
    doc: 'Positions and history as the venue sees them.',
  }),
};

/** The chain that settles. */
export const chainRows = {
  rpcUrl: url('POLYGON_RPC_URL', {
    default: 'https://polygon.drpc.org',
    hidePath: true,
    doc: 'JSON-RPC endpoint of the chain. Its path is never printed, since providers put access keys there.',
  }),
  chainId: int('POLYMARKET_CHAIN_ID', {
    unit: 'chain id',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    default: 137,
    apply: 'boot',
    doc: 'Chain id that orders are signed for. The endpoint has to report the same one, or the worker does not start.',
  }),
  finalityBlocks: int('POLYGON_FINALITY_BLOCKS', {
    unit: 'blocks',
    min: 0,
    max: 1_000,
    default: 16,
    apply: 'boot',
    doc: 'Blocks on top of one before a deposit, withdrawal, reward or token transfer in it is booked: later no reorganisation of the chain can take it back.',
  }),
};

/** The dead-man switch: the venue cancels our orders when the beats stop. */
export const heartbeatRows = {
  enabled: bool(
    'HEARTBEAT_ENABLED',
    true,
    'Sends heartbeats, so that the venue cancels our orders should the worker stop. Without it orders stay until someone cancels them.',
    'boot',
  ),
  intervalSeconds: number('HEARTBEAT_INTERVAL_SECONDS', {
    unit: 's',
    min: 3,
    max: 8,
    default: 5,
    apply: 'boot',
    byCommand: true,
    doc: 'Time between two heartbeats. The venue cancels everything 10 seconds after the last one, hence the upper bound.',
  }),
};

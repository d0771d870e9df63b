import { createHash } from 'node:crypto';
import { createExchange, type ExchangeOptions } from '../../exchange/index.ts';
import type { LocalChain } from '../chain/types.ts';
import type { VenueClock } from '../types.ts';
import { createBalanceCache } from './balances.ts';
import type { ChainWatch } from './chain-watch.ts';
import { type ClobOptions, DEFAULT_CLOB_OPTIONS, type VenueCore } from './core.ts';
import { createCredentialStore } from './credentials.ts';
import { createFaults } from './faults.ts';
import { createSettlementQueue } from './settlement.ts';

export interface CoreParts {
  readonly chain: LocalChain;
  readonly clock: VenueClock;
  /** Null: only `/balance-allowance/update` reads the chain again. */
  readonly watch: ChainWatch | null;
  readonly options?: Partial<ClobOptions>;
  readonly assumptions?: NonNullable<ExchangeOptions['assumptions']>;
}

/** Salts of the fast path begin here, below 2^53 for a venue's whole life. */
const FIRST_SALT = 1_000_000_000_000n;

/** The state of a venue with nothing listed. */
export function createVenueCore(parts: CoreParts): VenueCore {
  const options = { ...DEFAULT_CLOB_OPTIONS, ...parts.options };
  const tradeIdPrefix = createHash('sha256')
    .update(`${options.seed}|${parts.clock.nowMs()}`)
    .digest('hex')
    .slice(0, 8);
  const core: VenueCore = {
    options,
    clock: parts.clock,
    chain: parts.chain,
    watch: parts.watch,
    exchange: createExchange({ tradeIdPrefix, assumptions: parts.assumptions ?? {} }),
    credentials: createCredentialStore(options.seed),
    faults: createFaults(),
    balances: createBalanceCache(() => core),
    settlement: createSettlementQueue(() => core),
    markets: new Map(),
    marketByToken: new Map(),
    orders: new Map(),
    ownersOf: new Map(),
    trades: new Map(),
    tradesByOwner: new Map(),
    listeners: new Set(),
    nextSalt: FIRST_SALT,
    cancelTimer: () => undefined,
    stopped: false,
  };
  return core;
}

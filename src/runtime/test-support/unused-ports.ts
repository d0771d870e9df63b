import type { EffectPorts } from '../effect-runner.ts';

const unused = (): never => {
  throw new Error('not part of this test');
};

/** Ports that nobody may call, for tests that give those they are about. */
export const UNUSED_PORTS: EffectPorts = {
  chain: {
    prepare: unused,
    send: unused,
    balances: unused,
    transfers: unused,
    read: unused,
    close: unused,
  },
  venue: {
    prepare: unused,
    place: unused,
    cancel: unused,
    cancelAll: unused,
    openOrders: unused,
    order: unused,
    trades: unused,
    priceHistory: unused,
    earnings: unused,
    beat: unused,
    rebuild: unused,
    close: unused,
  },
  markets: { markets: unused },
  marketFeed: {
    start: unused,
    watch: unused,
    unwatch: unused,
    readBook: unused,
    readOutcomeBooks: unused,
    reconnect: unused,
    close: unused,
  },
};

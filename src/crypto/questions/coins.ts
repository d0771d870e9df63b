/** A coin whose price the venue asks about. */
export interface Coin {
  /** Ticker in upper case, as exchanges name it. */
  readonly symbol: string;
  /** Names in lower case; one of several words is matched before a shorter one that it begins with. */
  readonly names: readonly string[];
  /** Whether the ticker is a word or a name of its own, so that it counts only with `$` before it. */
  readonly isTickerAWord: boolean;
  /** Dollars between which a strike can lie. Outside is a market value, a count or a slip of the pen, and no price. */
  readonly leastUsd: number;
  readonly mostUsd: number;
}

const coin = (symbol: string, names: string, leastUsd = 1e-9, mostUsd = 1e5): Coin => ({
  symbol: symbol.replace('!', ''),
  names: names.split('|'),
  isTickerAWord: symbol.endsWith('!'),
  leastUsd,
  mostUsd,
});

/** `!` marks tickers that are words. A name that means a company, a team or a person as often as a coin is left out. */
export const COINS: readonly Coin[] = [
  coin('BTC', 'bitcoin|xbt', 1_000, 1e7),
  coin('ETH', 'ethereum|ether', 50, 1e6),
  coin('SOL', 'solana', 1, 1e5),
  coin('XRP', 'ripple', 0.01, 1e4),
  coin('DOGE', 'dogecoin', 0.001, 100),
  coin('BNB', 'binance coin|bnb coin', 10, 1e5),
  coin('HYPE', 'hyperliquid', 0.5, 1e4),
  coin('ADA', 'cardano', 0.01, 1e3),
  coin('AVAX', 'avalanche', 1, 1e4),
  coin('LINK!', 'chainlink', 0.5, 1e4),
  coin('LTC', 'litecoin', 5, 1e5),
  coin('BCH', 'bitcoin cash|bcash', 10, 1e5),
  coin('BSV', 'bitcoin sv', 1, 1e5),
  coin('ETC', 'ethereum classic', 1, 1e4),
  coin('DOT!', 'polkadot', 0.1, 1e3),
  coin('SHIB', 'shiba inu|shiba', 1e-9, 1),
  coin('PEPE', 'pepecoin', 1e-10, 1),
  coin('BONK!', 'bonk coin', 1e-10, 1),
  coin('FLOKI', 'floki inu', 1e-10, 1),
  coin('WIF', 'dogwifhat', 1e-4, 1e3),
  coin('FARTCOIN', 'fart coin', 1e-4, 1e3),
  coin('TRX', 'tron', 0.001, 100),
  coin('SUI', 'sui network', 0.01, 1e3),
  coin('TON!', 'toncoin', 0.05, 1e3),
  coin('XLM', 'stellar lumens|stellar', 0.001, 100),
  coin('XMR', 'monero', 5, 1e5),
  coin('ZEC', 'zcash', 1, 1e5),
  coin('NEAR!', 'near protocol', 0.05, 1e3),
  coin('APT!', 'aptos', 0.05, 1e3),
  coin('ARB!', 'arbitrum', 0.01, 1e3),
  coin('OP!', 'optimism', 0.01, 1e3),
  coin('POL!', 'polygon', 0.01, 1e3),
  coin('MATIC', 'matic network', 0.01, 1e3),
  coin('UNI!', 'uniswap', 0.1, 1e4),
  coin('AAVE', 'aave token', 5, 1e5),
  coin('ATOM!', 'cosmos', 0.1, 1e4),
  coin('FIL!', 'filecoin', 0.1, 1e4),
  coin('ICP', 'internet computer', 0.1, 1e4),
  coin('HBAR', 'hedera', 0.001, 100),
  coin('ALGO!', 'algorand', 0.001, 100),
  coin('VET!', 'vechain', 1e-4, 100),
  coin('SEI', 'sei network', 0.001, 100),
  coin('INJ', 'injective', 0.1, 1e4),
  coin('TIA', 'celestia', 0.01, 1e3),
  coin('ENA', 'ethena', 0.001, 1e3),
  coin('ONDO', 'ondo finance', 0.001, 1e3),
  coin('TAO', 'bittensor', 5, 1e5),
  coin('RENDER!', 'render token', 0.01, 1e3),
  coin('KAS', 'kaspa', 1e-4, 100),
  coin('CRO!', 'cronos', 0.001, 100),
  coin('MNT', 'mantle', 0.01, 1e3),
  coin('LUNA', 'terra luna', 1e-6, 1e4),
  coin('LUNC', 'terra classic', 1e-9, 1e3),
  coin('FTT', 'ftx token', 0.01, 1e4),
  coin('MANA', 'decentraland', 0.001, 1e3),
  coin('JUP!', 'jupiter token', 0.001, 1e3),
  coin('PUMP!', 'pump.fun token|pumpfun token', 1e-6, 10),
  coin('PENGU', 'pudgy penguins token', 1e-6, 100),
  coin('WLFI', 'world liberty financial token', 1e-4, 100),
  coin('TRUMP!', 'official trump|trump coin|trump memecoin', 0.01, 1e4),
  coin('MELANIA!', 'melania coin|melania memecoin', 0.001, 1e3),
  coin('WLD', 'worldcoin', 0.01, 1e3),
  coin('ASTER!', 'aster token', 0.001, 1e3),
  coin('XPL', 'plasma token', 0.001, 1e3),
  coin('CAKE!', 'pancakeswap', 0.01, 1e3),
  coin('LDO', 'lido dao', 0.01, 1e3),
  coin('MKR', 'maker token', 10, 1e5),
  coin('CRV', 'curve dao', 0.01, 1e3),
  coin('RUNE!', 'thorchain', 0.01, 1e3),
  coin('STX', 'stacks token', 0.01, 1e3),
  coin('QNT', 'quant network', 1, 1e5),
  coin('DASH!', 'dash coin', 1, 1e5),
];

const BY_SYMBOL: ReadonlyMap<string, Coin> = new Map(COINS.map((each) => [each.symbol, each]));

/** The coin of a ticker in upper case; undefined for anything else, such as an index or a share. */
export const coinOf = (symbol: string): Coin | undefined => BY_SYMBOL.get(symbol);

/** Every spelling with its words, longest first, so that "bitcoin cash" is never read as bitcoin. */
export const COIN_SPELLINGS: readonly { readonly words: readonly string[]; readonly coin: Coin }[] =
  COINS.flatMap((each) => [
    ...each.names.map((name) => ({ words: name.split(' '), coin: each })),
    ...(each.isTickerAWord ? [] : [{ words: [each.symbol.toLowerCase()], coin: each }]),
  ]).sort((a, b) => b.words.length - a.words.length);

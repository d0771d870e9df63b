import { bool, int, number, text } from '../row.ts';
import { filePathText } from '../shapes.ts';

/** Where the key is, and what its process signs at most. Read once, at the start of that process: the worker cannot change them. */
export const signerRows = {
  keystoreFile: text('POLYMARKET_KEYSTORE_FILE', {
    default: null,
    shape: filePathText,
    doc: 'Encrypted file with the private key (Web3 Secret Storage, version 3), as `./run keystore create` writes it. Preferred to `POLYMARKET_PRIVATE_KEY`.',
  }),
  keystorePassphraseFile: text('POLYMARKET_KEYSTORE_PASSPHRASE_FILE', {
    default: null,
    shape: filePathText,
    doc: 'File whose first line is the passphrase of the keystore file. Without it the start asks for the passphrase on the terminal.',
  }),
  minPricePts: number('SIGNER_MIN_PRICE_PTS', {
    unit: 'pts',
    min: 0,
    max: 99,
    default: 0,
    apply: 'boot',
    doc: 'The signer signs orders only at prices above this, and below the upper end of the band.',
  }),
  maxPricePts: number('SIGNER_MAX_PRICE_PTS', {
    unit: 'pts',
    min: 1,
    max: 100,
    default: 100,
    apply: 'boot',
    doc: 'Upper end of the price band of the signer.',
  }),
  maxOrderUsd: number('SIGNER_MAX_ORDER_USD', {
    unit: 'USD',
    min: 0,
    max: 10_000_000,
    default: 0,
    apply: 'boot',
    doc: 'Largest order that the signer signs: what a buy spends, and for a sale the larger of what it brings and what the other outcome would cost. 0 takes four times the largest of `MM_MAX_PER_MARKET_USD`, `MM_MAX_SPLIT_PER_MARKET_USD` and `MM_QUOTE_SIZE_USD` at the start.',
  }),
  maxMinuteUsd: number('SIGNER_MAX_MINUTE_USD', {
    unit: 'USD',
    min: 0,
    max: 1_000_000_000,
    default: 0,
    apply: 'boot',
    doc: 'Most that the signer signs within any minute, filled or not. 0 takes what four times `MM_QUOTE_SIZE_USD` at the full order rate (`MM_ORDERS_PER_SECOND`) comes to.',
  }),
  maxDayUsd: number('SIGNER_MAX_DAY_USD', {
    unit: 'USD',
    min: 0,
    max: 1_000_000_000_000,
    default: 0,
    apply: 'boot',
    doc: 'Most that the signer signs within one day (UTC), over all starts from one data folder. 0 takes a whole day at the limit of a minute, which only bounds a fault: set what you expect to quote in a day.',
  }),
  maxTransactionsPerHour: int('SIGNER_MAX_TRANSACTIONS_PER_HOUR', {
    unit: 'count',
    min: 0,
    max: 100_000,
    default: 1_200,
    apply: 'boot',
    doc: 'Most chain transactions (splits, merges, redemptions, conversions, allowances) that the signer signs within any hour.',
  }),
  signsAhead: bool(
    'SIGNER_SIGNS_AHEAD',
    true,
    'Has the quotes signed in idle time that are probably asked for next, a tick up and down, so that a requote finds its signature ready. They count in a minute of their own and in the day, are used within 20 s or never, and are thrown away when everything is cancelled.',
    'boot',
  ),
  maxFeeGwei: number('SIGNER_MAX_FEE_GWEI', {
    unit: 'gwei',
    min: 1,
    max: 100_000,
    default: 2_000,
    apply: 'boot',
    doc: 'Highest price of a unit of gas in a transaction that the signer signs.',
  }),
};

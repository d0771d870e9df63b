import type { ConditionId } from '../../domain/market.ts';
import { MICRO, type Usd } from '../../domain/units.ts';
import { allPages, type VenueClient } from './signed-calls.ts';
import { textField, WireFault, type WireObject } from './wire/fields.ts';

/**
 * Liquidity rewards that the account earned on one UTC day, by market. The venue gives amounts in the rewarding asset with that
 * asset's dollar price; they are statistics, and what reaches the wallet is booked when the chain shows it.
 */
export async function readEarnings(
  client: VenueClient,
  signatureType: number,
  date: string,
  signal: AbortSignal,
): Promise<(readonly [ConditionId, Usd])[]> {
  const query = `date=${encodeURIComponent(date)}&signature_type=${signatureType}`;
  const rows = await allPages(client, '/rewards/user', query, signal, earningOf);
  const byMarket = new Map<ConditionId, number>();
  for (const [conditionId, micro] of rows)
    byMarket.set(conditionId, (byMarket.get(conditionId) ?? 0) + micro);
  return [...byMarket].map(([conditionId, micro]) => [conditionId, micro as Usd] as const);
}

function earningOf(row: WireObject): readonly [ConditionId, number] {
  const conditionId = textField(row, 'condition_id').toLowerCase() as ConditionId;
  return [conditionId, Math.round(amountOf(row, 'earnings') * amountOf(row, 'asset_rate', 1) * MICRO)];
}

function amountOf(row: WireObject, name: string, absent?: number): number {
  const value = row[name];
  if ((value === undefined || value === null) && absent !== undefined) return absent;
  const amount = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof amount !== 'number' || !Number.isFinite(amount) || amount < 0)
    throw new WireFault(name, 'an amount of zero or more', value);
  return amount;
}

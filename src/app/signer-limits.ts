import { usdToFloat } from '../domain/units.ts';
import { layChanges, type SettingChange, type Settings } from '../settings/index.ts';
import { limitsOf, type SignerLimits, tightestOf } from '../signer/limits.ts';

/**
 * What a signer signs at most that starts with these settings and changes. The changes lie in the data folder, which the worker can
 * write. So they count where they make a limit tighter, and never where they would make one looser: whoever has broken into the worker
 * must not be able to loosen its signer by a file and a restart. Changes that are no good leave what `.env` says; the worker refuses to
 * start with them.
 */
export function signerLimitsOf(base: Settings, changes: readonly SettingChange[]): SignerLimits {
  const own = limitsOf(base);
  const laid = layChanges(base, changes);
  return laid.ok ? tightestOf(own, limitsOf(laid.settings)) : own;
}

/**
 * Says that settings would have a signer sign more than this one does, so that larger orders would be refused; null where they would
 * not.
 */
export function signerShortfall(held: SignerLimits, settings: Settings): string | null {
  const wanted = limitsOf(settings);
  const over = [
    wanted.maxOrder > held.maxOrder ? `an order above ${usdToFloat(held.maxOrder)} USD` : [],
    wanted.maxMinute > held.maxMinute ? `more than ${usdToFloat(held.maxMinute)} USD a minute` : [],
    wanted.maxDay > held.maxDay ? `more than ${usdToFloat(held.maxDay)} USD a day` : [],
  ].flat();
  if (over.length === 0) return null;
  return `the signer keeps the tighter limits that it has from .env and its start, and refuses ${over.join(', ')}: for larger ones write this setting, or SIGNER_MAX_ORDER_USD and those beside it, into .env, then ./run stop and ./run start`;
}

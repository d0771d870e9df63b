import { asEngine } from './as-engine.ts';
import { boundedEngine } from './bounded-engine.ts';
import { glftEngine } from './glft-engine.ts';
import { legacyEngine } from './legacy-engine.ts';
import type { PricingEngine, PricingEngineName } from './pricing-engine.ts';

/** Every engine by its name in the settings. */
export const PRICING_ENGINES: Readonly<Record<PricingEngineName, PricingEngine>> = {
  legacy: legacyEngine,
  as: asEngine,
  bounded: boundedEngine,
  glft: glftEngine,
};

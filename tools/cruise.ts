import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const root = join(import.meta.dirname, '..');

export interface CruiseFinding {
  /** Number of TypeScript files under src/ that were read. A cruiser without a usable compiler reads almost none, and is content. */
  readonly modules: number;
  /** Each import that a rule forbids, as `rule: from -> to`. */
  readonly violations: readonly string[];
}

/** Reads every import under src/ and holds it against the table in `.dependency-cruiser.cjs`. */
export async function cruiseSource(): Promise<CruiseFinding> {
  const config: IConfiguration = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'));
  const tsConfig = extractTSConfig(join(root, 'tsconfig.json'));
  const options = {
    ...config.options,
    ruleSet: { forbidden: config.forbidden ?? [] },
    validate: true,
    baseDir: root,
  };
  const { output } = await cruise(['src'], options, undefined, { tsConfig });
  if (typeof output === 'string')
    throw new Error(`The cruiser gave text where a result was expected: ${output.slice(0, 200)}`);
  const result: ICruiseResult = output;
  return {
    modules: result.modules.filter(({ source }) => /^src\/.*\.ts$/.test(source)).length,
    violations: result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
  };
}

if (import.meta.main) {
  const { modules, violations } = await cruiseSource();
  for (const violation of violations) console.error(violation);
  console.log(`${modules} modules, ${violations.length} forbidden imports`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { STATE_SHAPE } from './snapshot.ts';

const source = join(import.meta.dirname, '..');

/** What a snapshot holds: the state of the kernel, and the memory of each loop, which the state only knows as an object. */
const HELD: readonly (readonly [file: string, type: string])[] = [
  ['kernel/state.ts', 'KernelState'],
  ['loops/market-making/memory.ts', 'MarketMakingMemory'],
  ['loops/arbitrage/memory.ts', 'ArbitrageMemory'],
  ['loops/maintenance/loop.ts', 'MaintenanceMemory'],
  ['loops/crypto-directional/entry/entry-memory.ts', 'EntryMemory'],
  ['loops/crypto-directional/exit/exit-memory.ts', 'ExitMemory'],
  ['loops/crypto-directional/review/review-memory.ts', 'ReviewMemory'],
];

/** Made anew at the start of every run, so their shape in an old snapshot means nothing. */
const MADE_ANEW: ReadonlySet<string> = new Set([
  'KernelState.run',
  'KernelState.settings',
  'KernelState.salts',
  'KernelState.orderBudget',
  'KernelState.tokenWait',
  'KernelState.confirmedAtMs',
  'KernelState.feeds',
  'KernelState.counts',
  'KernelState.rejectionRests',
  'KernelState.told',
  'KernelState.shutdown',
  'KernelState.accountRisk',
  'KernelState.spot',
]);

/** The types that are held, property by property, as lines. */
function shapeOf(held: typeof HELD): string[] {
  const files = held.map(([file]) => join(source, file));
  const program = ts.createProgram(files, {
    strict: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const lines: string[] = [];
  for (const [file, name] of held) {
    const sourceFile = program.getSourceFile(join(source, file));
    const declared = sourceFile?.statements.find(
      (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
    );
    if (declared === undefined) throw new Error(`${file} has no interface ${name}`);
    describe(checker.getTypeAtLocation(declared), name, []);
  }
  return lines;

  function describe(type: ts.Type, path: string, above: readonly ts.Type[]): void {
    if (MADE_ANEW.has(path)) return;
    if (above.includes(type)) {
      lines.push(`${path}: as above`);
      return;
    }
    if (type.isUnion()) {
      for (const member of type.types) describe(member, path, above);
      return;
    }
    const plain = primitiveOf(type);
    if (plain !== null) {
      lines.push(`${path}: ${plain}`);
      return;
    }
    const within = [...above, type];
    const name = type.symbol?.name ?? '';
    if (['Map', 'ReadonlyMap', 'Set', 'ReadonlySet', 'Array', 'ReadonlyArray'].includes(name)) {
      for (const [at, argument] of checker.getTypeArguments(type as ts.TypeReference).entries())
        describe(argument, `${path}<${name.replace('Readonly', '')} ${at}>`, within);
      return;
    }
    if (checker.isTupleType(type)) {
      for (const [at, argument] of checker.getTypeArguments(type as ts.TypeReference).entries())
        describe(argument, `${path}[${at}]`, within);
      return;
    }
    if (name === 'Float64Array') {
      lines.push(`${path}: Float64Array`);
      return;
    }
    for (const { type: value } of checker.getIndexInfosOfType(type)) describe(value, `${path}[*]`, within);
    for (const property of checker.getPropertiesOfType(type))
      describe(checker.getTypeOfSymbol(property), `${path}.${property.name}`, within);
  }

  /** A scalar as text; a branded one is an intersection whose first part is the scalar. Null for anything else. */
  function primitiveOf(type: ts.Type): string | null {
    const scalar = type.isIntersection()
      ? type.types.find((part) => (part.flags & SCALAR) !== 0)
      : (type.flags & SCALAR) !== 0
        ? type
        : undefined;
    if (scalar !== undefined) return checker.typeToString(scalar);
    return (type.flags & ts.TypeFlags.NonPrimitive) !== 0 ? 'object' : null;
  }
}

const SCALAR =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.Null |
  ts.TypeFlags.Undefined;

const digestOf = (lines: readonly string[]): string =>
  createHash('sha256')
    .update([...new Set(lines)].sort().join('\n'))
    .digest('hex')
    .slice(0, 12);

it('names the shape of what a restart goes on from', { timeout: 120_000 }, () => {
  const lines = shapeOf(HELD);
  // It sees into the memory of the loops, into the books, and through maps.
  for (const known of [
    'KernelState.books.ledger.openedAtMs: number',
    'KernelState.losses.drawdown.highWaterUsd: number',
    'KernelState.knownTokens<Set 0>: string',
    'KernelState.trading.mode: "halted"',
  ])
    expect(lines).toContain(known);
  expect(lines.some((line) => line.startsWith('MarketMakingMemory.') && line.includes('.hanging.'))).toBe(
    true,
  );
  expect(lines.filter((line) => / any$/.test(line))).toEqual([]);
  expect(digestOf(lines)).not.toBe(digestOf(lines.slice(1)));
  const found = digestOf(lines);
  expect(
    STATE_SHAPE,
    `the shape of the state has changed: set STATE_SHAPE in src/app/snapshot.ts to '${found}', so that a snapshot of the old shape is not taken for one of the new`,
  ).toBe(found);
});

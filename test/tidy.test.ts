import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { cruiseSource } from '../tools/cruise.ts';

/** What no linter checks. A rule of style that nothing checks is not a rule, so each one in CONTRIBUTING.md is here or in a linter. */
const root = join(import.meta.dirname, '..');
const CORE = [
  'ai',
  'crypto',
  'domain',
  'exchange',
  'kernel',
  'loops',
  'orders',
  'pricing',
  'projections',
  'quoting',
  'risk',
  'settings',
];
const MAX_LINES = 500;

/** Files longer than the limit, each with the reason it may be. */
const LONG_FILES: ReadonlySet<string> = new Set([]);

const filesUnder = (folder: string, ending: string): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith(ending) && !path.includes('node_modules'))
        .map((path) => join(folder, path))
        .sort()
    : [];

const isTest = (path: string): boolean => path.endsWith('.test.ts');
const isCore = (path: string): boolean => CORE.includes(path.split('/')[1] ?? '');

const sources = filesUnder('src', '.ts');
const everyTypeScript = [...sources, ...filesUnder('test', '.ts'), ...filesUnder('tools', '.ts')];
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Finding {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/** Walks the syntax of a file, so that comments and strings are never mistaken for code. */
function syntaxFindings(path: string, inspect: (node: ts.Node) => string | null): Finding[] {
  const file = ts.createSourceFile(path, textOf(path), ts.ScriptTarget.ESNext, true);
  const found: Finding[] = [];
  const visit = (node: ts.Node): void => {
    const what = inspect(node);
    if (what !== null)
      found.push({ path, line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, what });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function waiting(node: ts.Node): string | null {
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined))
    return 'await';
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  if (ts.isIdentifier(node) && /^Promise(Like)?$/.test(node.text)) return node.text;
  return null;
}

function randomness(node: ts.Node): string | null {
  return ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random' ? 'Math.random' : null;
}

function approval(node: ts.Node): string | null {
  return ts.isAsExpression(node) && /^Approved\b/.test(node.type.getText()) ? 'as Approved' : null;
}

function typeHole(node: ts.Node): string | null {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any';
  const double =
    ts.isAsExpression(node) &&
    ts.isAsExpression(node.expression) &&
    node.expression.type.kind === ts.SyntaxKind.UnknownKeyword;
  return double ? 'as unknown as' : null;
}

describe('the core', () => {
  const core = sources.filter((path) => isCore(path) && !isTest(path));

  it('waits for nothing and rolls no dice', () => {
    expect(core.flatMap((path) => syntaxFindings(path, (node) => waiting(node) ?? randomness(node)))).toEqual(
      [],
    );
  });

  it('has a test beside it or near it in every folder', () => {
    const untested = CORE.filter((layer) => core.some((path) => path.startsWith(`src/${layer}/`))).filter(
      (layer) => !sources.some((path) => path.startsWith(`src/${layer}/`) && isTest(path)),
    );
    expect(untested).toEqual([]);
  });
});

describe('every source file', () => {
  it('approves orders only in src/risk', () => {
    const outside = sources.filter((path) => !path.startsWith('src/risk/'));
    expect(outside.flatMap((path) => syntaxFindings(path, approval))).toEqual([]);
  });

  it('has no hole in its types', () => {
    expect(everyTypeScript.flatMap((path) => syntaxFindings(path, typeHole))).toEqual([]);
  });

  it('fits on a few screens', () => {
    const long = sources.filter(
      (path) => textOf(path).split('\n').length > MAX_LINES && !LONG_FILES.has(path),
    );
    expect(long).toEqual([]);
  });

  it('has no unfinished business and no compiler switched off', () => {
    const marks = new RegExp(
      `\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${['X', 'XX'].join('')})\\b|@ts-${'(ignore|nocheck)'}`,
    );
    expect(everyTypeScript.filter((path) => marks.test(textOf(path)))).toEqual([]);
  });

  it('is named for what it does', () => {
    const vague = /(manager|helper|util|utils|service|data|info|misc|common)\.ts$/;
    expect(sources.map((path) => path.split('/').at(-1) ?? '').filter((name) => vague.test(name))).toEqual(
      [],
    );
  });

  it('skips no test', () => {
    const skipped = /\b(it|test|describe)\.(only|skip|todo|fails)\b/;
    expect(everyTypeScript.filter((path) => isTest(path) && skipped.test(textOf(path)))).toEqual([]);
  });
});

describe('the layers', () => {
  it('hold, and the cruiser saw every file', { timeout: 120_000 }, async () => {
    const { modules, violations } = await cruiseSource();
    expect(violations).toEqual([]);
    expect(modules).toBe(sources.length);
  });

  it('give every loop a README', () => {
    const loops = existsSync(join(root, 'src/loops'))
      ? readdirSync(join(root, 'src/loops'), { withFileTypes: true })
      : [];
    const bare = loops.filter(
      (entry) => entry.isDirectory() && !existsSync(join(root, 'src/loops', entry.name, 'README.md')),
    );
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  it('are the same in the rules and in ARCHITECTURE.md', () => {
    const config: { forbidden: { name: string; to: { pathNot: string } }[] } = createRequire(import.meta.url)(
      join(root, '.dependency-cruiser.cjs'),
    );
    const [, section = ''] = textOf('ARCHITECTURE.md').split('## Who may import whom');
    const rows = [...section.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, layer = '', cell = '']) => ({
      layer,
      cell,
    }));
    const layers = rows.map(({ layer }) => layer);
    for (const { layer, cell } of rows) {
      const named = [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name);
      const documented = cell.startsWith('everything')
        ? layers.filter((name) => !named.includes(name))
        : named;
      const rule = config.forbidden.find(({ name }) => name === `${layer}-imports-only-its-layers`);
      const allowed = /\((.+)\)/.exec(rule?.to.pathNot ?? '')?.[1]?.split('|') ?? [];
      expect([layer, ...new Set(allowed)].sort()).toEqual([layer, ...new Set([layer, ...documented])].sort());
    }
    expect(layers.length).toBe(
      config.forbidden.filter(({ name }) => name.endsWith('-imports-only-its-layers')).length,
    );
  });
});

describe('the commands', () => {
  const scripts: Record<string, string> = JSON.parse(textOf('package.json')).scripts;

  it('all exist', () => {
    const missing = Object.values(scripts).flatMap((command) => {
      const [, file] = /^node (\S+\.ts)/.exec(command) ?? [];
      return file !== undefined && !existsSync(join(root, file)) ? [file] : [];
    });
    expect(missing).toEqual([]);
  });

  it('are all in the help', () => {
    const help = textOf('src/cli/help.ts');
    expect(Object.keys(scripts).filter((name) => !new RegExp(`\\[\\s*'${name}[ ']`).test(help))).toEqual([]);
  });
});

describe('the documents', () => {
  const pages = [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...filesUnder('docs', '.md'),
    ...filesUnder('src', '.md'),
  ];

  it('link only to what exists', () => {
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter((link) => !linkResolves(page, link))
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  function linksOf(page: string): string[] {
    const withoutCode = textOf(page)
      .replace(/```[\s\S]*?```/g, '')
      .replace(/`[^`\n]*`/g, '');
    return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link ?? '')
      .filter((link) => !/^[a-z]+:/.test(link));
  }

  function linkResolves(page: string, link: string): boolean {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : relative(root, join(root, dirname(page), path));
    if (!existsSync(join(root, target))) return false;
    return anchor === undefined || anchorsOf(target).includes(anchor);
  }

  function anchorsOf(page: string): string[] {
    const headings = [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading ?? '');
    return headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replace(/ /g, '-'),
    );
  }
});

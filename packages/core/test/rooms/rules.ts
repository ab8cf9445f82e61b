// Who may import whom: the table of docs/design.md as data.
import { posix } from 'node:path';
import ts from 'typescript';

/** What each room of the core may import beside itself, the base files and `maths`; `types` only in `import type`. */
export const rooms: Readonly<
  Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>
> = {
  base: { values: [] },
  maths: { values: [] },
  models: { values: [] },
  score: { values: [], types: ['models'] },
  rerank: { values: [] },
  load: { values: ['models', 'score', 'rerank'] },
  resilience: { values: [] },
  fusion: { values: [] },
  decompose: { values: ['fusion', 'rerank'] },
  evaluate: { values: [] },
  testing: { values: ['rerank'] },
};

/** The folders within `models`, and which of each other they may import; the files beside them see all of them. */
export const foldersOfModels: Readonly<Record<string, readonly string[]>> = {
  files: [],
  tokenize: ['files'],
  runtime: ['tokenize'],
  http: [],
  hub: ['http'],
  chat: ['http'],
};

/** The public entries, and the rooms whose names they may list. The main one never reaches a model. */
const entries: Readonly<Record<string, readonly string[]>> = {
  'index.ts': ['score', 'rerank', 'resilience', 'fusion', 'decompose'],
  'models/index.ts': ['models', 'load'],
  'evaluate/index.ts': ['evaluate'],
  'testing/index.ts': ['testing'],
};

/** Packages that the core may use at all, and where. Everything else, frameworks above all, it may not know. */
const packagesOfCore: Readonly<Record<string, RegExp>> = {
  'onnxruntime-node': /^models\/runtime\/onnx-(runtime|session|worker)\.ts$/,
  '@huggingface/tokenizers': /^models\/tokenize\//,
  '@opentelemetry/api': /^resilience\/with-tracing\.ts$/,
  'fast-check': /^testing\//,
};

const coreEntries = new Set(['@secondpass/core', '@secondpass/core/models', '@secondpass/core/evaluate', '@secondpass/core/testing']); // prettier-ignore

export interface Import {
  readonly line: number;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** The imports of a source text: static, dynamic, required and re-exported ones; not what stands in comments or texts. */
export function importsOf(source: string): Import[] {
  const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest);
  const found: Import[] = [];
  // Static imports stand at the top; only who calls import() or require is read to the bottom.
  const nested = /\b(?:import|require|resolve)\s*\(/.test(source);
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    found.push({ line, specifier: specifier.text, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node))
      add(node, node.moduleSpecifier, node.isTypeOnly || allTypes(node.exportClause));
    else if (ts.isCallExpression(node)) {
      const loads = node.expression.kind === ts.SyntaxKind.ImportKeyword || /^require(\.resolve)?$/.test(node.expression.getText(file)); // prettier-ignore
      if (loads) add(node, node.arguments[0], false);
    }
    if (nested) ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return found;
}

const isTypeOnly = (clause: ts.ImportClause | undefined): boolean =>
  clause !== undefined && (clause.isTypeOnly || (!clause.name && allTypes(clause.namedBindings)));
const allTypes = (names: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean =>
  names !== undefined && 'elements' in names && names.elements.length > 0 && names.elements.every((name) => 'isTypeOnly' in name && name.isTypeOnly); // prettier-ignore

/**
 * The rule that an import breaks, in a sentence, or undefined.
 * @param file path from the repository root, with forward slashes: `packages/core/src/score/blend.ts`
 */
export function brokenRule(file: string, { specifier, typeOnly }: Omit<Import, 'line'>): string | undefined {
  const [, name, within] = /^packages\/([^/]+)\/src\/(.+)$/.exec(file)!;
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(within!), specifier);
    if (target === '../package.json') return undefined;
    if (target.startsWith('..')) return 'a package is seen through its exports only, never by a path out of src';
    return name === 'core' ? brokenRoomRule(within!, target, typeOnly) : undefined;
  }
  if (specifier.startsWith('node:')) return undefined;
  if (specifier === 'secondpass' || specifier.startsWith('secondpass/')) return 'nobody imports the command';
  if (specifier.startsWith('@secondpass/')) {
    if (name === 'core') return specifier === '@secondpass/model-mini-en' ? 'the core finds a model by name' : 'the core imports no package of ours'; // prettier-ignore
    if (coreEntries.has(specifier)) return undefined;
    if (specifier.startsWith('@secondpass/core/')) return 'the core is seen through its exports only';
    return name === 'cli' ? undefined : 'packages beside the core never import each other';
  }
  if (name !== 'core') return specifier.startsWith('onnxruntime') ? 'only the core runs models' : undefined;
  const where = packagesOfCore[specifier];
  if (!where) return 'the core knows no framework and no package beyond its list';
  return where.test(within!) ? undefined : `only ${where.source} may import ${specifier}`;
}

function brokenRoomRule(file: string, target: string, typeOnly: boolean): string | undefined {
  const to = roomOf(target);
  if (!rooms[to]) return `there is no room "${to}" in the table`;
  const listed = entries[file];
  if (listed)
    return to === 'base' || to === 'maths' || listed.includes(to)
      ? undefined
      : `the entry ${file} lists no names of ${to}`;
  if (entries[target]) return 'entries are for users: import the file that holds the thing';
  const from = roomOf(file);
  const rule = rooms[from];
  if (!rule) return `there is no room "${from}" in the table`;
  if (from === 'models' && to === 'models') return brokenFolderRule(file, target);
  if (to === from || to === 'base' || to === 'maths') return from === 'base' && to === 'maths' ? 'base files import base files only' : undefined; // prettier-ignore
  if (rule.values.includes(to) || (typeOnly && rule.types?.includes(to))) return undefined;
  return rule.types?.includes(to) ? `${from} sees ${to} as types only` : `${from} may not import ${to}`;
}

function brokenFolderRule(file: string, target: string): string | undefined {
  const [from, to] = [file, target].map((path) => /^models\/(\w+)\//.exec(path)?.[1]);
  if (from === undefined || from === to) return undefined;
  if (to === undefined) return `models/${from} may not import what stands beside it`;
  const rule = foldersOfModels[from];
  if (!rule) return `there is no folder "${from}" in the table of models`;
  return rule.includes(to) ? undefined : `models/${from} may not import models/${to}`;
}

const roomOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : 'base');

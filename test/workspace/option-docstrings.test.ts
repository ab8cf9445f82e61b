// An editor shows the docstring of the option under the pointer, not that of the function: each option has its own.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = readdirSync(join(root, 'packages'))
  .filter((name) => name !== 'cli')
  .flatMap((name) => sourcesBelow(`packages/${name}/src`));

function sourcesBelow(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}

const read = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true);

/** What the tables of contents name. */
const published = new Set(
  files
    .filter((file) => file.endsWith('/index.ts'))
    .flatMap((file) => read(file).statements.filter(ts.isExportDeclaration))
    .flatMap(({ exportClause }) => (exportClause && ts.isNamedExports(exportClause) ? [...exportClause.elements] : []))
    .map(({ name }) => name.text),
);

/** Types whose properties callers write: those called options, and those written in place of a name. */
function optionTypes(statement: ts.Statement): (ts.InterfaceDeclaration | ts.TypeLiteralNode)[] {
  const isType = ts.isInterfaceDeclaration(statement);
  if (!isType && !ts.isFunctionDeclaration(statement)) return [];
  if (!statement.name || !published.has(statement.name.text)) return [];
  if (isType) return /(?:Options|Params|Settings)$/u.test(statement.name.text) ? [statement] : [];
  return statement.parameters
    .filter(({ name }) => name.getText() === 'options')
    .flatMap(({ type }) => literalsIn(type));
}

function literalsIn(type: ts.TypeNode | undefined): ts.TypeLiteralNode[] {
  if (type && ts.isIntersectionTypeNode(type)) return type.types.flatMap(literalsIn);
  return type && ts.isTypeLiteralNode(type) ? [type] : [];
}

test('every option has a docstring of its own', () => {
  const types = files.flatMap((file) => read(file).statements.flatMap(optionTypes));
  expect(types.length).toBeGreaterThan(50);
  const bare = types.flatMap(({ members }) => members.filter((each) => ts.getJSDocCommentsAndTags(each).length === 0));
  expect(bare.map((each) => `${each.getSourceFile().fileName}: ${each.name?.getText()}`)).toEqual([]);
});

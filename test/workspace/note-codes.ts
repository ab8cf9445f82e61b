// The codes of notes, read off the sources: literals where a note is written, and what is handed to a helper that writes one.
import ts from 'typescript';

export interface SourceText {
  /** Path from the repository root. */
  readonly file: string;
  readonly text: string;
}

/** A function that writes notes with the code that it is given. */
interface Helper {
  readonly name: string;
  readonly at: number;
  /** The file that may call it; undefined: any. */
  readonly file: string | undefined;
}

/** Each code, with the files in which it is written. A note is an object literal with a `code` and a `message`. */
export function noteCodes(sources: readonly SourceText[]): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  const helpers: Helper[] = [];
  const files = sources.map(({ file, text }) => ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  const add = (code: string, { fileName }: ts.SourceFile): void => {
    found.set(code, (found.get(code) ?? new Set()).add(fileName));
  };
  for (const file of files) {
    walk(file, (node) => {
      if (!ts.isObjectLiteralExpression(node)) return;
      const code = node.properties.find((property) => nameOf(property) === 'code');
      if (!code || !node.properties.some((property) => nameOf(property) === 'message')) return;
      const value = ts.isPropertyAssignment(code) ? code.initializer : undefined;
      for (const text of value ? literalsOf(value) : []) add(text, file);
      if (ts.isShorthandPropertyAssignment(code)) helpers.push(...helperAround(code, file));
    });
  }
  for (const file of files) {
    walk(file, (node) => {
      if (!ts.isCallExpression(node)) return;
      for (const { name, at, file: only } of helpers) {
        const argument = node.expression.getText(file) === name ? node.arguments[at] : undefined;
        if (argument && (only ?? file.fileName) === file.fileName)
          for (const text of literalsOf(argument)) add(text, file);
      }
    });
  }
  return new Map(Array.from(found, ([code, where]) => [code, [...where]]));
}

/** The function of which `code` is a parameter. */
function helperAround(node: ts.Node, file: ts.SourceFile): Helper[] {
  for (let outer = node.parent; outer; outer = outer.parent) {
    if (!ts.isFunctionLike(outer)) continue;
    const at = outer.parameters.findIndex(({ name }) => name.getText(file) === 'code');
    if (at < 0) continue;
    const named = ts.isFunctionDeclaration(outer)
      ? outer
      : ts.isVariableDeclaration(outer.parent)
        ? outer.parent
        : undefined;
    if (!named?.name) return [];
    const exported = ts.isFunctionDeclaration(outer) && outer.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword); // prettier-ignore
    return [{ name: named.name.getText(file), at, file: exported ? undefined : file.fileName }];
  }
  return [];
}

/** The texts that an expression may be: itself, or the branches of a condition. */
function literalsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  return ts.isConditionalExpression(node) ? [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)] : [];
}

const nameOf = ({ name }: ts.ObjectLiteralElementLike): string | undefined =>
  name && ts.isIdentifier(name) ? name.text : undefined;

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** A regular expression, a range in brackets, or one by a sign. That a bracket is closed is looked for before " TO ". */
const wordless = /(?:^|\s|:)(?:\/.+\/|[[{](?=[^\][{}]*[\]}])[^\][{}]* TO |[<>]=?\S)/u;

/**
 * The words that a query string asks for, without the syntax of `query_string`: field names, operators, quotes,
 * grouping, wildcards, fuzziness and boosts go; negated terms go whole, since they are what is *not* asked. `undefined`
 * for what no words can stand for: a range, a regular expression.
 */
export function plainQueryString(text: string): string | undefined {
  if (wordless.test(text)) return undefined;
  const plain = text
    .replace(/(?:^|(?<=[\s(]))(?:NOT\s+|-|!)(?:[\w.*]+:)?(?:"[^"]*"|\([^)]{0,1000}\)|[^\s()]+)/gu, ' ')
    .replace(/(?:^|(?<=[\s(+]))[\w.*]+:(?=\S)/gu, ' ')
    .replace(/\b(?:AND|OR)\b|&&|\|\|?/gu, ' ')
    .replace(/(?<=[\w"*)])[~^]\d*(?:\.\d+)?/gu, ' ')
    .replace(/["()]|(?:^|(?<=\s))\+|\*/gu, ' ')
    .replace(/\\(.)/gu, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  return plain === '' ? undefined : plain;
}

/**
 * The words that a query string asks for, without the syntax of `query_string`: field names, operators, quotes,
 * grouping, wildcards, fuzziness and boosts go; negated terms go whole, since they are what is *not* asked. `undefined`
 * for what no words can stand for: a range, a regular expression.
 */
export function plainQueryString(text: string): string | undefined {
  if (/(?:^|\s|:)(?:\/.+\/|[[{][^\]}]* TO [^\]}]*[\]}]|[<>]=?\S)/u.test(text)) return undefined;
  const plain = text
    .replace(/(?:^|(?<=[\s(]))(?:NOT\s+|-|!)(?:[\w.*]+:)?(?:"[^"]*"|\([^)]*\)|[^\s()]+)/gu, ' ')
    .replace(/(?:^|(?<=[\s(+]))[\w.*]+:(?=\S)/gu, ' ')
    .replace(/\b(?:AND|OR)\b|&&|\|\|?/gu, ' ')
    .replace(/(?<=[\w"*)])[~^]\d*(?:\.\d+)?/gu, ' ')
    .replace(/["()]|(?:^|(?<=\s))\+|\*/gu, ' ')
    .replace(/\\(.)/gu, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  return plain === '' ? undefined : plain;
}

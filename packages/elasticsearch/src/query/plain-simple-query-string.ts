/** What `simple_query_string` takes for syntax; `C++`, `e-mail` and `--all` hold none of it. */
const syntax = new RegExp(
  [
    // An escaped character.
    String.raw`\\(.)`,
    // A negated phrase, group or term.
    String.raw`(?<![^\s()|+"])-(?!-)(?:"[^"]*"|\([^()]*\)|[^\s()|+"]+)`,
    // Fuzziness, slop and prefixes, at the end of a term. A run of stars is looked at once.
    String.raw`(?:(?<=\S)~\d*|(?<!(?<!\\)\*)\*+)(?=$|[\s()|+"])`,
    // "And", where a term begins; "or", quotes and groups anywhere.
    String.raw`(?<![^\s()|"])\++|[|"()]`,
  ].join('|'),
  'gsu',
);

/**
 * The words that a simple query string asks for, without its syntax; negated terms go whole, since they are what is
 * *not* asked, unless there is nothing else. Field names, `AND`, ranges and whatever else `query_string` knows are
 * plain text here. `undefined` if there are no words.
 */
export function plainSimpleQueryString(text: string): string | undefined {
  const asked = spaced(text.replace(syntax, (_, escaped?: string) => escaped ?? ' '));
  if (/[\p{L}\p{N}\p{So}]/u.test(asked)) return asked;
  return spaced(text.replace(/[-+|"()*~\\]/gu, ' ')) || undefined;
}

function spaced(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

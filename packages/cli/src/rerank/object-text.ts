/**
 * A JSON object, given as text, with one field more, as its last; one of that name that was there before is gone. All
 * else stays character by character, so that long numbers survive.
 * @param json the value, as JSON
 */
export function withField(object: string, name: string, json: string): string {
  const text = withoutField(object.trimEnd(), name);
  const open = text.slice(0, -1).trimEnd();
  return `${open}${open.endsWith('{') ? '' : ','}${JSON.stringify(name)}:${json}}`;
}

function withoutField(object: string, name: string): string {
  if (!Object.hasOwn(JSON.parse(object) as object, name)) return object;
  const { start, members, end } = membersOf(object);
  const kept = members.filter(({ key }) => key !== name).map(({ text }) => text);
  return object.slice(0, start) + kept.join(',') + object.slice(end);
}

/** The members of an object, as they are written between its outer braces, which stand before `start` and at `end`. */
function membersOf(object: string): {
  readonly start: number;
  readonly members: readonly { readonly key: string; readonly text: string }[];
  readonly end: number;
} {
  const start = object.indexOf('{') + 1;
  const members: { key: string; text: string }[] = [];
  let depth = 0;
  let from = start;
  let key: string | undefined;
  for (let index = start - 1; index < object.length; index++) {
    const token = object[index]!;
    if (token === '"') {
      const end = endOfString(object, index);
      key ??= JSON.parse(object.slice(index, end)) as string;
      index = end - 1;
    }
    if (depth === 1 && (token === ',' || token === '}') && key !== undefined) {
      members.push({ key, text: object.slice(from, index) });
      from = index + 1;
      key = undefined;
    }
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    if (depth === 0) return { start, members, end: index };
  }
  return { start, members, end: object.length };
}

/** Where a string of JSON ends that begins at `start`. Not by a pattern: one overflows the stack on millions of escapes. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

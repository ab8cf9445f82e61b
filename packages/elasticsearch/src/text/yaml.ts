/** Would be read as something else than this very text. */
const ambiguous =
  /^$|^[\s\-?:,[\]{}#&*!|>'"%@`]|\s$|: |:$| #|[\n\r\t]|^(?:true|false|null|yes|no|on|off|~|[-+.\d][\d.eE_+-]*)$/iu;

/**
 * An object as YAML in block style, the form in which models read structured data best. Absent values are left out,
 * strings stand bare wherever YAML allows it. What is no object is its own text.
 */
export function toYaml(value: unknown): string {
  return lines(value).join('\n');
}

function lines(value: unknown): string[] {
  if (Array.isArray(value))
    return value.filter(isPresent).flatMap((element: unknown) => attach('-', lines(element), element));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .filter(([, inner]) => isPresent(inner))
      .flatMap(([key, inner]) => {
        const below = lines(inner);
        const nested = typeof inner === 'object' && below.length > 0;
        return nested ? [`${scalar(key)}:`, ...indent(below)] : [`${scalar(key)}: ${below[0] ?? '[]'}`];
      });
  }
  return [scalar(value)];
}

/** A list's dash, with what follows it on the same line and the rest indented below. */
function attach(mark: string, below: readonly string[], value: unknown): string[] {
  const [first = Array.isArray(value) ? '[]' : '{}', ...rest] = below;
  return [`${mark} ${first}`, ...indent(rest)];
}

function indent(below: readonly string[]): string[] {
  return below.map((line) => `  ${line}`);
}

function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  return ambiguous.test(value) ? JSON.stringify(value) : value;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A copy without the names whose value is `undefined`, so that what lies below shows through a spread. */
export function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, given]) => given !== undefined)) as T;
}

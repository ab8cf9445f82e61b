/** What a `Retry-After` header asks for, in seconds or as a date: milliseconds from now, at least 0; `undefined` if nothing. */
export function retryAfterOf(response: Response): number | undefined {
  const asked = response.headers.get('retry-after')?.trim();
  if (!asked) return undefined;
  const seconds = Number(asked);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(asked) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

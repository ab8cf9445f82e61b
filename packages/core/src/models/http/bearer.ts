import { SecondpassError } from '../../errors.ts';

/**
 * The value of an authorization header. White space round the token is no part of it: files end in a line end.
 * @param what names the token and where it comes from, for the message, which never quotes it
 * @throws SecondpassError `invalid-argument` for a token that a header cannot carry
 */
export function bearer(token: string, what: string): string {
  const trimmed = token.trim();
  // Here, since the error that fetch throws would quote it.
  if (/^[\x21-\x7e]+$/.test(trimmed)) return `Bearer ${trimmed}`;
  throw new SecondpassError(
    'invalid-argument',
    `${what} is no token: it must be one line of visible ASCII characters, without spaces. Mend where it is set.`,
  );
}

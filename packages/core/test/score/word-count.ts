/** Words as passages are measured in: a character of a script without spaces is one. */
export const wordCount = (part: string): number =>
  part.match(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu,
  )?.length ?? 0;

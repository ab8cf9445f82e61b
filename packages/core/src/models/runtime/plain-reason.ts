/**
 * What a native library says, for people: without the place in its sources and the condition that did not hold there, which it
 * puts in front. What does not look like that stays, but for blanks at the ends.
 */
export function plainReason(message: string): string {
  const text = message.trim();
  if (!/^[^\n]*?\.(?:cc|cpp|cu|h):\d+ /.test(text)) return text;
  return /(?: was (?:false|true)\. | (?=\[ONNXRuntimeError\]))(\S.*)$/s.exec(text)?.[1] ?? text;
}

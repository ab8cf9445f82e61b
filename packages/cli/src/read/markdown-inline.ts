/**
 * Lines longer than this are no prose a person wrote; cleaning them could take quadratic time, so they stay as they
 * are.
 */
export const longestCleanedLine = 4000;

/**
 * What a reader sees of one line of Markdown: link and image texts without their targets, no tags, no emphasis marks.
 * Code spans stay as they are. Badges (images that are links) are left out.
 */
export function inlineText(line: string): string {
  if (line.length > longestCleanedLine) return line;
  const spans: string[] = [];
  const set = line.replace(/(?<!`)(`{1,3})(?!`)[^`]+\1(?!`)/g, (span) => `\uE000${spans.push(span) - 1}\uE001`);
  return withoutMarks(set).replace(/\uE000(\d+)\uE001/g, (all, index) => spans[Number(index)] ?? all);
}

const target = String.raw`(?:\((?:<[^>]*>|[^()\s]*(?:\([^()]*\)[^()\s]*)*)(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)|\[[^\]]*\])`;
// A text ends at the next bracket of either kind, so that each bracket is read once.
const badge = new RegExp(String.raw`\[!\[[^\][]*\]${target}\]${target}`, 'g');
const image = new RegExp(String.raw`!\[([^\][]*)\]${target}`, 'g');
const link = new RegExp(String.raw`\[([^\][]*)\]${target}`, 'g');
const autolink = /<((?:https?|mailto):[^>\s]+)>/g;
// Looks for the end of the tag first: where there is none, nothing else is tried.
const imageTag = /<img\b(?=[^>]*>)[^>]*?\balt="([^"]*)"[^>]*>/gi;
const tag = /<\/?[a-z][a-z0-9-]*(?:\s+[\w:@.-]+(?:=(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*\s*\/?>/gi;
const strong = /(\*\*|__)(?=\S)(.*?\S)\1/g;

function withoutMarks(text: string): string {
  return text
    .replace(badge, '')
    .replace(image, '$1')
    .replace(link, '$1')
    .replace(autolink, '$1')
    .replace(imageTag, '$1')
    .replace(tag, '')
    .replace(strong, '$2');
}

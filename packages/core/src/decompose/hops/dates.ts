const months = 'January|February|March|April|May|June|July|August|September|October|November|December';

const date = new RegExp(`^(?:\\d{1,2}\\s)?(?:${months})\\b[\\s\\d,]*$`, 'u');
const asking = /\b(?:when|date|day|month|year|decade|century)s?\b/iu;

/** True for a name that is a point in time: `March`, `March 1974`, `4 July 1776`. A bare number is none: it may be a title. English. */
export function isDate(name: string): boolean {
  return date.test(name);
}

/** True for a question that asks for, or speaks of, a point in time. English; see `isDate`. */
export function asksForDate(question: string): boolean {
  return asking.test(question);
}

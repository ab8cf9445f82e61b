import { fields, readText, type Candidate, type Content, type Note, type ReadText } from '@secondpass/core';
import type { JsonDocument, RerankCall } from './specification.ts';

/** What of a JSON document to read. */
export type JsonText = Parameters<typeof fields>[0] | ((document: JsonDocument) => Content);

export type TextCandidate = Candidate & ReadText;

/** Documents as candidates, known by their place. */
export function toCandidates(
  documents: RerankCall['documents'],
  read: (document: JsonDocument) => Content,
): TextCandidate[] {
  if (documents.type === 'text') return documents.values.map((content, index) => ({ id: String(index), content }));
  return documents.values.map((document, index) => ({
    id: String(index),
    ...readText(() => read(document), `document ${index + 1}`),
  }));
}

/**
 * Turns the `text` option into a function.
 * @throws SecondpassError `invalid-argument` for a template without fields
 */
export function documentText(text: JsonText | undefined): (document: JsonDocument) => Content {
  if (typeof text === 'function') return text;
  if (text !== undefined) return fields(text);
  const whole = fields(['document']);
  return (document) => whole({ document });
}

/**
 * Documents are known by their place, so that two of the same stay two; a note says that there are. Different documents
 * of which the same text was read are not the same.
 */
export function duplicateNotes(documents: readonly (string | JsonDocument)[], by: string): Note[] {
  const twice = documents.length - new Set(documents.map(identity)).size;
  if (twice === 0) return [];
  return [
    { code: 'duplicate-id', by, message: `${twice} document(s) stand in the list more than once; all are kept.` },
  ];
}

/** Equal for equal documents. One that is no JSON after all equals itself alone. */
function identity(document: string | JsonDocument): unknown {
  try {
    return JSON.stringify(document);
  } catch {
    return document;
  }
}

export const normalForms = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;
export type NormalForm = (typeof normalForms)[number];

/** More than thirty marks, or characters that become marks. The look behind it has each run read once. */
const longRun = /(?<![\p{M}\uff9e\uff9f])[\p{M}\uff9e\uff9f]{31,}/gu;
const thirty = /.{30}(?=.)/gsu;

/**
 * A text in a normal form of Unicode, in time that grows with its length: by itself `normalize` takes the square of a run
 * of marks, minutes for a megabyte. After every thirty marks in a row a joiner without a look of its own (U+034F) parts
 * them, as the stream-safe format has it (Unicode Standard Annex 15, section 13): no language writes so many.
 */
export function normalForm(text: string, form: NormalForm): string {
  return text.replace(longRun, (run) => run.replace(thirty, '$&\u034f')).normalize(form);
}

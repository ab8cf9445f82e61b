import { describe, expect, it } from 'vitest';
import { decodeText } from '../../src/read/read-text.ts';

describe('decodeText', () => {
  it('reads what is not UTF-8 as Windows-1252, quotation marks, dashes and the euro sign, too', () => {
    const bytes = Uint8Array.of(
      0x93,
      0x44,
      0x6f,
      0x6e,
      0x92,
      0x74,
      0x94,
      0x20,
      0x96,
      0x20,
      0x80,
      0x35,
      0x20,
      0xe9,
      0x9f,
    );
    expect(decodeText(bytes)).toEqual({ text: '“Don’t” – €5 éŸ', remark: 'not UTF-8, read as Windows-1252' });
  });
});

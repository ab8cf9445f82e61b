import { graphemes } from './graphemes.ts';

/** Byte length from which a cluster of characters is no longer looked up as a whole, as in the reference. */
const longCluster = 6;

/** All printable characters of ASCII. */
const printable = Array.from({ length: 0x7f - 0x20 }, (_, at) => String.fromCharCode(0x20 + at));

/**
 * The `Precompiled` normaliser of SentencePiece models: a map from characters, and short clusters of them, to what
 * replaces them, stored as a double-array trie over UTF-8 bytes (darts-clone: 32-bit units) and the replacements.
 * The map is followed to the letter: like the reference it takes the *shortest* match at the start of a cluster, and
 * looks up character by character what is not replaced as a whole. @huggingface/tokenizers 0.2.0 does not read the map;
 * it applies NFKC and a fixed list of spaces instead, which differs for joiners, combining marks and line separators.
 *
 * @param base64 `precompiled_charsmap` of tokenizer.json: size of the trie in bytes (uint32), trie, replacements
 * @throws Error if the map is cut off
 */
export function precompiledCharsmap(base64: string): (text: string) => string {
  const bytes = Buffer.from(base64, 'base64');
  const size = bytes.length >= 4 ? bytes.readUInt32LE(0) : -1;
  if (size < 4 || size % 4 !== 0 || 4 + size > bytes.length) throw new Error('its precompiled_charsmap is cut off');
  const units = new Uint32Array(size / 4);
  for (let i = 0; i < units.length; i++) units[i] = bytes.readUInt32LE(4 + 4 * i);
  const replacements = bytes.subarray(4 + size);
  const known = new Map<string, string | undefined>();

  const replacement = (piece: string): string | undefined => {
    if (known.has(piece)) return known.get(piece);
    const start = shortestMatch(units, Buffer.from(piece, 'utf8'));
    const found =
      start === undefined ? undefined : replacements.toString('utf8', start, endOfString(replacements, start));
    if (known.size < 20_000) known.set(piece, found);
    return found;
  };

  // Maps that fold case change ASCII, too.
  const isPlain = printable.every((character) => replacement(character) === undefined);

  return (text) => {
    if (isPlain && /^[\x20-\x7e]*$/.test(text)) return text;
    let out = '';
    for (const segment of graphemes(text)) {
      const whole = Buffer.byteLength(segment) < longCluster ? replacement(segment) : undefined;
      if (whole !== undefined) out += whole;
      else for (const character of segment) out += replacement(character) ?? character;
    }
    return out;
  };
}

/** Where the children of a unit begin. */
function offset(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

/** Value of the shortest prefix of `key` in the trie, or `undefined`. Layout of a unit: darts-clone's `DoubleArrayUnit`. */
function shortestMatch(units: Uint32Array, key: Uint8Array): number | undefined {
  let at = offset(units[0]!);
  for (const byte of key) {
    if (byte === 0) return undefined;
    at ^= byte;
    const unit = units[at];
    if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return undefined;
    at ^= offset(unit);
    if ((unit >>> 8) & 1) return units[at]! & 0x7fffffff;
  }
  return undefined;
}

function endOfString(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(0, start);
  return end < 0 ? bytes.length : end;
}

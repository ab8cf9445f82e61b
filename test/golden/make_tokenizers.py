"""Writes packages/core/test/models/golden/tokenizers.json: small tokenizers whose steps public rerankers seldom use, and
what the reference tokenizer makes of hard texts with them.

    python test/golden/make_tokenizers.py

Needs `tokenizers` and `sentencepiece` (made with 0.23.3 and 0.2.3). Nothing is trained, so a new run gives the same file.
Ids and token types are to be equal, without exception.
"""
import json
import tempfile
from pathlib import Path

import sentencepiece
import tokenizers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

OUT = Path(__file__).resolve().parents[2] / "packages/core/test/models/golden/tokenizers.json"
TEXTS = [
    "", " ", "a cat", "Hello WORLD Abc", "concatenate cat. cat", "cat-cat cats tomcat cat", "cat_cat 1cat cat1 (cat)", "Dunes Dune Dun",
    "ΟΔΟΣ ΣΟΦΟΣ", "Σ ΑΣ. ΑΣα", "İstanbul'da IĞDIR ıİiI", "café naïve über straße", "e\u0301a\u0300", "wait... what?! (yes)", "x¹ y² ½ Ⅷ",
    "日本語の漢字 龘 𠀀", "emoji 🦀🦀 x 👨‍👩‍👧", "a  b   c ", " a b", "\ta\n\nb\u00a0c\u3000d\u0085e\ufefff", "١٢٣ 456 १२",
    "می‌خواهم क्षत्रिय", "snake_case a‿b", "x,y;z", ",,a,,b,", "aXbXXc", "ab ab  abab", "<0x41> <unk>", "龘龘 龘", "é龘é", "a\u200bb", "ʼn ﬁ ½", "catécat cat日 日cat",
]


def word_pieces():
    """Every character of the texts but a few rare ones, and pairs of letters: enough to tell steps apart."""
    left_out = set("龘𠀀🦀Ⅷक")
    characters = sorted({c for text in TEXTS for c in text + text.lower()} - left_out)
    pairs = ["ab", "at", "ca", "lo", "od", "os", "un", "e ", " a", " b", "b ", " c", "σο", "ος", "bX", "Xb", ",a", "a,", "a▁", "▁a", "日本", "12", "می",
             "y²", "١٢", "१२", "..", "?!", "cat", ",,", "XX", "a\u200b", "b\u00a0", "c\u3000", "e\ufeff", "یخ", "ی\u200c", "‿b", "_c", "👨\u200d"]
    return characters, pairs


def bpe(pre_tokenizer, normalizer=None, fuse=False):
    characters, pairs = word_pieces()
    vocab = {piece: at for at, piece in enumerate(["[UNK]", *characters, *pairs])}
    merges = [(pair[:-1], pair[-1]) for pair in pairs if pair[:-1] in vocab and pair[-1] in vocab]
    tokenizer = Tokenizer(models.BPE(vocab, merges, unk_token="[UNK]", fuse_unk=fuse))
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer:
        tokenizer.normalizer = normalizer
    return tokenizer


def unigram(pre_tokenizer, normalizer=None, byte_names=(), byte_fallback=False):
    characters, pairs = word_pieces()
    pieces = [("<unk>", 0.0), *[(name, 0.0) for name in byte_names], ("▁", -2.0)]
    pieces += [(c, -4.0 - at % 7) for at, c in enumerate(characters) if c not in "▁é"]
    pieces += [(pair, -3.5 - at % 5) for at, pair in enumerate(pairs)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=byte_fallback))
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer:
        tokenizer.normalizer = normalizer
    return tokenizer


def folding_map():
    """A character map that changes ASCII: A to a, B to nothing, x to yy, and a few beyond."""
    rules = [("A", "a"), ("B", ""), ("W", "w"), ("x", "yy"), ("É", "é"), ("Σ", "σ"), ("½", "1/2")]
    row = lambda text: " ".join(f"{ord(c):X}" for c in text)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "rules.tsv").write_text("".join(f"{row(a)}\t{row(b)}\n" for a, b in rules))
        (Path(folder) / "text.txt").write_text("a cat sat on the mat\n" * 10)
        sentencepiece.SentencePieceTrainer.train(
            input=f"{folder}/text.txt", model_prefix=f"{folder}/m", vocab_size=20, hard_vocab_limit=False,
            normalization_rule_tsv=f"{folder}/rules.tsv", minloglevel=2,
        )
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString((Path(folder) / "m.model").read_bytes())
    return model.normalizer_spec.precompiled_charsmap


def with_added(tokenizer, *tokens):
    tokenizer.add_tokens(list(tokens))
    return tokenizer


def with_post_processor(processor):
    tokenizer = bpe(pre_tokenizers.WhitespaceSplit())
    tokenizer.add_special_tokens(["<s>", "</s>"])
    roberta = processors.RobertaProcessing(("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>")))
    bert = processors.BertProcessing(("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>")))
    byte_level = processors.ByteLevel(trim_offsets=False)
    tokenizer.post_processor = {
        "roberta": roberta, "bert": bert, "sequence": processors.Sequence([byte_level, roberta]),
    }[processor]
    return tokenizer


def cases():
    split = pre_tokenizers.Split
    words = pre_tokenizers.WhitespaceSplit
    sequence = lambda *steps: pre_tokenizers.Sequence(list(steps))
    every_byte = [f"<0x{byte:02X}>" for byte in range(256)]
    yield "charsmap that folds ASCII", unigram(pre_tokenizers.Metaspace(), normalizers.Precompiled(folding_map()))
    yield "Unigram", unigram(pre_tokenizers.Metaspace())
    yield "Unigram with bytes", unigram(pre_tokenizers.Metaspace(), byte_names=every_byte, byte_fallback=True)
    yield "Unigram with some bytes", unigram(pre_tokenizers.Metaspace(), byte_names=["<0xC3>", "<0xA9>"], byte_fallback=True)
    yield "Unigram with bytes and without fallback", unigram(pre_tokenizers.Metaspace(), byte_names=every_byte)
    yield "Unigram of words without marks", unigram(words())
    yield "Metaspace, unsplit", unigram(pre_tokenizers.Metaspace(split=False))
    yield "Metaspace, first", unigram(pre_tokenizers.Metaspace(prepend_scheme="first"))
    yield "Metaspace of BPE", bpe(pre_tokenizers.Metaspace())
    yield "BPE that joins unknowns", bpe(words(), fuse=True)
    yield "Whitespace", bpe(pre_tokenizers.Whitespace())
    yield "Punctuation", bpe(sequence(words(), pre_tokenizers.Punctuation()))
    yield "Punctuation, contiguous", bpe(sequence(words(), pre_tokenizers.Punctuation("contiguous")))
    yield "Punctuation, removed", bpe(sequence(words(), pre_tokenizers.Punctuation("removed")))
    yield "Punctuation, merged", bpe(sequence(words(), pre_tokenizers.Punctuation("merged_with_previous")))
    yield "Digits", bpe(sequence(words(), pre_tokenizers.Digits(individual_digits=False)))
    yield "Digits, each", bpe(sequence(words(), pre_tokenizers.Digits(individual_digits=True)))
    yield "BertPreTokenizer", bpe(pre_tokenizers.BertPreTokenizer())
    for behaviour in ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]:
        yield f"Split at a string, {behaviour}", bpe(split(" ", behaviour))
        yield f"Split at a pattern, {behaviour}", bpe(split(Regex("X|,"), behaviour))
        yield f"Split at what matches no pattern, {behaviour}", bpe(split(Regex(r"\w+"), behaviour, invert=True))
    yield "Lowercase", bpe(words(), normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()]))
    yield "StripAccents", bpe(words(), normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()]))
    yield "StripAccents alone", bpe(words(), normalizers.StripAccents())
    yield "NFKC", bpe(words(), normalizers.NFKC())
    yield "added words", with_added(bpe(words()), AddedToken("cat", single_word=True), AddedToken("Dune"))
    yield "added words before the normalizer", with_added(bpe(words(), normalizers.Lowercase()), AddedToken("cat", single_word=True, normalized=False))
    yield "added words after the normalizer", with_added(bpe(words(), normalizers.Lowercase()), AddedToken("cat", single_word=True, normalized=True))
    yield "added words of two lengths", with_added(bpe(words()), AddedToken("cat", single_word=True), AddedToken("cats"), AddedToken("concat", single_word=True))
    yield "added words that strip", with_added(bpe(split(" ", "isolated")), AddedToken("cat", lstrip=True, rstrip=True, single_word=True), AddedToken("Dune", rstrip=True))
    for processor in ["roberta", "bert", "sequence"]:
        yield f"{processor} post-processor", with_post_processor(processor)


def main():
    rows = []
    for name, tokenizer in cases():
        row = {"name": name, "tokenizer": json.loads(tokenizer.to_str()), "ids": [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]}
        if tokenizer.post_processor:
            pair = tokenizer.encode("a cat", "ab")
            row["pair"] = {"texts": ["a cat", "ab"], "ids": pair.ids, "types": pair.type_ids}
        rows.append(row)
    made = f"test/golden/make_tokenizers.py with tokenizers {tokenizers.__version__}"
    text = ",\n".join(json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in rows)
    OUT.write_text('{"made": %s,\n"texts": %s,\n"cases": [\n%s]}\n' % (json.dumps(made), json.dumps(TEXTS), text))
    print(OUT, OUT.stat().st_size, len(rows))


if __name__ == "__main__":
    main()

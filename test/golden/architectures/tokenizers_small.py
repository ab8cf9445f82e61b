"""One small tokenizer of each kind that public rerankers use, trained on TRAINING with the real special tokens."""
import tempfile
from pathlib import Path

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from texts import TRAINING


def _wrap(tokenizer, length, inputs, **special):
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=length, model_input_names=inputs, **special)


def _pair_template(tokenizer, single, pair, names):
    ids = [(name, tokenizer.token_to_id(name)) for name in names]
    tokenizer.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=ids)


def wordpiece(length, inputs=("input_ids", "token_type_ids", "attention_mask"), lowercase=True, vocab=700):
    """BERT's: cleaned, lower-cased, accents stripped, CJK split, punctuation split, greedy longest match."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(TRAINING, trainers.WordPieceTrainer(vocab_size=vocab, special_tokens=special, show_progress=False))
    _pair_template(tokenizer, "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", ["[CLS]", "[SEP]"])
    tokenizer.decoder = decoders.WordPiece()
    return _wrap(tokenizer, length, list(inputs), unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]", cls_token="[CLS]", mask_token="[MASK]")


def mpnet_wordpiece(length):
    """MPNet's: BERT's pieces between RoBERTa's special tokens."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"]
    tokenizer.train_from_iterator(TRAINING, trainers.WordPieceTrainer(vocab_size=700, special_tokens=special, show_progress=False))
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>")), trim_offsets=True, add_prefix_space=False
    )
    return _wrap(tokenizer, length, ["input_ids", "attention_mask"], bos_token="<s>", eos_token="</s>", unk_token="[UNK]", sep_token="</s>", pad_token="<pad>", cls_token="<s>", mask_token=AddedToken("<mask>", lstrip=True, special=True))


def byte_bpe_roberta(length):
    """RoBERTa's: bytes as characters, BPE, <s> a </s></s> b </s>."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(vocab_size=800, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(TRAINING, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>")), trim_offsets=True, add_prefix_space=False
    )
    tokenizer.decoder = decoders.ByteLevel()
    return _wrap(tokenizer, length, ["input_ids", "attention_mask"], bos_token="<s>", eos_token="</s>", unk_token="<unk>", sep_token="</s>", pad_token="<pad>", cls_token="<s>", mask_token=AddedToken("<mask>", lstrip=True, special=True))


def byte_bpe_modernbert(length):
    """ModernBERT's: NFC, byte-level BPE, BERT's special tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]
    trainer = trainers.BpeTrainer(vocab_size=800, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(TRAINING, trainer)
    _pair_template(tokenizer, "[CLS] $A [SEP]", "[CLS] $A [SEP] $B [SEP]", ["[CLS]", "[SEP]"])
    tokenizer.decoder = decoders.ByteLevel()
    return _wrap(tokenizer, length, ["input_ids", "attention_mask"], unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]", cls_token="[CLS]", mask_token=AddedToken("[MASK]", lstrip=True, special=True))


QWEN_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def byte_bpe_qwen(length, words=("yes no",)):
    """Qwen's: NFC, its own split into words, byte-level BPE, no special tokens round a text. `words` get tokens of their own."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(QWEN_SPLIT), behavior="isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(vocab_size=800, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(TRAINING + list(words) * 50, trainer)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    return _wrap(tokenizer, length, ["input_ids", "attention_mask"], eos_token="<|im_end|>", pad_token="<|endoftext|>")


def _sentencepiece(kind, size, rule):
    with tempfile.TemporaryDirectory() as folder:
        text, prefix = Path(folder, "t.txt"), str(Path(folder, "m"))
        lines = [line for t in TRAINING for line in t.replace("\x00", " ").splitlines() if line.strip()]
        text.write_text("\n".join(lines), encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=prefix, vocab_size=size, model_type=kind, normalization_rule_name=rule, hard_vocab_limit=False,
            character_coverage=0.98 if kind == "unigram" else 1.0, byte_fallback=kind == "bpe", num_threads=1, minloglevel=2,
        )
        from sentencepiece import sentencepiece_model_pb2 as proto

        model = proto.ModelProto()
        model.ParseFromString(Path(prefix + ".model").read_bytes())
        return model


def unigram_xlmr(length):
    """XLM-RoBERTa's: SentencePiece Unigram, the nmt_nfkc map, metaspace, <s> a </s></s> b </s>."""
    model = _sentencepiece("unigram", 700, "nmt_nfkc")
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    pieces += [(p.piece, p.score) for p in model.pieces if p.type == 1]
    pieces += [("<mask>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    _pair_template(tokenizer, "<s> $A </s>", "<s> $A </s> </s> $B </s>", ["<s>", "</s>"])
    return _wrap(tokenizer, length, ["input_ids", "attention_mask"], bos_token="<s>", eos_token="</s>", unk_token="<unk>", sep_token="</s>", pad_token="<pad>", cls_token="<s>", mask_token=AddedToken("<mask>", lstrip=True, special=True))


def unigram_deberta(length):
    """DeBERTa-v2/v3's: SentencePiece Unigram with BERT's special tokens and token types."""
    model = _sentencepiece("unigram", 700, "nmt_nfkc")
    pieces = [("[PAD]", 0.0), ("[CLS]", 0.0), ("[SEP]", 0.0), ("[UNK]", 0.0)]
    pieces += [(p.piece, p.score) for p in model.pieces if p.type == 1]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.add_special_tokens(["[MASK]"])
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Strip(), normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    _pair_template(tokenizer, "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", ["[CLS]", "[SEP]"])
    return _wrap(tokenizer, length, ["input_ids", "token_type_ids", "attention_mask"], bos_token="[CLS]", eos_token="[SEP]", unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]", cls_token="[CLS]", mask_token="[MASK]")


def bpe_sentencepiece(length):
    """Gemma's kind: SentencePiece BPE with byte fallback; spaces become ▁ before anything else; <bos> a b."""
    model = _sentencepiece("bpe", 900, "identity")
    vocab = {"<pad>": 0, "<eos>": 1, "<bos>": 2, "<unk>": 3}
    for p in model.pieces:
        if p.type in (1, 6) and p.piece not in vocab:
            vocab[p.piece] = len(vocab)
    merges = []
    ranked = sorted((p for p in model.pieces if p.type == 1), key=lambda p: -p.score)
    for p in ranked:
        splits = [(p.piece[:i], p.piece[i:]) for i in range(1, len(p.piece)) if p.piece[:i] in vocab and p.piece[i:] in vocab]
        merges += sorted(splits, key=lambda s: (vocab[s[0]], vocab[s[1]]))
    tokenizer = Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens(["<pad>", "<eos>", "<bos>", "<unk>"])
    _pair_template(tokenizer, "<bos> $A", "<bos> $A <bos>:1 $B:1", ["<bos>"])
    return _wrap(tokenizer, length, ["input_ids", "attention_mask"], bos_token="<bos>", eos_token="<eos>", unk_token="<unk>", pad_token="<pad>")

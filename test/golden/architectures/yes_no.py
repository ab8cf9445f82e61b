"""Makes the fixtures of rerankers that are language models: asked for a word, scored by the logits of two answers.

    python yes_no.py          # writes fixtures/qwen3-yes-no/ and fixtures/qwen2-yes-no/

The prompts and the way of cutting are their authors': Qwen3-Reranker's card (code for transformers) and mxbai-rerank v2's
library. Where nothing is cut, sentence-transformers' CrossEncoder (LogitScore) must agree: the script stops if it does not.
(It encodes a rendered chat as one text; pairs whose pieces merge at a seam that the authors' code has are left out.)
"""
import json
import shutil
from pathlib import Path

import torch
from sentence_transformers import CrossEncoder
from sentence_transformers.cross_encoder.modules import LogitScore
from sentence_transformers.base.modules import Transformer
from transformers import DynamicCache, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

import tokenizers_small as small
from texts import TEXTS, expand, pair_indices

OUT = Path(__file__).parent / "fixtures"
SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48, "num_key_value_heads": 2,
         "head_dim": 8, "max_position_embeddings": 1024, "initializer_range": 0.35, "tie_word_embeddings": False}

QWEN3 = {
    "before": '<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. '
              'Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n',
    "after": "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n",
    "instruction": "Given a web search query, retrieve relevant passages that answer the query",
}
MXBAI = {
    "before": "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n<|im_start|>user\n",
    "task": "You are a search relevance expert who evaluates how well documents match search queries. For each query-document pair, "
            "carefully analyze the semantic relationship between them, then provide your binary relevance judgment "
            "(0 for not relevant, 1 for relevant).\nRelevance:",
    "after": "<|im_end|>\n<|im_start|>assistant\n",
}


def qwen3_ids(tokenizer, query, document, instruction, length):
    """Query and document are one text, cut at its end."""
    before, after = (tokenizer(t, add_special_tokens=False)["input_ids"] for t in (QWEN3["before"], QWEN3["after"]))
    text = f"<Instruct>: {instruction or QWEN3['instruction']}\n<Query>: {query}\n<Document>: {document}"
    middle = tokenizer(text, add_special_tokens=False, truncation="longest_first", max_length=length - len(before) - len(after))["input_ids"]
    return before, middle, after


def mxbai_ids(tokenizer, query, document, instruction, length):
    """The query may have three quarters of the room; the document is cut to what is left."""
    encode = lambda text: tokenizer(text, add_special_tokens=False)["input_ids"]
    separator = encode("\n")
    before, after = encode(MXBAI["before"]), separator + encode(MXBAI["task"]) + encode(MXBAI["after"])
    room = length - len(before) - len(after)
    asked = f"query: {query}" if instruction is None else f"instruction: {instruction}\nquery: {query}"
    first = encode(asked)[: room * 3 // 4]
    return before, (first + separator + encode(f"document: {document}"))[:room], after


CHAT = {
    "qwen3-yes-no": "{% set q = (messages | selectattr('role','eq','query') | map(attribute='content') | first) %}"
                    "{% set d = (messages | selectattr('role','eq','document') | map(attribute='content') | first) %}"
                    + "{{ " + json.dumps(QWEN3["before"] + f"<Instruct>: {QWEN3['instruction']}\n<Query>: ") + " }}{{ q }}"
                    + "{{ " + json.dumps("\n<Document>: ") + " }}{{ d }}{{ " + json.dumps(QWEN3["after"]) + " }}",
    "qwen2-yes-no": "{% set q = (messages | selectattr('role','eq','query') | map(attribute='content') | first) %}"
                    "{% set d = (messages | selectattr('role','eq','document') | map(attribute='content') | first) %}"
                    + "{{ " + json.dumps(MXBAI["before"] + "query: ") + " }}{{ q }}{{ " + json.dumps("\ndocument: ") + " }}{{ d }}"
                    + "{{ " + json.dumps("\n" + MXBAI["task"] + MXBAI["after"]) + " }}",
}


class AllLogits(torch.nn.Module):
    """As public exports have it: positions and an empty past in, the logits of every token out."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, position_ids, *past):
        cache = DynamicCache([(past[i], past[i + 1]) for i in range(0, len(past), 2)])
        return self.model(input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids, past_key_values=cache, use_cache=True).logits


class TwoLogits(torch.nn.Module):
    """What we recommend to export: of the last token that is no padding, the logits of the two answers."""

    def __init__(self, model, answers):
        super().__init__()
        self.model, self.answers = model, answers

    def forward(self, input_ids, attention_mask):
        hidden = self.model.model(input_ids=input_ids, attention_mask=attention_mask, use_cache=False).last_hidden_state
        last = (attention_mask * torch.arange(attention_mask.shape[1])).argmax(dim=1)
        rows = hidden.gather(1, last[:, None, None].expand(-1, 1, hidden.shape[2]))[:, 0]
        return rows @ self.model.lm_head.weight[self.answers].T


def export(model, path, answers):
    ids, mask = torch.tensor([[5, 6, 7, 8], [9, 10, 0, 0]]), torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
    names, inputs, output = ["input_ids", "attention_mask"], (ids, mask), {"logits": {0: "pairs"}}
    axes = {name: {0: "pairs", 1: "tokens"} for name in names}
    graph = TwoLogits(model, answers)
    if answers is None:
        past = [torch.zeros(2, SIZES["num_key_value_heads"], 0, SIZES["head_dim"]) for _ in range(2 * SIZES["num_hidden_layers"])]
        past_names = [f"past_key_values.{layer}.{part}" for layer in range(SIZES["num_hidden_layers"]) for part in ("key", "value")]
        names += ["position_ids", *past_names]
        inputs += (torch.arange(4)[None].expand(2, -1).contiguous(), *past)
        axes |= {"attention_mask": {0: "pairs", 1: "all"}, "position_ids": {0: "pairs", 1: "tokens"}}
        axes |= {name: {0: "pairs", 2: "past"} for name in past_names}
        output = {"logits": {0: "pairs", 1: "tokens"}}
        graph = AllLogits(model)
    torch.onnx.export(graph, inputs, str(path), input_names=names, output_names=["logits"], dynamic_axes=axes | output, opset_version=17, dynamo=False)


def make(name, config, kind, make_ids, words, length, two_logits):
    torch.manual_seed(sum(map(ord, name)))
    tokenizer = small.byte_bpe_qwen(length, words)
    tokenizer.add_tokens(["<think>", "</think>"])
    answers = [tokenizer.convert_tokens_to_ids(word) for word in words]
    assert None not in answers and len(set(answers)) == 2, f"no single tokens: {words}"
    model = kind(config(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, attn_implementation="eager", **SIZES)).eval().float()
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    export(model, folder / "model.onnx", answers if two_logits else None)
    texts = [expand(t) for t in TEXTS]
    rows = []

    def score(query, document, instruction):
        before, middle, after = make_ids(tokenizer, query, document, instruction, length)
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([before + middle + after])).logits[0, -1]
        return middle, (logits[answers[1]] - logits[answers[0]]).item(), (len(before), len(after))

    own = "Find the passage that contradicts the statement"
    cases = [(q, d, None) for q, d in pair_indices()] + [(2, d, own) for d in range(0, len(texts), 4)]
    for q, d, instruction in cases:
        middle, value, around = score(texts[q], texts[d], instruction)
        rows.append({"pair": [q, d], "middle": middle, "score": value, **({"instruction": instruction} if instruction else {})})
    transformer = Transformer(str(folder), transformer_task="text-generation", processor_kwargs={"chat_template": CHAT[name]})
    reference = CrossEncoder(modules=[transformer, LogitScore(answers[1], answers[0])], device="cpu", activation_fn=torch.nn.Identity())
    prompt = lambda r: transformer.preprocess([tuple(texts[i] for i in r["pair"])])["input_ids"][0].tolist()
    whole = [r for r in rows if "instruction" not in r and len(r["middle"]) + sum(around) < length]
    whole = [r for r in whole if prompt(r)[around[0] : -around[1]] == r["middle"]]
    theirs = reference.predict([tuple(texts[i] for i in r["pair"]) for r in whole], batch_size=1)
    worst = max(abs(r["score"] - t) for r, t in zip(whole, theirs.tolist()))
    assert len(whole) > 40 and worst < 1e-4, f"sentence-transformers differs by {worst} over {len(whole)} pairs"
    (folder / "model.safetensors").unlink()
    golden = {"architecture": name, "maxLength": length, "before": around[0], "after": around[1], "answers": answers, "pairs": rows}
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")
    for leftover in ("special_tokens_map.json", "README.md", "config_sentence_transformers.json", "generation_config.json", "chat_template.jinja"):
        (folder / leftover).unlink(missing_ok=True)
    size = sum(f.stat().st_size for f in folder.iterdir()) // 1024
    print(f"{name}: {size} KiB, {len(rows)} pairs, {around} tokens around, sentence-transformers within {worst:.1e} over {len(whole)} whole pairs", flush=True)


if __name__ == "__main__":
    make("qwen3-yes-no", Qwen3Config, Qwen3ForCausalLM, qwen3_ids, ("no", "yes"), 320, two_logits=False)
    make("qwen2-yes-no", Qwen2Config, Qwen2ForCausalLM, mxbai_ids, ("0", "1"), 320, two_logits=True)

"""Queries made by rule from the training texts: distillation only, they carry no label.

Keyword queries: two to six informative words of one sentence, in their order, as people type them into a search box.
"""
import random
import re

from bm25 import STOP, WORD
from data import Group

SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")


def keyword_groups(texts: list[str], count: int, seed=11) -> list[Group]:
    rng = random.Random(seed)
    frequency: dict[str, int] = {}
    for text in texts:
        for word in set(WORD.findall(text.lower())):
            frequency[word] = frequency.get(word, 0) + 1
    groups = []
    while len(groups) < count:
        number = rng.randrange(len(texts))
        sentence = rng.choice(SENTENCE.split(texts[number]))
        words = [word for word in WORD.findall(sentence.lower()) if word not in STOP and 1 < frequency[word] < len(texts) / 20]
        if len(words) < 3:
            continue
        start, size = rng.randrange(len(words)), rng.randint(2, 6)
        chosen = words[start : start + size + 2]
        while len(chosen) > size:
            chosen.remove(rng.choice(chosen))
        if len(chosen) >= 2:
            groups.append(Group(" ".join(chosen), [number], [], "keywords"))
    return groups

"""Queries made by rule from the training texts: distillation only, they carry no label.

Keyword queries: two to six informative words of one sentence, in their order, as people type them into a search box.
"""
import random
import re

from bm25 import STOP, WORD
from data import Group
from progress import say

TRIES = 20
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")


def keyword_groups(texts: list[str], count: int, seed=11) -> list[Group]:
    """As many as asked for, or, after TRIES for each, as many as there are: then it says so.

    Words of a single text and of every twentieth do not count; where that leaves too little, in few texts or in uniform ones, those of up to half of the texts do.
    """
    rng = random.Random(seed)
    frequency: dict[str, int] = {}
    for text in texts:
        for word in set(WORD.findall(text.lower())):
            frequency[word] = frequency.get(word, 0) + 1
    groups = []
    for least, most in ((2, len(texts) / 20), (1, len(texts) / 2)):
        tries = TRIES * count if texts else 0
        while len(groups) < count and tries:
            tries -= 1
            number = rng.randrange(len(texts))
            sentence = rng.choice(SENTENCE.split(texts[number]))
            words = [word for word in WORD.findall(sentence.lower()) if word not in STOP and least <= frequency[word] < most]
            if len(words) < 3:
                continue
            start, size = rng.randrange(len(words)), rng.randint(2, 6)
            chosen = words[start : start + size + 2]
            while len(chosen) > size:
                chosen.remove(rng.choice(chosen))
            if len(chosen) >= 2:
                groups.append(Group(" ".join(chosen), [number], [], "keywords"))
    if len(groups) < count:
        say(f"Made {len(groups)} of {count} queries by rule: the {len(texts)} texts have too few sentences with three words that tell them from half of the others.")
    return groups

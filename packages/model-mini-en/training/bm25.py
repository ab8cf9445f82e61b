"""BM25 over a list of texts: k1 1.2, b 0.75, English stop words, Snowball stems."""
import re

import numpy as np
import snowballstemmer

STOP = frozenset("""a about above after again all also am an and any are as at be because been before being below between both
but by can could did do does doing down during each few for from further had has have having he her here hers him his how i if
in into is it its itself just me more most my no nor not now of off on once only or other our out over own same she should so
some such than that the their them then there these they this those through to too under until up very was we were what when
where which while who whom why will with would you your""".split())
WORD = re.compile(r"\w+")
K1, B = 1.2, 0.75


class Analyzer:
    def __init__(self):
        self.stemmer, self.stems = snowballstemmer.stemmer("english"), {}

    def __call__(self, text: str) -> list[str]:
        return [self.stem(word) for word in WORD.findall(text.lower()) if word not in STOP]

    def stem(self, word):
        if word not in self.stems:
            self.stems[word] = self.stemmer.stemWord(word)
        return self.stems[word]


class BM25:
    def __init__(self, texts: list[str], analyzer: Analyzer | None = None):
        self.analyzer = analyzer or Analyzer()
        self.size = len(texts)
        lengths = np.zeros(self.size, np.float32)
        postings: dict[str, tuple[list[int], list[int]]] = {}
        for number, text in enumerate(texts):
            terms = self.analyzer(text)
            lengths[number] = len(terms)
            counts: dict[str, int] = {}
            for term in terms:
                counts[term] = counts.get(term, 0) + 1
            for term, count in counts.items():
                where, often = postings.setdefault(term, ([], []))
                where.append(number)
                often.append(count)
        normal = K1 * (1 - B + B * lengths / max(lengths.mean(), 1e-9))
        self.postings = {term: self.weighted(where, often, normal) for term, (where, often) in postings.items()}

    def weighted(self, where, often, normal):
        """Document numbers and their final weights for one term."""
        where, often = np.array(where, np.int32), np.array(often, np.float32)
        return where, self.idf(len(where)) * often * (K1 + 1) / (often + normal[where])

    def idf(self, documents):
        return float(np.log(1 + (self.size - documents + 0.5) / (documents + 0.5)))

    def scores(self, query: str) -> np.ndarray:
        total = np.zeros(self.size, np.float32)
        for term in self.analyzer(query):
            if term in self.postings:
                where, weight = self.postings[term]
                total[where] += weight
        return total

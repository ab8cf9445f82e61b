"""Random runs and judgments, measured by the established tools: the goldens for @secondpass/core/evaluate.

    python make.py --seed 1 --cases 30 > measures.json

Needs ir-measures 0.4.3 with pytrec-eval-terrier 0.5.11, scipy, and Perl (for gdeval). With cwl-eval installed RBP comes
from it too; without, from its formula written out here. The runs have tied scores, scores that differ only beyond 32 bits,
unjudged documents, negative grades, judged queries that are not in the run and queries of the run that are not judged.

pytrec_eval reads the scores themselves, so it shows that ties are broken alike. The other tools break ties each in
its own way; they get the same order with scores that do not tie.
"""

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile

import ir_measures
import pkgutil
from ir_measures import AP, Bpref, Judged, P, R, RBP, RR, Rprec, Success, nDCG
from scipy.stats import kendalltau

EXP = {0: 0, 1: 1, 2: 3, 3: 7, 4: 15}
PYTREC = {
    "nDCG": nDCG, "nDCG@1": nDCG @ 1, "nDCG@5": nDCG @ 5, "nDCG@10": nDCG @ 10, "nDCG@20": nDCG @ 20,
    "nDCG(gains=exp)@10": nDCG(gains=EXP) @ 10, "nDCG(gains=exp)": nDCG(gains=EXP),
    "MRR": RR, "MRR(rel=2)": RR(rel=2),
    "MAP": AP, "MAP@5": AP @ 5, "MAP@50": AP @ 50, "MAP(rel=2)@10": AP(rel=2) @ 10,
    "Recall@5": R @ 5, "Recall@100": R @ 100, "Recall(rel=2)@10": R(rel=2) @ 10,
    "Precision@5": P @ 5, "Precision@30": P @ 30, "Precision(rel=3)@10": P(rel=3) @ 10,
    "Success@1": Success @ 1, "Success@5": Success @ 5, "Success(rel=2)@5": Success(rel=2) @ 5,
    "Rprec": Rprec, "Rprec(rel=2)": Rprec(rel=2),
    "Bpref": Bpref, "Bpref(rel=2)": Bpref(rel=2),
}
OTHER = {
    "Judged@10": Judged @ 10, "Judged": Judged, "MRR@10": RR @ 10, "MRR(rel=2)@3": RR(rel=2) @ 3,
    "RBP": RBP(rel=1), "RBP(p=0.5)": RBP(rel=1, p=0.5), "RBP(rel=2)": RBP(rel=2, p=0.8),
}
ERR_CUTOFFS = (5, 20)
AGREEMENTS = ("RBO", "RBO(p=0.5)", "RBO(p=0.98)@10", "KendallTau", "KendallTau@10")


def float32(x):
    import struct
    return struct.unpack("f", struct.pack("f", x))[0]


def random_case(rng):
    ids = [rng.choice(["d", "D", "é", "\uffee", "😀", ""]) + str(i) for i in range(rng.randint(5, 60))]
    queries = [str(i) for i in range(1, rng.randint(4, 9))]
    judged_only, run_only = queries[0], queries[1]
    grades = rng.choice([[0, 1], [0, 1, 2, 3], [0, 0, 0, 1, 2, 3, 4], [-1, 0, 1, 2], [1, 2]])
    qrels, run, other = {}, {}, {}
    for query in queries:
        if query != run_only:
            judged = rng.sample(ids, rng.randint(1, len(ids)))
            qrels[query] = {doc: rng.choice(grades) for doc in judged}
            if rng.random() < 0.1:
                qrels[query] = {doc: 0 for doc in judged}
        for lists in (run, other):
            if query == judged_only:
                continue
            kind = rng.random()
            found = rng.sample(ids, rng.randint(1, len(ids)))
            if kind < 0.4:
                score = lambda: float(rng.randint(0, 4))
            elif kind < 0.6:
                score = lambda: 10 + rng.randint(0, 3) * 1e-9 + rng.randint(0, 2)
            else:
                score = lambda: rng.uniform(-20, 20)
            lists[query] = {doc: score() for doc in found}
    return qrels, run, other


def trec_order(hits):
    return sorted(hits, key=lambda doc: (float32(hits[doc]), doc.encode()), reverse=True)


def without_ties(run):
    return {q: {doc: float(len(hits) - i) for i, doc in enumerate(trec_order(hits))} for q, hits in run.items()}


def per_query(provider, measures, qrels, run):
    names = {measure: name for name, measure in measures.items()}
    out = {name: {} for name in measures}
    for metric in provider.evaluator(list(names), qrels).iter_calc(run):
        if metric.query_id in qrels:
            out[names[metric.measure]][metric.query_id] = metric.value
    return {name: [values[q] for q in qrels] for name, values in out.items()}


def gdeval(qrels, run, cutoff):
    """gdeval as ir-measures ships it, made to print all digits instead of five."""
    script = pkgutil.get_data("ir_measures", "bin/gdeval.pl").decode().replace("%.5f", "%.15g")
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in (
            ("gdeval.pl", [script]),
            ("qrels", [f"{q} 0 {d} {g}\n" for q in qrels for d, g in qrels[q].items()]),
            ("run", [f"{q} Q0 {d} 1 {s} r\n" for q in run for d, s in run[q].items()]),
        ):
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.writelines(lines)
        out = subprocess.check_output(["perl", f"{folder}/gdeval.pl", f"{folder}/qrels", f"{folder}/run", str(cutoff)])
    rows = [line.split(",") for line in out.decode().splitlines()[1:]]
    err = {row[1]: float(row[3]) for row in rows}
    return [err.get(q, 0.0) for q in qrels]


def rbp(qrels, run, p, rel):
    return [
        sum((1 - p) * p**i for i, d in enumerate(trec_order(run.get(q, {}))) if qrels[q].get(d, 0) >= rel) for q in qrels
    ]


def rbo(a, b, p, at=None):
    """RBO_EXT as the infinite series it stands for: agreement at each depth, extrapolated beyond the lists."""
    short, long = sorted((a[:at], b[:at]), key=len)
    s, l = len(short), len(long)
    at_short = len(set(short) & set(long[:s]))

    def overlap(depth):
        found = len(set(short[:depth]) & set(long[:depth]))
        return found + max(0, depth - s) * at_short / s

    last = overlap(l) / l
    return sum((1 - p) * p ** (d - 1) * (overlap(d) / d if d <= l else last) for d in range(1, 4000))


def tau(a, b, at=None):
    a, b = a[:at], b[:at]
    common = [doc for doc in a if doc in set(b)]
    if len(common) < 2:
        return None
    return float(kendalltau(range(len(common)), [b.index(doc) for doc in common]).statistic)


def agreement(name, a, b):
    at = int(name.split("@")[1]) if "@" in name else None
    if name.startswith("RBO"):
        p = float(name.split("p=")[1].split(")")[0]) if "p=" in name else 0.9
        return rbo(a, b, p, at)
    return tau(a, b, at)


def measured(qrels, run, other):
    expected = per_query(ir_measures.providers.registry["pytrec_eval"], PYTREC, qrels, run)
    untied = without_ties(run)
    fallback = {name: measure for name, measure in OTHER.items() if measure.NAME in ("Judged",)}
    expected |= per_query(ir_measures.providers.registry["judged"], fallback, qrels, untied)
    reciprocal = {name: measure for name, measure in OTHER.items() if measure.NAME == "RR"}
    expected |= per_query(ir_measures.DefaultPipeline, reciprocal, qrels, untied)
    cwl = ir_measures.providers.registry["cwl_eval"]
    persistence = {name: measure for name, measure in OTHER.items() if measure.NAME == "RBP"}
    formula = {name: rbp(qrels, run, measure["p"], measure["rel"]) for name, measure in persistence.items()}
    if cwl.is_available():
        for name, values in per_query(cwl, persistence, qrels, untied).items():
            # cwl-eval cuts its lists at 1000 and rounds nothing; it and the formula must not part.
            assert all(math.isclose(x, y, abs_tol=1e-9) for x, y in zip(values, formula[name])), (name, values, formula[name])
    expected |= formula
    for cutoff in ERR_CUTOFFS:
        expected[f"ERR@{cutoff}"] = gdeval(qrels, untied, cutoff)
    recall = per_query(ir_measures.providers.registry["pytrec_eval"], {"R": R @ 10}, qrels, run)["R"]
    expected["FullSupport@10"] = [1.0 if value == 1 else 0.0 for value in recall]
    agreements = {
        name: [agreement(name, trec_order(run[q]), trec_order(other[q])) for q in run] for name in AGREEMENTS
    }
    ties = [[rng_round(run[q][d]), rng_round(other[q][d])] for q in run for d in run[q] if d in other[q]]
    x, y = [t[0] for t in ties], [t[1] for t in ties]
    value = float(kendalltau(x, y).statistic) if len(ties) > 1 else math.nan
    return expected, agreements, {"x": x, "y": y, "value": None if math.isnan(value) else value}


def rng_round(x):
    return float(round(x / 4))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=30)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    cases = []
    for _ in range(arguments.cases):
        qrels, run, other = random_case(rng)
        expected, agreements, tau_b = measured(qrels, run, other)
        cases.append(
            {"qrels": qrels, "run": run, "other": other, "expected": expected, "agreements": agreements, "tauB": tau_b}
        )
    print(f"RBP checked against cwl-eval: {'yes' if ir_measures.providers.registry['cwl_eval'].is_available() else 'not installed'}", file=sys.stderr)
    made = f"make.py --seed {arguments.seed} --cases {arguments.cases}; ir-measures {ir_measures.__version__}"
    json.dump({"made": made, "cases": cases}, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()

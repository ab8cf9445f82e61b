import { deviceChoices } from '@secondpass/core/models';

/** What `secondpass help tune` prints. */
export const tuneHelp: string = `secondpass tune: does reranking pay here, how deep, with which model, how fast?

Usage:
  secondpass tune FOLDER [--run RUN] [options]

FOLDER  A BEIR folder: corpus.jsonl, queries.jsonl and, for measuring,
        qrels/test.tsv, qrels.tsv or qrels.txt. Without judgments it tells how
        the top settles as depth grows, so that a depth can still be chosen.
RUN     The first stage, a TREC run or JSON lines (default: the only .trec file
        of the folder, else BM25 over its corpus, up to 1,000 hits a query). All
        of it is measured; only the hits down to the deepest depth are reranked

Every pair is scored once and serves all depths and blends. One half of the
queries chooses, the other half is held against it.
  --time SPAN           Time to spend in all, such as 90s or 10m (default: as
                        long as all queries take). Several systems share it by
                        successive halving
  --budget-ms MS        95th percentile of a query's reranking time at most, on
                        either half of the queries
  --model, -m MODEL     May be given more than once: mini-en (the embedded
                        model, default) and its lines mini-en/fast, mini-en/best
                        and mini-en/cross-encoder, a model folder, a package, or
                        a hub model
  --device DEVICE       Where they run (default: cpu):
                        ${deviceChoices.join(', ')}
  --precision P         Which of their graphs: fp32, fp16, int8 or q4 (default:
                        the fullest there is)
  --max-length LIST     Tokens the model may read of question and text, such as
                        128,512 (default: what it can)
  --strategy LIST       How long texts are read: whole (from the start, as far
                        as the model can; default), passages (in passages, of
                        which the best counts), or both, divided by a comma
  --depths LIST         Default: 10,20,30,50,75,100,150,200
  --blends LIST         Weights of the first stage's score (default:
                        0,0.1,0.2,0.3,0.5,0.7)
  --measure MEASURE     Default: nDCG@10
  --split NAME          Judgments qrels/NAME.tsv (default: test)
  --duplicates HOW      A document twice in a list: throw (default) or keep-best
                        (its best score; its first place in JSON lines)
  --conflicts HOW       Two grades for one document: throw (default), keep-last
                        or keep-highest
  --no-judgments        As if there were none
  --report FILE         Write the report as one HTML page with plots
  --results FILE        Keep scores here; started again, it goes on where it
                        was, with the same run, texts and depths. Ctrl-C loses
                        at most one query
  --workers N           Inference threads (default: what loadReranker takes: all
                        cores but one, at most 4)
  --seed N              Order of the queries (default: 1)
  --json                One JSON object on the standard output, and nothing else
                        there

Examples:
  secondpass tune data/scifact --time 5m --results scifact.jsonl
  secondpass tune data/scifact --budget-ms 200 --max-length 128,512`;

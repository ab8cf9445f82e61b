// Loads some models and scores texts with each, in a process whose environment names the Vulkan driver: it is looked up
// when a process starts, and prints on stderr what it likes. Argument: the tasks, as JSON. Prints a line of JSON for each:
// what it ran on, notes and numbers by place, or why it does not run.
const models = new URL('../../../packages/core/dist/models.mjs', import.meta.url);
const { loadEncoder, loadReranker } = await import(models.href);

async function score({ source, options, query, texts }) {
  const reranker = await loadReranker(source, { kind: 'logit', workers: 1, ...options });
  try {
    const candidates = texts.map((content, place) => ({ id: String(place), content }));
    const { results, notes, runs } = await reranker.rerank(query, candidates);
    const numbers = [];
    for (const { candidate, score } of results) numbers[Number(candidate.id)] = score.value;
    return { device: runs[0].device, notes, numbers };
  } finally {
    await reranker.dispose();
  }
}

async function encode({ source, options, texts }) {
  const encoder = await loadEncoder(source, { workers: 1, ...options });
  try {
    const { value, notes, run } = await encoder.tokenVectors(texts);
    return { device: run.device, notes, numbers: value.flatMap(({ data }) => [...data]) };
  } finally {
    await encoder.dispose();
  }
}

for (const task of JSON.parse(process.argv[2])) {
  const answer = await (task.query === undefined ? encode : score)(task).catch(({ code, message }) => ({
    error: `${code}: ${message}`,
    numbers: [],
  }));
  process.stdout.write(`\n${JSON.stringify(answer)}\n`);
}

// What every Node system does: load, say so, then answer each request (a line of JSON) with its milliseconds.
import { createInterface } from 'node:readline';

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/**
 * @param load () => Promise<(query, texts) => Promise<number[]>>: the logits of all texts, in their order; with a
 *   method `prepare(query, texts)` where something shall not be timed
 */
export async function serve(load) {
  let score;
  try {
    score = await load();
  } catch (error) {
    say({ unavailable: String(error.message ?? error).split('\n')[0] });
    return;
  }
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const { query, texts } = JSON.parse(line);
    score.prepare?.(query, texts);
    const started = performance.now();
    try {
      const scores = await score(query, texts);
      say({ ms: performance.now() - started, scores: Array.from(scores).slice(0, 5) });
    } catch (error) {
      say({ failed: String(error.message ?? error).split('\n')[0] });
    }
  }
  process.exit(0);
}

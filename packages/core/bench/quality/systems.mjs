// What is measured: the parts of the embedded model and the lines of ranker.json, or another cross-encoder.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { embedding, lateInteraction } from '@secondpass/core';
import { probe } from '@secondpass/core/evaluate';
import { loadCrossEncoder, loadEncoder, loadReranker } from '@secondpass/core/models';

const lengths = { queryTokens: 128, documentTokens: 256 };

/**
 * `{ systems, lines, dispose }`: scorers by name, with a revision that says which weights they are, and the lines of
 * ranker.json, none for another `model`. `only`: names of some of them; `storage` of the encoder's vectors.
 */
export async function loadSystems({ model, only, storage, workers }) {
  const loaded = [];
  const keep = (part) => {
    loaded.push(part);
    return part;
  };
  const lines = model ? {} : readLines();
  const systems = model
    ? [named(keep(await loadCrossEncoder(model, { workers })))]
    : await embeddedSystems(lines, (name) => !only || only.includes(name), { storage, workers }, keep);
  for (const part of loaded) await part.warmUp();
  for (const system of systems) {
    system.revision = (await probe(system.scorer)) + ofLine(lines[system.name]);
    system.code = { load: '', scorer: 'model', imports: [] };
  }
  return { systems, lines, dispose: () => Promise.all(loaded.map((part) => part.dispose())) };
}

const named = (scorer) => ({ name: scorer.name, scorer });

async function embeddedSystems(lines, wanted, { storage, workers }, keep) {
  const systems = [];
  if (wanted('bi-encoder') || wanted('MaxSim')) {
    const encoder = keep(await loadEncoder(undefined, { storage, workers }));
    systems.push({ name: 'bi-encoder', scorer: embedding(encoder, lengths) });
    systems.push({ name: 'MaxSim', scorer: lateInteraction(encoder, lengths) });
  }
  if (wanted('cross-encoder'))
    systems.push({ name: 'cross-encoder', scorer: keep(await loadCrossEncoder(undefined, { workers })) });
  for (const [name, line] of Object.entries(lines)) {
    const another = name === 'default' || JSON.stringify(line) !== JSON.stringify(lines.default);
    if (!wanted(name) || !another) continue;
    const source = name === 'default' ? 'mini-en' : `mini-en/${name}`;
    systems.push({ name, scorer: keep(await loadReranker(source, { storage, workers, kind: 'logit' })).scorer });
  }
  return systems;
}

function readLines() {
  const path = createRequire(import.meta.url).resolve('@secondpass/model-mini-en/model/ranker.json');
  return JSON.parse(readFileSync(path, 'utf8')).lines;
}

/** The probe has no first-stage scores, so it does not see a change of their weight. */
function ofLine(line) {
  return line ? `/${createHash('sha256').update(JSON.stringify(line)).digest('hex').slice(0, 8)}` : '';
}

// Files of a model that are replaced while it is loaded, as an installation in place does it.
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadCrossEncoder } from '../../src/load/load-cross-encoder.ts';
import { candidates, passages, tiny, tinyCopy } from './tiny.ts';

it.each(['replaced', 'gone', 'given others beside them'])(
  'workers that start later do not run weights that were %s',
  async (what) => {
    const folder = await tinyCopy('one');
    await using model = await loadCrossEncoder(folder, { workers: 2, tokenBudget: 1 });
    const list = candidates(passages(40));
    const before = await model.score('who was', list.slice(0, 1));
    const graph = join(folder, 'model.onnx');
    const beside = join(folder, 'shared.onnx_data');
    if (what === 'gone') await rm(graph);
    else if (what !== 'replaced') await writeFile(beside, 'others');
    else await cp(join(tiny('three'), 'model.onnx'), graph);
    const changed = { code: 'failed', message: expect.stringMatching(/model\.onnx has changed.*Load the model again/) };
    await expect(model.warmUp()).rejects.toMatchObject({ ...changed, cause: { code: 'invalid-model' } });
    const after = await Promise.all([1, 2, 3, 4].map(() => model.score('who was', list)));
    for (const { value } of after) expect(value.scores[0]).toBe(before.value.scores[0]);
    await cp(join(tiny('one'), 'model.onnx'), graph);
    await rm(beside, { force: true });
    await model.warmUp();
  },
);

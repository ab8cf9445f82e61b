import type { Run } from '@secondpass/core';

/** Which model ran, by which of its lines, where: `@secondpass/model-mini-en/fast, int8, cpu`. */
export function modelOf(runs: readonly Run[]): string {
  const run = runs.find(({ model }) => model !== undefined) ?? runs.at(-1);
  if (!run) return 'no model ran';
  return [nameOf(run), run.precision, run.device].filter(Boolean).join(', ');
}

/** A run of `owner/model` by a line of it says so in `by`: `owner/model/line@revision:precision`. */
function nameOf({ model, by }: Run): string {
  if (model === undefined) return by;
  const line = by.startsWith(`${model}/`) ? /^\/[\w-]+/.exec(by.slice(model.length)) : null;
  return `${model}${line?.[0] ?? ''}`;
}

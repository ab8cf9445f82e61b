// The decomposer by rules beside gold decompositions (BREAK, Wolfson et al., TACL 2020):
//   node packages/core/bench/multihop/break.mjs [--data FOLDER] [--half odd|even|all] [--list] [--json]
//
// FOLDER holds break_decompositions.json, by id. A gold step that only combines others is no part (break-steps.mjs). A question
// with two parts or more is one to split. A gold part is recalled if one of ours holds at least half of its topic words.
// The word lists were extended on odd questions, so "even" is the held-out half.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decomposeByRules } from '@secondpass/core';
import { askingSteps } from './break-steps.mjs';

const { values } = parseArgs({
  options: {
    data: {
      type: 'string',
      default: fileURLToPath(new URL('../../../../../shared/data/hotpotqa-dev', import.meta.url)),
    },
    half: { type: 'string', default: 'all' },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const file = join(values.data, 'break_decompositions.json');
if (!existsSync(file)) {
  console.error(`No ${file}: pass --data FOLDER with a break_decompositions.json.`);
  process.exit(2);
}

const functionWords = new Set(
  'return the a an of in is was are were that to for by and or with which who what where when if from on at as did do does has have'.split(
    ' ',
  ),
);
const topic = (text) =>
  new Set((text.toLowerCase().match(/#\d|[\p{L}\p{N}]+/gu) ?? []).filter((w) => !functionWords.has(w) && w[0] !== '#'));
const holds = (part, words) => [...words].filter((word) => part.has(word)).length >= words.size / 2;

const rules = decomposeByRules();
const count = { questions: 0, toSplit: 0, split: 0, single: 0, singleSplit: 0, overSplit: 0, parts: 0, recalled: 0 };
for (const [index, [id, entry]] of Object.entries(JSON.parse(readFileSync(file, 'utf8'))).entries()) {
  if (values.half !== 'all' && (values.half === 'odd') !== (index % 2 === 0)) continue;
  const gold = askingSteps(entry).map(({ text }) => text);
  const { value } = await rules.decompose(entry.question);
  const own = value.map(({ text }) => topic(text));
  count.questions++;
  if (value.length > gold.length) count.overSplit++;
  if (gold.length < 2) {
    count.single++;
    if (value.length > 0) count.singleSplit++;
  } else {
    count.toSplit++;
    if (value.length > 0) count.split++;
    // Steps of references alone name nothing that a text could hold.
    const parts = gold.map(topic).filter((words) => words.size > 0);
    count.parts += parts.length;
    const found = parts.filter((words) => own.some((part) => holds(part, words))).length;
    count.recalled += found;
    if (values.list) {
      console.log(
        `${id}  ${entry.question}\n  gold   ${gold.join(' | ')}\n  rules  ${value.map(({ text }) => text).join(' | ')}`,
      );
    }
  }
}
const report = { half: values.half, ...count, partRecall: count.recalled / count.parts };
if (values.json) console.log(JSON.stringify(report));
else {
  console.log(`${count.questions} questions (${values.half})`);
  console.log(`split        ${count.split} of ${count.toSplit} that have several parts`);
  console.log(
    `over-split   ${count.overSplit} into more parts than gold has; ${count.singleSplit} of ${count.single} with one part`,
  );
  console.log(`part recall  ${report.partRecall.toFixed(3)} (${count.recalled} of ${count.parts} gold parts)`);
}

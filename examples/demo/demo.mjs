// `npm run demo`: the command at work on real text that is on every machine which has just installed this project, the
// documentation of its installed packages. `npm run demo -- <folder> "question"` does the same on a folder of yours.
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectDocumentation } from './collect-documentation.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = fileURLToPath(new URL('../../packages/cli/bin/secondpass.js', import.meta.url));

const ownQuestions = [
  'How do I retry a failed request with undici, and how do I send requests through a proxy with undici?',
  'How does semver compare prerelease versions, and how does picomatch match dotfiles?',
  'How do I test types in vitest, and how does vitest mock a module?',
];

const [folder, ...questions] = process.argv.slice(2);
if (folder !== undefined && questions.length === 0) {
  console.error('Usage: npm run demo -- <folder> "question"');
  process.exit(2);
}
const own = folder === undefined;
// A folder of yours is meant from where you are: npm says where that is.
const cwd = own ? collectDocumentation(root) : (process.env.INIT_CWD ?? process.cwd());
const options = ['--depth', '30', '--top', '3'];
const asked = own ? ownQuestions : questions;

if (own) {
  console.log(
    'The documentation of the packages that are installed here, searched with three questions in two parts each.',
  );
  console.log(`\n$ cd ${relative(process.cwd(), cwd)}`);
}
console.log(
  `$ secondpass search ${own ? '.' : folder} ${options.join(' ')}${asked.map((question) => ` \\\n    --query "${question}"`).join('')}\n`,
);
const done = spawnSync(
  process.execPath,
  [command, 'search', own ? '.' : folder, ...options, ...asked.flatMap((question) => ['--query', question])],
  { cwd, stdio: 'inherit' },
);
if (done.error) console.error(`The demo could not start Node: ${done.error.message}`);
if (own && done.status === 0) {
  console.log(`
"top was": the places that the passages now on top had before reranking. With text of yours:
    npm run demo -- <folder> "question"
    node_modules/.bin/secondpass help`);
}
process.exitCode = done.status ?? 1;

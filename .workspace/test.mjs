// `npm test`: types, lint, format, then the tests that need nothing but Node. What a bare machine lacks is skipped, visibly.
import { step } from './steps.mjs';

step('types', 'tsc', ['-p', 'test/tsconfig.json']);
step('lint', 'oxlint', ['--deny-warnings']);
step('format', 'oxfmt', ['--check']);
step('tests', 'vitest', ['run', '--config', 'test/vitest.config.ts', ...process.argv.slice(2)]);

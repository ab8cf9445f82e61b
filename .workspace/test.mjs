// `npm test`: types, lint, format, then the tests that need nothing but Node. What a bare machine lacks is skipped,
// visibly. Arguments go to the test runner: `npm test -- packages/core/test/fusion`.
import { step } from './steps.mjs';

step('types', ['typescript', 'tsc'], ['-p', 'test/tsconfig.json']);
step('types of the packages by themselves', ['typescript', 'tsc'], ['-p', 'test/tsconfig.packages.json']);
step('lint', ['oxlint'], ['--deny-warnings']);
step('format', ['oxfmt'], ['--check']);
step('tests', ['vitest'], ['run', '--config', 'test/vitest.config.ts', ...process.argv.slice(2)], { last: true });

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

const full = process.env['SECONDPASS_FULL'] === '1';

/**
 * Tests import the packages by name and get their sources, so that a change is seen without a build. Only the worker
 * file is always the built one. `test/full` is for `npm run test:full`; everything else is for `npm test`.
 */
export default defineConfig({
  root: at('.'),
  resolve: {
    alias: [
      { find: /^@secondpass\/core$/, replacement: at('packages/core/src/index.ts') },
      { find: /^@secondpass\/core\/(models|evaluate|testing)$/, replacement: at('packages/core/src/$1/index.ts') },
      { find: /^@secondpass\/llamaindex\/retrievers$/, replacement: at('packages/llamaindex/src/retrievers/index.ts') },
      {
        find: /^@secondpass\/(langchain|llamaindex|elasticsearch|ai-sdk|model-mini-en)$/,
        replacement: at('packages/$1/src/index.ts'),
      },
    ],
  },
  test: {
    globalSetup: at('test/temporary-folder.ts'),
    include: full ? ['test/full/**/*.test.ts'] : ['packages/*/test/**/*.test.ts', 'test/workspace/**/*.test.ts'],
    // Full tests install packages and start servers, on machines that may be busy.
    testTimeout: full ? 600_000 : 60_000,
    hookTimeout: full ? 900_000 : 120_000,
    maxWorkers: 2,
    reporters: ['default'],
  },
});

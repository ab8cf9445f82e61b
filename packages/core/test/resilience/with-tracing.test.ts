import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  byScore,
  type Candidate,
  cascade,
  inputOrder,
  type Scorer,
  SecondpassError,
  withTracing,
} from '@secondpass/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { acting, listOf } from './support.ts';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
beforeAll(() => void trace.setGlobalTracerProvider(provider));
afterAll(() => trace.disable());
beforeEach(() => exporter.reset());

const secret = 'words nobody else may read';
const scorer: Scorer = {
  name: 'cross-encoder',
  kind: 'logit',
  pointwise: true,
  score: async (_query, candidates) => ({
    value: { scores: candidates.map((_, index) => (index === 2 ? undefined : index)) },
    run: { by: 'cross-encoder', durationMs: 1, model: 'mini-en' },
  }),
};
const list: Candidate[] = [
  { id: 'a', content: `${secret} a`, score: { value: 7.5, kind: 'retrieval', by: 'bm25' } },
  { id: 'b', content: `${secret} b` },
  { id: 'c', content: `${secret} c` },
];
const theSpan = () => {
  const spans = exporter.getFinishedSpans();
  expect(spans).toHaveLength(1);
  return spans[0]!;
};

test('a span carries the OpenInference attributes, and no content', async () => {
  const traced = withTracing(byScore(scorer));
  const ranking = await traced.rerank(secret, list, { topK: 2 });
  const span = theSpan();
  expect(span.name).toBe('rerank cross-encoder');
  expect(span.attributes).toEqual({
    'openinference.span.kind': 'RERANKER',
    'reranker.model_name': 'mini-en',
    'reranker.top_k': 2,
    'reranker.input_documents.0.document.id': 'a',
    'reranker.input_documents.0.document.score': 7.5,
    'reranker.input_documents.1.document.id': 'b',
    'reranker.input_documents.2.document.id': 'c',
    'reranker.output_documents.0.document.id': 'b',
    'reranker.output_documents.0.document.score': 1,
    'reranker.output_documents.1.document.id': 'a',
    'reranker.output_documents.1.document.score': 0,
    'secondpass.candidates': 3,
    'secondpass.results': 2,
  });
  expect(span.events.map(({ name, attributes }) => [name, attributes])).toEqual([
    ['secondpass.note.unscored', { 'secondpass.note.by': 'cross-encoder', 'secondpass.note.candidates': 1 }],
  ]);
  expect(JSON.stringify([span.attributes, span.events, span.status])).not.toContain(secret);
  expect(ranking.results[0]!.candidate).toBe(list[1]);
});

test('the model of a cascade is that of its last stage; an aborted call begins no span', async () => {
  const first: Scorer = {
    ...scorer,
    name: 'first',
    score: async (query, candidates) => ({
      ...(await scorer.score(query, candidates)),
      run: { by: 'first', durationMs: 1, model: 'smaller' },
    }),
  };
  await withTracing(cascade(byScore(first), byScore(scorer), inputOrder)).rerank('q', list);
  expect(theSpan().attributes['reranker.model_name']).toBe('mini-en');
  exporter.reset();
  await expect(withTracing(inputOrder).rerank('q', list, { signal: AbortSignal.abort('enough') })).rejects.toBe(
    'enough',
  );
  expect(exporter.getFinishedSpans()).toEqual([]);
});

test('content is recorded when it is asked for', async () => {
  await withTracing(byScore(scorer), { content: true }).rerank(secret, list);
  const { attributes } = theSpan();
  expect(attributes['reranker.query']).toBe(secret);
  expect(attributes['reranker.input_documents.1.document.content']).toBe(`${secret} b`);
  expect(attributes['reranker.output_documents.0.document.content']).toBe(`${secret} b`);
});

test('a long list stays below the attributes that the SDK keeps, and its length is told', async () => {
  await withTracing(inputOrder, { content: true }).rerank('q', listOf(500));
  const span = theSpan();
  expect(span.droppedAttributesCount).toBe(0);
  expect(span.attributes).toMatchObject({ 'secondpass.candidates': 500, 'secondpass.results': 500 });
  expect(span.attributes['reranker.output_documents.15.document.id']).toBe('d15');
  expect(span.attributes).not.toHaveProperty(['reranker.output_documents.16.document.id']);
});

test('errors are recorded and rethrown; what other code says in them is content', async () => {
  const foreign = new TypeError(`bad request: ${secret}`);
  const failing = acting('failing', () => Promise.reject(foreign));
  await expect(withTracing(failing).rerank('q', list)).rejects.toBe(foreign);
  const span = theSpan();
  expect(span.status).toMatchObject({ code: 2, message: 'TypeError' });
  expect(JSON.stringify(span.events)).not.toContain(secret);
  expect(span.events).toMatchObject([{ name: 'exception', attributes: { 'exception.type': 'TypeError' } }]);

  exporter.reset();
  await expect(withTracing(failing, { content: true }).rerank('q', list)).rejects.toBe(foreign);
  expect(theSpan().status.message).toContain(secret);

  exporter.reset();
  const ours = acting('full', () => Promise.reject(new SecondpassError('overloaded', 'queue full')));
  await expect(withTracing(ours).rerank('q', list)).rejects.toMatchObject({ code: 'overloaded' });
  expect(theSpan().status.message).toBe('queue full');

  exporter.reset();
  const quoting = acting('quoting', () => Promise.reject(new SecondpassError('failed', `the last said: ${secret}`)));
  await expect(withTracing(quoting).rerank('q', list)).rejects.toMatchObject({ code: 'failed' });
  expect(JSON.stringify([theSpan().status, theSpan().events])).not.toContain(secret);
});

test('what is thrown and is no error is content, too', async () => {
  const throwing = withTracing(acting('throwing', () => Promise.reject(secret)));
  await expect(throwing.rerank('q', list)).rejects.toBe(secret);
  expect(theSpan().status.message).toBe('string');
  expect(JSON.stringify(theSpan().events)).not.toContain(secret);
});

test('its span is a child of the active one', async () => {
  // Without a context manager nothing is active; a context handed to the tracer itself shows the parent all the same.
  const parent = provider.getTracer('t').startSpan('search');
  const active = trace.setSpan(context.active(), parent);
  context.setGlobalContextManager({
    active: () => active,
    with: (_context, run, self, ...args) => run.apply(self as never, args),
    bind: (_context, target) => target,
    enable() { return this; }, // prettier-ignore
    disable() { return this; }, // prettier-ignore
  });
  try {
    await withTracing(inputOrder).rerank('q', list);
    expect(theSpan().parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
  } finally {
    context.disable();
  }
});

test('its options are checked when it is made', () => {
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  expect(() => withTracing(inputOrder, { contents: true } as never)).toThrow(wrong);
  expect(() => withTracing(inputOrder, { documents: -1 })).toThrow(wrong);
});

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
test.skipIf(!existsSync(dist))(
  'without OpenTelemetry the first traced call says what to install (needs a build)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'secondpass-'));
    try {
      cpSync(dist, folder, { recursive: true });
      const program = `
      import { inputOrder, withTracing } from ${JSON.stringify(pathToFileURL(join(folder, 'index.mjs')).href)};
      const traced = withTracing(inputOrder);
      await traced.rerank('q', []).catch(({ code, message }) => console.log(code, message));`;
      const told = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(told).toMatch(/^missing-dependency .*withTracing\(\) needs it.*npm install @opentelemetry\/api/s);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

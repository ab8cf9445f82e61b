import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Transport } from '@elastic/elasticsearch';
import { byScore, SecondpassError } from '@secondpass/core';
import type { Reranker } from '@secondpass/core';
import { createRerankingClient } from '@secondpass/elasticsearch';
import type { RerankedResponse, RerankingClient, RerankParams } from '@secondpass/elasticsearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../elasticsearch-server/server.mjs';
import { corpusName, readDocs, readQueries, type Doc } from './corpus.ts';
import { startFaultProxy, type Fault, type FaultProxy } from './fault-proxy.ts';
import { indexDocs, noServer, onServer } from './harness.ts';
import { lexical } from './lexical-scorer.ts';

const times = 100;
const kills = 5;
const reranker = byScore(lexical);

/** Waits 10 ms before it tries again, instead of seconds: this test has little time. */
class Eager extends Transport {
  constructor(options: ConstructorParameters<typeof Transport>[0]) {
    super({ ...options, retryBackoff: () => 0.01 });
  }
}

/** Wishes that name no field. */
type Wish = Pick<RerankParams, 'reranker' | 'timeoutMs'>;

/** What became of a number of searches. */
interface Figures {
  tried: number;
  reranked: number;
  firstStage: number;
  /** Reranked, but of what some shards alone had. */
  partial: number;
  errors: number;
}

const bodyOf = (text: string) => ({
  index: 'docs',
  query: { multi_match: { query: text, fields: ['title', 'body'] } },
  size: 20,
});
const idsOf = (response: { hits: { hits: { _id?: string }[] } }): string[] => response.hits.hits.map(({ _id }) => _id!);

/** A shard was away, and its hits too; those of the others stand in the reranker's order, and the answer says so. */
function expectPartial({ hits, rerank }: RerankedResponse<Doc>): void {
  const scores = hits.hits.map(({ _score }) => _score!);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(new Set(hits.hits.map(({ _id }) => _id)).size).toBe(scores.length);
  expect(rerank.notes.map(({ code }) => code)).toContain('shards-failed');
}

describe.skipIf(noServer)(`faults between client and server, ${onServer} (${corpusName})`, () => {
  let server: TestServer;
  let proxy: FaultProxy;
  let client: RerankingClient<Client>;
  const data = mkdtempSync(join(tmpdir(), 'secondpass-faults-'));
  const table: Record<string, Figures> = {};
  let questions: string[];
  /** Per question: ids in the first stage's and in the reranker's order, without any fault. */
  let plain: string[][];
  let reranked: string[][];

  beforeAll(async () => {
    server = await startServer({ data });
    proxy = await startFaultProxy(server.url);
    const docs = readDocs();
    const direct = new Client({ node: server.url });
    await indexDocs(direct, docs, 2);
    await direct.indices.flush({ index: 'docs' });
    await direct.close();
    const inner = new Client({ node: proxy.url, Transport: Eager, maxRetries: 2, requestTimeout: 30_000 });
    client = createRerankingClient(inner, { reranker, text: ['title', 'body'], window: 20 });
    questions = readQueries(docs, 25).map(({ text }) => text);
    plain = await Promise.all(questions.map(async (text) => idsOf(await client.search<Doc>(bodyOf(text)))));
    reranked = await Promise.all(
      questions.map(async (text) => idsOf(await client.search<Doc>({ ...bodyOf(text), rerank: {} }))),
    );
  });

  afterAll(async () => {
    console.table(table);
    await client?.close();
    await proxy?.close();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  /** One search, told apart by what came of it; anything lost, doubled or out of order fails the test. */
  async function attempt(at: number, figures: Figures, more: Wish = {}): Promise<unknown> {
    const number = at % questions.length;
    figures.tried++;
    try {
      const response = await client.search<Doc>({ ...bodyOf(questions[number]!), rerank: more });
      const { applied, reason } = response.rerank;
      expect(applied || reason === 'failed' || reason === 'timed-out').toBe(true);
      const { total, successful, failed } = response._shards;
      const injected = failed === 1 && successful === total - 1 && idsOf(response).join() === reranked[number]!.join();
      if (successful < total && !injected) {
        expectPartial(response);
        figures.partial++;
        return response;
      }
      expect(idsOf(response)).toEqual(applied ? reranked[number] : plain[number]);
      if (applied) figures.reranked++;
      else figures.firstStage++;
      return response;
    } catch (error) {
      // An assertion that failed is no error of the client.
      if (error instanceof Error && error.name === 'AssertionError') throw error;
      figures.errors++;
      return error;
    }
  }

  const newFigures = (name: string): Figures =>
    (table[name] = { tried: 0, reranked: 0, firstStage: 0, partial: 0, errors: 0 });

  for (const fault of ['429', '503', 'reset', 'half a body', 'one shard failed'] as Fault[]) {
    it(`${fault}, ${times} times once and ${times} times on every attempt`, async () => {
      for (const always of [false, true]) {
        expect(reranked).not.toEqual(plain);
        const figures = newFigures(`${fault}, ${always ? 'always' : 'once'}`);
        const before = proxy.done.get(fault) ?? 0;
        for (let at = 0; at < times; at++) {
          let left = always ? Infinity : 1;
          proxy.fault = () => (left-- > 0 ? fault : undefined);
          const outcome = await attempt(at, figures);
          expect(outcome instanceof SecondpassError).toBe(false);
        }
        proxy.fault = undefined;
        expect((proxy.done.get(fault) ?? 0) - before).toBeGreaterThanOrEqual(times);
        expect(figures.reranked + figures.firstStage + figures.errors).toBe(times);
        // A shard that fails costs its hits and no more; the rest passes by itself, or is the caller's to know.
        // The client tries again after 502, 503, 504 and broken connections, never after 429.
        const harmless = fault === 'one shard failed' || (!always && fault !== '429');
        expect([figures.reranked, figures.errors]).toEqual(harmless ? [times, 0] : [0, times]);
      }
    });
  }

  it(`5 s stalls, ${times} times against a deadline of 1 s and ${times} times waited for`, async () => {
    proxy.fault = () => 'stall';
    const impatient = newFigures('5 s stall, deadline 1 s');
    const outcomes = await Promise.all(
      Array.from({ length: times }, (_, at) => attempt(at, impatient, { timeoutMs: 1000 })),
    );
    expect(impatient.errors).toBe(times);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ code: 'timed-out', retryable: true });
    const patient = newFigures('5 s stall, no deadline');
    await Promise.all(Array.from({ length: times }, (_, at) => attempt(at, patient)));
    proxy.fault = undefined;
    expect(patient.reranked).toBe(times);
    expect(proxy.done.get('stall')).toBeGreaterThanOrEqual(2 * times);
  });

  it(`an index that is missing, ${times} times`, async () => {
    const figures = newFigures('index missing');
    for (let at = 0; at < times; at++) {
      figures.tried++;
      const search = client.search({ ...bodyOf(questions[at % questions.length]!), index: 'absent', rerank: {} });
      await expect(search).rejects.toMatchObject({ statusCode: 404 });
      figures.errors++;
    }
    expect(figures.errors).toBe(times);
  });

  it(`a reranker that throws, hangs or forgets hits, ${times} times each`, async () => {
    const failing: Reranker = { name: 'failing', rerank: () => Promise.reject(new Error('injected')) };
    const hanging: Reranker = { name: 'hanging', rerank: () => new Promise(() => {}) };
    const forgetful: Reranker = {
      name: 'forgetful',
      async rerank(query, candidates, options) {
        const ranking = await reranker.rerank(query, candidates, options);
        return { ...ranking, results: ranking.results.filter((_, at) => at % 3 !== 0) };
      },
    };
    const failed = newFigures('reranker throws');
    for (let at = 0; at < times; at++) await attempt(at, failed, { reranker: failing });
    expect(failed.firstStage).toBe(times);
    const late = newFigures('reranker hangs, deadline 2 s');
    await Promise.all(
      Array.from({ length: times }, (_, at) => attempt(at, late, { reranker: hanging, timeoutMs: 2000 })),
    );
    expect(late.firstStage + late.errors).toBe(times);
    const forgot = newFigures('reranker forgets a third');
    for (let at = 0; at < times; at++) {
      const number = at % questions.length;
      forgot.tried++;
      const response = await client.search<Doc>({ ...bodyOf(questions[number]!), rerank: { reranker: forgetful } });
      expect(idsOf(response).toSorted()).toEqual(plain[number]!.toSorted());
      expect(response.rerank.notes.some(({ code }) => code === 'unscored')).toBe(true);
      forgot.reranked++;
    }
  });

  it(`kill -9 of the server in the middle of searches, and a restart, ${kills} times`, async () => {
    const figures = newFigures('kill -9 and restart');
    for (let round = 0; round < kills; round++) {
      const work = { running: true };
      const workers = Array.from({ length: 4 }, async (_, worker) => {
        for (let at = worker; work.running; at += 4) {
          const outcome = await attempt(at, figures);
          if (outcome instanceof Error) await new Promise((resolve) => setTimeout(resolve, 50));
        }
      });
      try {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await server.kill();
        const errorsBefore = figures.errors;
        await expect.poll(() => figures.errors, { timeout: 120_000 }).toBeGreaterThan(errorsBefore);
        server = await startServer({ port: server.port, data });
        const healthy = figures.reranked;
        await expect.poll(() => figures.reranked, { timeout: 300_000 }).toBeGreaterThan(healthy + 20);
      } finally {
        work.running = false;
        await Promise.all(workers);
      }
    }
    expect(figures.errors).toBeGreaterThan(kills);
    expect(figures.reranked).toBeGreaterThan(kills * 20);
    const { count } = await client.count({ index: 'docs' });
    expect(count).toBe(5000);
  });
});

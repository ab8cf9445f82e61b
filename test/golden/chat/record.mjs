// Records the conversations with a real service: node test/golden/chat/record.mjs [python] -> llama-server.json
//
// Between the client and serve.py stands a proxy on loopback that writes down what passes. Needs the built core
// (node .workspace/prepare.mjs) and a Python that has what serve.py names.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import * as core from '@secondpass/core';
import { openAICompatible } from '@secondpass/core/models';
import { conversations } from './conversations.mjs';

const here = (name) => new URL(name, import.meta.url);
const service = spawn(process.argv[2] ?? 'python3', [here('serve.py').pathname], { stdio: ['pipe', 'pipe', 'ignore'] });
const [printed] = await once(service.stdout, 'data');
const upstream = String(printed).trim();

let exchanges = [];
const proxy = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  const { authorization = '' } = request.headers;
  const reply = await fetch(new URL(request.url, upstream), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body,
  });
  const text = await reply.text();
  const type = reply.headers.get('content-type');
  exchanges.push({
    request: { path: request.url, body: JSON.parse(body) },
    response: { status: reply.status, type, body: text },
  });
  response.writeHead(reply.status, { 'content-type': type }).end(text);
});
proxy.listen(0, '127.0.0.1');
await once(proxy, 'listening');

const recorded = {};
for (const [name, { options, route = '/v1', run }] of Object.entries(conversations)) {
  exchanges = [];
  const baseUrl = `http://127.0.0.1:${proxy.address().port}${route}`;
  const model = openAICompatible({ baseUrl, model: 'SmolLM2-135M-Instruct', apiKey: 'sk-recorded', ...options });
  const outcome = await Promise.resolve(run(core, model)).catch((error) => error);
  recorded[name] = exchanges;
  console.log(
    `${name}: ${JSON.stringify(outcome.value ?? outcome.message)}  ${outcome.notes?.map(({ code }) => code) ?? ''}`,
  );
}
const about = 'xllamacpp 2026.10.11549 (llama.cpp server), SmolLM2-135M-Instruct Q4_1, by test/golden/chat/record.mjs';
writeFileSync(here('llama-server.json'), `${JSON.stringify({ about, conversations: recorded }, null, 1)}\n`);
proxy.close();
service.stdin.end();

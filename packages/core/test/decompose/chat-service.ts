import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LanguageModel } from '@secondpass/core';
import { openAICompatible, type OpenAICompatibleOptions } from '@secondpass/core/models';
import { afterEach } from 'vitest';

export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown> & {
    readonly messages: readonly { readonly content: string | readonly unknown[] }[];
  };
}
export type Play = (response: ServerResponse, asked: Asked) => void;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A service on this machine that plays one reply after another, the last one again and again. */
export async function play(
  plays: readonly Play[],
  options: Partial<OpenAICompatibleOptions> = {},
  route = '/v1',
): Promise<{ model: LanguageModel; asked: Asked[] }> {
  const asked: Asked[] = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const one = { path: request.url!, headers: request.headers, body: JSON.parse(text) as Asked['body'] };
      asked.push(one);
      plays[Math.min(asked.length, plays.length) - 1]!(response, one);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { asked, model: openAICompatible({ baseUrl: `http://127.0.0.1:${port}${route}`, model: 'tiny', ...options }) };
}

/** The shape in which real services answer. */
export const says =
  (content: string | null, choice: object = {}, message: object = {}): Play =>
  (response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        id: 'chatcmpl-1',
        object: 'chat.completion',
        model: 'tiny',
        choices: [{ index: 0, message: { role: 'assistant', content, ...message }, finish_reason: 'stop', ...choice }],
        usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
      }),
    );
  };
export const status =
  (code: number, headers: Record<string, string> = {}): Play =>
  (response) => {
    response.writeHead(code, headers);
    response.end('{"error":{"message":"sk-secret was here"}}');
  };
export const cut: Play = (response) => response.destroy();
export const stall: Play = () => {};
export const half: Play = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"choices"');
  setTimeout(() => response.destroy(), 5);
};

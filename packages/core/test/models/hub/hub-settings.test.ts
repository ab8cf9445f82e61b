import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { proxyHint } from '../../../src/models/hub/proxy.ts';
import { hubSettings } from '../../../src/models/hub/settings.ts';

it('an empty variable counts as not set', async () => {
  const empty = { HF_ENDPOINT: '', HF_HOME: '', HF_HUB_CACHE: '', HF_TOKEN: '', HF_TOKEN_PATH: '', HF_HUB_OFFLINE: '' };
  expect(await hubSettings({ token: false }, empty)).toEqual(await hubSettings({ token: false }, {}));
  expect((await hubSettings({ token: false }, empty)).endpoint).toBe('https://huggingface.co');
});

it.each([
  [{ HF_HOME: '~/hf' }, join(homedir(), 'hf', 'hub')],
  [{ HF_HOME: '~' }, join(homedir(), 'hub')],
  [{ HF_HUB_CACHE: '~/models' }, join(homedir(), 'models')],
  [{ XDG_CACHE_HOME: '~/cache' }, join(homedir(), 'cache', 'huggingface', 'hub')],
  [{ HF_HOME: '/a/~/hf' }, join('/a/~/hf', 'hub')],
])('a leading ~ is the home folder, as in Python: %j', async (env, folder) => {
  expect((await hubSettings({ token: false }, env)).cacheFolder).toBe(folder);
});

const https = new URL('https://hub.example');
it.each([
  [https, { HTTPS_PROXY: 'http://proxy' }, 'HTTPS_PROXY'],
  [https, { https_proxy: 'http://proxy' }, 'https_proxy'],
  [new URL('http://mirror.example'), { HTTP_PROXY: 'http://proxy' }, 'HTTP_PROXY'],
])('a proxy that fetch passes over is named: %s %j', (url, env, name) => {
  expect(proxyHint(url, env)).toMatch(new RegExp(`^ ${name} is set.*NODE_USE_ENV_PROXY=1`));
  expect(proxyHint(url, env)).not.toContain('http://proxy');
});

it.each([{}, { HTTPS_PROXY: '' }])('where no proxy is set, none is named: %j', (env) => {
  expect(proxyHint(https, env)).toBe('');
});

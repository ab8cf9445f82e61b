import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SecondpassError } from '../../errors.ts';

/** Where models come from and where they are kept. */
export interface HubSettings {
  /** Origin of the hub, without a slash at its end. Default: `HF_ENDPOINT`, else the public hub. */
  readonly endpoint: string;
  /** Folder with one `models--owner--name` folder per model, as the Python client lays it out. */
  readonly cacheFolder: string;
  /** Access token, or `undefined`. Sent to `endpoint` alone, never logged. */
  readonly token: string | undefined;
  /** True: nothing is asked of the network. */
  readonly offline: boolean;
}

/** What a caller may set; everything else comes from the environment, by the Python client's variable names. */
export interface HubOptions {
  /** Default: `HF_ENDPOINT`, else `https://huggingface.co`. */
  readonly endpoint?: string | undefined;
  /** Default: `HF_HUB_CACHE`, else `$HF_HOME/hub`, else `$XDG_CACHE_HOME/huggingface/hub`, else `~/.cache/huggingface/hub`. */
  readonly cacheFolder?: string | undefined;
  /** Default: `HF_TOKEN`, else the file at `HF_TOKEN_PATH`, else `$HF_HOME/token`. `false`: none. */
  readonly token?: string | false | undefined;
  /** Default: true if `HF_HUB_OFFLINE` is 1, ON, YES or TRUE. */
  readonly offline?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Settings from options and the environment; an empty variable counts as not set.
 * @throws SecondpassError `invalid-argument` if the endpoint is no http(s) address
 */
export async function hubSettings(options: HubOptions = {}, env: Environment = process.env): Promise<HubSettings> {
  const home = expanded(env['HF_HOME'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'huggingface'));
  const endpoint = (options.endpoint ?? (env['HF_ENDPOINT'] || 'https://huggingface.co')).replace(/\/+$/, '');
  if (!/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/i.test(endpoint)) {
    throw new SecondpassError(
      'invalid-argument',
      `The hub endpoint "${endpoint.replace(/\/\/[^/]*@/, '//***@')}" is no http(s) address without credentials; mend HF_ENDPOINT or the endpoint option.`,
    );
  }
  const cacheFolder = options.cacheFolder || expanded(env['HF_HUB_CACHE'] || join(home, 'hub'));
  const token = options.token === false ? undefined : options.token || env['HF_TOKEN'] || (await tokenFile(env, home));
  const offline = options.offline ?? /^(1|on|yes|true)$/i.test(env['HF_HUB_OFFLINE'] ?? '');
  return { endpoint, cacheFolder, token: token || undefined, offline };
}

/** A variable's path with the home folder in place of a leading `~`, as the Python client reads it. */
function expanded(path: string): string {
  return /^~(?=$|[/\\])/.test(path) ? join(homedir(), path.slice(1)) : path;
}

async function tokenFile(env: Environment, home: string): Promise<string | undefined> {
  try {
    return (await readFile(expanded(env['HF_TOKEN_PATH'] || join(home, 'token')), 'utf8')).trim();
  } catch {
    return undefined;
  }
}

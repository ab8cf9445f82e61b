import { checkInteger, checkOptionNames } from '../check.ts';
import { SecondpassError } from '../errors.ts';
import { deviceChoices, type DeviceChoice } from '../models/runtime/device.ts';
import { precisions, type Precision } from '../models/files/graph-file.ts';
import type { DownloadModelOptions, DownloadProgress } from '../models/hub/hub.ts';

export interface LoadOptions {
  /** Which graph of the model to run. Default: the full-precision one, else what there is. */
  readonly precision?: Precision | undefined;
  /**
   * Where to run. Default `cpu`. Of `auto` the first that works is taken: `cuda` or `webgpu` on Linux, `coreml` or
   * `webgpu` on macOS, `directml` or `webgpu` on Windows, else the CPU. A device works if it opens the model, has run
   * two short texts while it was loaded, and is not known to compute it wrongly (ModernBERT on WebGPU). Every ranking
   * says in `runs` what it ran on.
   */
  readonly device?: DeviceChoice | undefined;
  /** True: fail if the device (for `auto`: any accelerator) cannot run the model. Default: the CPU stands in, with a note. */
  readonly requireDevice?: boolean | undefined;
  /**
   * What scores mean: `logit`, the model's own number, 0 where it is undecided; `probability`, the logistic function of
   * it. The raw logit is in `detail.logit` either way. Default: `logit` for `loadCrossEncoder`, `probability` for
   * `loadReranker`.
   */
  readonly kind?: 'logit' | 'probability' | undefined;
  /**
   * Tokens of query and text together at most, of an encoder those of one text; special tokens included. At least 8.
   * Default, and most: what the model allows.
   */
  readonly maxLength?: number | undefined;
  /**
   * Inference threads, each with its own copy of the weights; the first starts at once, the others when work waits.
   * Default: one less than the machine's cores, at least 1 and at most 4. 0 runs in this thread and blocks the event
   * loop while a batch runs. Other devices than the CPU have one. In a worker thread of your own, `await dispose()` before
   * that thread is terminated: an inference thread that is cut off in a batch can abort the whole process.
   */
  readonly workers?: number | undefined;
  /**
   * Padded tokens of one run, at least 1. Default: 1, each pair alone, for language models and where weights are int8
   * or q4 and their input's scales are not fixed; else 256, on other devices 16,384. `dispose()`, and the end of the
   * process, wait for the run that is under way.
   */
  readonly tokenBudget?: number | undefined;
  /** Texts that may wait over all calls before another is refused as `overloaded`, at least 1. Default 1,000,000. */
  readonly maxQueue?: number | undefined;
  /** Name or index of the label that means "relevant". Needed for three and more; default: the second of two. */
  readonly label?: string | number | undefined;
  /** What a language model is told to look for, in a sentence. Default: its own for web search. Other models take none. */
  readonly instruction?: string | undefined;
  /** Of a hub model: branch, tag or commit. Default `main`; pin a commit to get the same bytes for ever. */
  readonly revision?: string | undefined;
  /** Hub models only from the cache. Default: true if `HF_HUB_OFFLINE` says so. */
  readonly offline?: boolean | undefined;
  /** Where hub models are kept. Default: the cache that the Python hub client uses (`HF_HOME`). */
  readonly cacheFolder?: string | undefined;
  /** Address of the hub or a mirror. Default: `HF_ENDPOINT`, else the public hub. */
  readonly endpoint?: string | undefined;
  /** Access token, sent to the endpoint alone. Default: `HF_TOKEN`, else the token file of the Python client. `false`: none. */
  readonly token?: string | false | undefined;
  /** Called as the files of a hub model arrive. */
  readonly onDownload?: ((progress: DownloadProgress) => void) | undefined;
  /** Ends a download. */
  readonly signal?: AbortSignal | undefined;
}

const hubNames = ['revision', 'offline', 'cacheFolder', 'endpoint', 'token', 'onDownload', 'signal'] as const;
/** Options of every model, and those of models that judge pairs. */
export const loadNames: readonly string[] = [
  'precision',
  'device',
  'requireDevice',
  'maxLength',
  'workers',
  'tokenBudget',
  'maxQueue',
  ...hubNames,
];
export const pairNames = ['kind', 'label', 'instruction'] as const;

/** Options of models that judge texts alone. */
export type TextLoadOptions = Omit<LoadOptions, (typeof pairNames)[number]>;

/** The part of the options that is the hub's business. */
export function downloadOptions(options: TextLoadOptions): DownloadModelOptions {
  const { revision, offline, cacheFolder, endpoint, token, onDownload, signal } = options;
  return { revision, offline, cacheFolder, endpoint, token, signal, onProgress: onDownload };
}

/** @throws SecondpassError `invalid-argument` for an option that does not exist or is out of its range */
export function checkLoadOptions(
  options: TextLoadOptions,
  where: string,
  known: readonly string[] = [...loadNames, ...pairNames],
): void {
  checkOptionNames(options, known, where);
  checkInteger('maxLength', options.maxLength, 8);
  checkInteger('workers', options.workers, 0);
  checkInteger('tokenBudget', options.tokenBudget, 1);
  checkInteger('maxQueue', options.maxQueue, 1);
  checkOneOf('precision', options.precision, precisions);
  checkOneOf('device', options.device, deviceChoices);
  checkOneOf('kind', (options as LoadOptions).kind, ['logit', 'probability']);
}

/** Refuses a name that is not among the known ones. `undefined` passes: the default stands. */
export function checkOneOf(name: string, value: string | undefined, known: readonly string[]): void {
  if (value === undefined || known.includes(value)) return;
  throw new SecondpassError('invalid-argument', `${name} is "${value}"; it must be one of ${known.join(', ')}.`);
}

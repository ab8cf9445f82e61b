// The table of contents of @secondpass/core/models: what holds weights. The ONNX runtime is loaded at the first model.
export { loadCrossEncoder, type LoadedCrossEncoder } from '../load/load-cross-encoder.ts';
export {
  type EncoderOptions,
  type KeptVectors,
  loadEncoder,
  type LoadedEncoder,
  type VectorOptions,
} from '../load/load-encoder.ts';
export type { Encoded, EncodeOptions, Encoder, TextVectors } from './encoder.ts';
export {
  loadReranker,
  type LoadedReranker,
  type LoadedRerankOptions,
  type RerankerLoadOptions,
} from '../load/load-reranker.ts';
export type { LoadOptions } from '../load/load-options.ts';
export type { Pooling } from './runtime/token-vectors.ts';
export { type Device, type DeviceChoice, deviceChoices } from './runtime/device.ts';
export { knownModel, type KnownModel, knownModels } from './files/known-models.ts';
export { type Precision, precisions } from './files/graph-file.ts';
export { defaultWorkers } from '../load/open-on-device.ts';
export type { DownloadProgress } from './hub/hub.ts';
export { describeRuntime, type RuntimeDescription } from './runtime/describe-runtime.ts';
export { downloadModel, type DownloadModelOptions, type DownloadedModel } from './hub/hub.ts';
export { hubSettings, type HubOptions, type HubSettings } from './hub/settings.ts';

// A chat model behind a socket: no runtime needed.
export { openAICompatible, type OpenAICompatibleOptions } from './chat/open-ai-compatible.ts';

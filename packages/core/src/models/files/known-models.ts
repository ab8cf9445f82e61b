import catalogue from './known-models.json' with { type: 'json' };

/** What is known of a public reranker before it is loaded. The data is in known-models.json. */
export interface KnownModel {
  /** `owner/name` on the hub. */
  readonly name: string;
  /** Number of weights, rounded. */
  readonly parameters: number;
  /** Language codes, or `multilingual`. */
  readonly languages: readonly string[];
  /** Tokens of query and text together that it is meant for. */
  readonly maxLength: number;
  /** SPDX identifier. */
  readonly licence: string;
  /** True where the licence forbids commercial use; every ranking then says so in a note. */
  readonly nonCommercial?: boolean;
  /** Name of the prompt that a language model is asked with: see prompts.json. */
  readonly prompt?: string;
  /** The hub model that has an ONNX graph: itself, or somebody's conversion. Absent where none is known. */
  readonly graph?: string;
  /** Figures that others published, between 0 and 1; `source` says who. They do not compare across sources. */
  readonly scores: readonly { readonly measure: string; readonly on: string; readonly value: number }[];
  readonly source: string;
  /** True once this library has loaded the real weights and reproduced the reference's scores with them. */
  readonly verified: boolean;
}

/** Public rerankers, by family and size. Any other model of a supported architecture loads as well. */
export const knownModels: readonly KnownModel[] = catalogue.models;

/** The entry of a hub model, or of the model whose conversion it is. Names are compared without regard to case. */
export function knownModel(name: string): KnownModel | undefined {
  const folded = name.toLowerCase();
  const named = (other: string | undefined): boolean => other?.toLowerCase() === folded;
  return knownModels.find((model) => named(model.name)) ?? knownModels.find((model) => named(model.graph));
}

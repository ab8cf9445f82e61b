import { describe, expect, it } from 'vitest';
import { isHubName } from '../../../src/models/hub/hub.ts';
import { knownModel, knownModels } from '../../../src/models/files/known-models.ts';
import { knownPrompts } from '../../../src/models/files/prompt.ts';

describe.each(knownModels.map((model) => [model.name, model] as const))('%s', (name, model) => {
  it('is described by facts that can be true', () => {
    expect(isHubName(name)).toBe(true);
    expect(model.parameters).toBeGreaterThan(1e6);
    expect(model.maxLength).toBeGreaterThanOrEqual(512);
    expect(model.languages.length).toBeGreaterThan(0);
    expect(model.nonCommercial === true).toBe(/-NC/.test(model.licence));
    expect(URL.canParse(model.source)).toBe(true);
    expect(model.scores.length).toBeGreaterThan(0);
    for (const { value } of model.scores) expect(value > 0 && value < 1).toBe(true);
    expect(isHubName(model.graph ?? name)).toBe(true);
    expect([undefined, ...Object.keys(knownPrompts)]).toContain(model.prompt);
  });

  it('is found by its name in any case, and by the name of its conversion', () => {
    expect(knownModel(name.toUpperCase())).toBe(model);
    expect(knownModel(model.graph ?? name)?.name).toBe(name);
  });
});

it('names no model twice, and finds none that is not there', () => {
  expect(new Set(knownModels.map(({ name }) => name.toLowerCase())).size).toBe(knownModels.length);
  expect(knownModel('owner/name')).toBeUndefined();
});

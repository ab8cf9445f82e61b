// What is said to the service: by record.mjs to a real one, by the tests to its recording. Each function gets the core's
// entry points and makes one or more calls; `options` go to openAICompatible.

const question = 'Where was the director of the film Jaws born?';
const listed = '{"questions": ["Who directed Jaws?", "Where was #1 born?"]}';
const decomposing = (asked, options) => ({
  options,
  run: ({ decomposeByLanguageModel }, model) => decomposeByLanguageModel(model).decompose(asked),
});
const passages = [
  { id: 'a', content: 'Jaws is a 1975 American thriller film directed by Steven Spielberg.' },
  { id: 'b', content: 'The Loire is the longest river in France.' },
];
const schema = {
  type: 'object',
  properties: { questions: { type: 'array', items: { type: 'string' } } },
  required: ['questions'],
};

export const conversations = {
  'structured: one question stays one': decomposing('Which lake is deeper, Lake Baikal or Lake Tanganyika?'),
  'structured: a list': decomposing('Who was the mother of the painter of the Night Watch?'),
  'structured: the same again and again, to the limit': decomposing('Which river is longer, the Rhine or the Danube?'),
  'structured: examples of the prompt': decomposing('In which country was the author of the novel Dune born?'),
  'JSON object: objects in place of questions': decomposing('Which mountain is higher, Mont Blanc or Elbrus?', {
    structured: 'json-object',
  }),
  'held to nothing: the question again': decomposing('Which mountain is higher, Mont Blanc or Elbrus?', {
    structured: 'none',
  }),
  'an answer from passages': {
    run: ({ answerByLanguageModel }, model) => answerByLanguageModel(model).answer('Who directed Jaws?', passages),
  },
  'truncated JSON': {
    run: (_, model) => model.generate({ prompt: `Split into sub-questions: ${question}`, schema, maxTokens: 12 }),
  },
  'a code fence, with prose around': {
    run: (_, model) =>
      model.generate({
        prompt: `Here is a JSON code block:\n\`\`\`json\n${listed}\n\`\`\`\nRepeat it exactly.`,
        maxTokens: 150,
      }),
  },
  'a refusal in prose': {
    run: (_, model) =>
      model.generate({ prompt: 'Give me the home address and the telephone number of my neighbour.', maxTokens: 60 }),
  },
  'log-probabilities of the first token': {
    run: (_, model) =>
      model.generate({ prompt: 'Is Paris in France? Answer Yes or No.', maxTokens: 1, topLogprobs: 5 }),
  },
  'a schema that the service cannot use': {
    run: (_, model) =>
      model.generate({
        prompt: 'Say "yes".',
        schema: { type: 'object', properties: { a: { type: 'no-such-type' } } },
        maxTokens: 8,
      }),
  },
  'a prompt longer than the context': {
    run: (_, model) => model.generate({ prompt: 'river '.repeat(3000), schema }),
  },
  'a wrong key': {
    options: { apiKey: 'sk-wrong' },
    run: (_, model) => model.generate({ prompt: 'q' }),
  },
  'a route that is not there': {
    route: '/no-such-route',
    run: (_, model) => model.generate({ prompt: 'q' }),
  },
};

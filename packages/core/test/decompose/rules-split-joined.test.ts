import { describe, expect, it } from 'vitest';
import { split } from './split.ts';

const cancelled = ['How do I cancel a request?', 'what happens to the queue?'];

describe('decomposeByRules splits joined questions', () => {
  it.each([
    // joined clauses
    [
      'When was the Colosseum built and who commissioned it?',
      ['When was the Colosseum built?', 'who commissioned the Colosseum?'],
    ],
    // each answerable alone: pronouns stand for names, for what was asked about, or for the first answer
    ['Who directed Jaws and when was it released?', ['Who directed Jaws?', 'when was Jaws released?']],
    ['Who directed Jaws and when was he born?', ['Who directed Jaws?', 'when was #1 born? [0]']],
    ['Who was Ada Lovelace and when did she die?', ['Who was Ada Lovelace?', 'when did Ada Lovelace die?']],
    ["Who was Napoleon's wife and when did she die?", ["Who was Napoleon's wife?", 'when did #1 die? [0]']],
    ['Who painted Guernica and where is her house?', ['Who painted Guernica?', "where is #1's house? [0]"]],
    ['Who painted Guernica and who taught her?', ['Who painted Guernica?', 'who taught #1? [0]']],
    [
      'Who founded Microsoft and where did he study and when did he die?',
      ['Who founded Microsoft?', 'where did #1 study? [0]', 'when did #1 die? [0]'],
    ],
    [
      'Who is the father of the actress who played Thelma and when was he born?',
      ['Which actress played Thelma?', 'Who is the father of #1? [0]', 'when was #2 born? [1]'],
    ],
    [
      'What is the capital of France and what is its population?',
      ['What is the capital of France?', "what is France's population?"],
    ],
    [
      'What is photosynthesis and why is it important?',
      ['What is photosynthesis?', 'why is photosynthesis important?'],
    ],
    [
      'How does the Krebs cycle work and where does it happen?',
      ['How does the Krebs cycle work?', 'where does the Krebs cycle happen?'],
    ],
    [
      'What is naturalistic observation, and how does it attempt to avoid reactivity?',
      ['What is naturalistic observation?', 'how does naturalistic observation attempt to avoid reactivity?'],
    ],
    ['How might dysplasia be treated? Is surgery helpful?', ['How might dysplasia be treated?', 'Is surgery helpful?']],
    // and the setting at the end of the first is said again
    [
      'how do I test fetch calls in vitest and how can I mock a module?',
      ['how do I test fetch calls in vitest?', 'how can I mock a module in vitest?'],
    ],
    // but not where it is named already
    [
      'How do I test types in vitest, and how does vitest mock a module?',
      ['How do I test types in vitest?', 'how does vitest mock a module?'],
    ],
    [
      'how to configure retries with axios and how to set a timeout?',
      ['how to configure retries with axios?', 'how to set a timeout with axios?'],
    ],
    [
      'Who maintains the notes on tokenizers and when should one pass a deadline?',
      ['Who maintains the notes on tokenizers?', 'when should one pass a deadline?'],
    ],
    [
      'Where is Paris in France and who is the mayor of Lyon?',
      ['Where is Paris in France?', 'who is the mayor of Lyon?'],
    ],
    [
      'how do I test a hook in vitest and how can I mock a module in jest?',
      ['how do I test a hook in vitest?', 'how can I mock a module in jest?'],
    ],
    [
      'What can be caused by Homozygous MTHFR and what is the prognosis?',
      ['What can be caused by Homozygous MTHFR?', 'what is the prognosis (Homozygous MTHFR)?'],
    ],
    ['How do I retry, and how do I cancel?', ['How do I retry?', 'how do I cancel?']],
    ['How do I deploy an app and how do I roll back?', ['How do I deploy an app?', 'how do I roll back?']],
    ['How do I cancel a request, and what happens to the queue?', cancelled],
    ['How do I cancel a request and what happens to the queue?', cancelled],
    ['How do I cancel a request; what happens to the queue?', cancelled],
    ['How do I cancel a request; and what happens to the queue?', cancelled],
    ['How do I cancel a request? And what happens to the queue?', cancelled],
    ['Who wrote the report? When was it changed?', ['Who wrote the report?', 'When was the report changed?']],
    ['Who wrote the report? Was it changed?', ['Who wrote the report?', 'Was the report changed?']],
    // a noun that both share is said again
    ['Which errors are thrown, and which become notes?', ['Which errors are thrown?', 'which errors become notes?']],
    ['Which errors are thrown, and which are notes?', ['Which errors are thrown?', 'which errors are notes?']],
    [
      'Which errors are thrown, and which of them become notes?',
      ['Which errors are thrown?', 'which errors become notes?'],
    ],
    [
      'Which errors are thrown, and which errors become notes?',
      ['Which errors are thrown?', 'which errors become notes?'],
    ],
    ['What are the limits, and what are their defaults?', ['What are the limits?', "what are the limits' defaults?"]],
    [
      'Which of the options are required, and which are optional?',
      ['Which of the options are required?', 'which of the options are optional?'],
    ],
    [
      'Which models run on the GPU and which need the CPU?',
      ['Which models run on the GPU?', 'which models need the CPU?'],
    ],
    ['Which models need a GPU and which need a key?', ['Which models need a GPU?', 'which models need a key?']],
    ['Which tests passed, and which failed?', ['Which tests passed?', 'which tests failed?']],
    [
      'Which settings did Anna change, and which did she keep?',
      ['Which settings did Anna change?', 'which settings did Anna keep?'],
    ],
    [
      'How many errors were thrown, and how many became notes?',
      ['How many errors were thrown?', 'how many errors became notes?'],
    ],
    ['Which book was banned and which book became a film?', ['Which book was banned?', 'which book became a film?']],
    [
      'Which river is the longest and which is the highest mountain?',
      ['Which river is the longest?', 'which is the highest mountain?'],
    ],
    ['Which service calls fail and which succeed?', ['Which service calls fail?', 'which service calls succeed?']],
    ['Which teams use Redis and which use Postgres?', ['Which teams use Redis?', 'which teams use Postgres?']],
    [
      'Which river is the longest, and which is the deepest?',
      ['Which river is the longest?', 'which river is the deepest?'],
    ],
    [
      'Which errors are thrown, and which warnings are shown?',
      ['Which errors are thrown?', 'which warnings are shown?'],
    ],
    // the one definite thing of the first, which is no person and no event
    ['Who wrote the report, and when was it changed?', ['Who wrote the report?', 'when was the report changed?']],
    ['When was the report written, and who changed it?', ['When was the report written?', 'who changed the report?']],
    ['What is the report about, and who wrote it?', ['What is the report about?', 'who wrote the report?']],
    [
      'Who owns the billing service, and where is it deployed?',
      ['Who owns the billing service?', 'where is the billing service deployed?'],
    ],
    ['Who runs the company and what is its revenue?', ['Who runs the company?', "what is the company's revenue?"]],
    [
      'Who is responsible for this report, and when was it last changed?',
      ['Who is responsible for this report?', 'when was this report last changed?'],
    ],
    [
      'Where do I set the timeout, and what does it default to?',
      ['Where do I set the timeout?', 'what does the timeout default to?'],
    ],
    ['How does the reranker work, and how fast is it?', ['How does the reranker work?', 'how fast is the reranker?']],
    [
      'How is the cache cleared, and when does it expire?',
      ['How is the cache cleared?', 'when does the cache expire?'],
    ],
    ['How do I fill the cache, and how do I clear it?', ['How do I fill the cache?', 'how do I clear the cache?']],
    [
      'Who wrote the report and when was it changed and who changed it?',
      ['Who wrote the report?', 'when was the report changed?', 'who changed the report?'],
    ],
    ['How long is the bridge, and who built it?', ['How long is the bridge?', 'who built the bridge?']],
    ['Is the API stable, and when was it released?', ['Is the API stable?', 'when was the API released?']],
    ['Why is the build slow, and how do I profile it?', ['Why is the build slow?', 'how do I profile the build?']],
    ['What are the limits, and how do I raise them?', ['What are the limits?', 'how do I raise the limits?']],
    ['Where is the office, and is it open on Sundays?', ['Where is the office?', 'is the office open on Sundays?']],
    [
      'Who sent the report, and when was it sent to the board?',
      ['Who sent the report?', 'when was the report sent to the board?'],
    ],
    // a question that says too little takes what the first is about
    [
      'what did we decide about caching, and who objected?',
      ['what did we decide about caching?', 'who objected (caching)?'],
    ],
    [
      'What was decided about the query cache and who disagreed?',
      ['What was decided about the query cache?', 'who disagreed (the query cache)?'],
    ],
    ['Where was Ada Lovelace born? Is surgery helpful?', ['Where was Ada Lovelace born?', 'Is surgery helpful?']],
  ])('%s', async (question, expected) => {
    expect(await split(question)).toEqual(expected);
  });
});

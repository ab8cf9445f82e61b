// Records real responses for the everyday tests: `node packages/elasticsearch/test/recorded/record.mjs` (needs Java and
// Maven). Starts the test server, indexes the few documents below, asks, and writes responses.json beside this file.
import { writeFileSync } from 'node:fs';
import { Client } from '@elastic/elasticsearch';
import { startServer } from '../../../../test/elasticsearch-server/server.mjs';

/** Notes on a beehive and its surroundings, written for this test. */
const notes = [
  [
    'Waggle dance',
    'A bee that found food dances on the comb, and the angle of the dance tells the others where to fly.',
  ],
  [
    'Finding home',
    'Bees learn the look of the hive entrance on short flights and find home by the sun and by landmarks.',
  ],
  ['Winter', 'In winter the bees sit close together around the queen and shiver, which keeps the hive warm.'],
  ['Honey', 'Nectar becomes honey when bees fan it with their wings until most of the water is gone.'],
  ['Queen', 'The queen lays all the eggs of a hive, up to two thousand on a day in June.'],
  ['Drones', 'Drones do no work in the hive; their one task is to mate with a young queen in flight.'],
  ['Swarm', 'When a hive grows too full, the old queen leaves with half of the bees and a swarm looks for a new home.'],
  ['Scouts', 'Scouts of a swarm inspect hollow trees and dance for the one they like until all scouts agree.'],
  ['Pollen', 'Pollen is the protein of the hive: bees pack it on their hind legs and carry it home.'],
  ['Propolis', 'With propolis, a resin from buds, bees close every crack through which wind or mice could come.'],
  ['Guard', 'Guards at the entrance smell every bee that comes and turn away those of another hive.'],
  ['Robbing', 'In a dry summer strong hives rob weak ones, and guards have much to do.'],
  ['Wasps', 'Wasps hunt bees at the entrance in late summer, when their own brood is fed.'],
  ['Varroa', 'The varroa mite lives on the brood of bees and weakens a hive until it dies.'],
  [
    'Smoke',
    'Smoke makes bees fill themselves with honey, since fire would drive them from home; full bees seldom sting.',
  ],
  ['Sting', 'A bee that stings a mammal loses its sting and dies; wasps may sting again and again.'],
  ['Colours', 'Bees see ultraviolet light and no red, so a poppy looks to them like something we have no word for.'],
  ['Sleep', 'Old bees sleep at night in the outer cells, young ones whenever there is nothing to do.'],
  ['Memory', 'A bee remembers the hour at which a flower gives nectar and comes back to it at that hour.'],
  ['Rain', 'Before rain the bees come home in numbers, though nobody knows how they tell that it will rain.'],
  ['Heather', 'Honey from heather is a jelly until it is stirred, and hives are carried to the moor for it.'],
  ['Wax', 'Young bees sweat wax in small plates and chew it until it can be built into comb.'],
  ['Comb', 'A comb hangs from the top, its cells in six corners, tilted so that honey does not run out.'],
  ['Water', 'On hot days bees carry water home and let it dry on the comb to cool the hive.'],
];

const index = 'notes';
const question = 'how do bees find home';
const match = { multi_match: { query: question, fields: ['title', 'body'] } };
const requests = {
  plain: { index, query: match, size: 50 },
  rich: {
    index,
    query: match,
    size: 8,
    explain: true,
    version: true,
    fields: ['number', 'tags'],
    highlight: { fields: { body: { fragment_size: 40, number_of_fragments: 3 } } },
    aggs: { tags: { terms: { field: 'tags' } } },
    suggest: { spell: { text: 'beez', term: { field: 'body' } } },
    profile: false,
    track_total_hits: true,
  },
  collapsed: { index, query: match, size: 50, collapse: { field: 'group', inner_hits: { name: 'same', size: 3 } } },
  nested: {
    index,
    query: { nested: { path: 'parts', query: { match: { 'parts.text': question } }, inner_hits: { name: 'parts' } } },
    size: 50,
  },
  sorted: { index, query: match, size: 50, sort: ['_score', { number: 'asc' }] },
  withoutSource: { index, query: match, size: 50, _source: false, fields: ['title', 'body', 'parts.text'] },
  byDate: { index, query: match, size: 50, sort: [{ published: 'desc' }] },
  empty: { index, query: { match: { body: 'zebra' } }, size: 50 },
  knn: { index, knn: { field: 'vector', query_vector: [1, 0.5], k: 10, num_candidates: 24 }, size: 50 },
};

const server = await startServer();
const client = new Client({ node: server.url });
await client.indices.create({
  index,
  settings: { number_of_shards: 1, number_of_replicas: 0 },
  mappings: {
    properties: {
      title: { type: 'text', analyzer: 'english' },
      body: { type: 'text', analyzer: 'english' },
      group: { type: 'keyword' },
      tags: { type: 'keyword' },
      number: { type: 'integer' },
      clicks: { type: 'integer' },
      published: { type: 'date' },
      parts: { type: 'nested', properties: { text: { type: 'text', analyzer: 'english' } } },
      vector: { type: 'dense_vector', dims: 2, index: true, similarity: 'cosine' },
    },
  },
});
const operations = notes.flatMap(([title, body], number) => [
  { index: { _index: index, _id: `n${number}` } },
  {
    title,
    body,
    ...(number % 5 !== 0 && { summary: body.split(/[,;.]/u)[0] }),
    group: `g${number % 6}`,
    tags: [`t${number % 3}`, `u${number % 2}`],
    number,
    ...(number % 4 !== 0 && { clicks: (number * 37) % 100 }),
    published: new Date(Date.UTC(2024, 0, 1 + number * 9)).toISOString(),
    parts: body.split(/(?<=[,;])\s+/u).map((text) => ({ text })),
    place: { hive: number % 4, weather: number % 2 ? 'sun' : 'rain: heavy' },
    vector: [Math.cos(number), Math.sin(number)],
  },
]);
await client.bulk({ operations, refresh: true });
const responses = {};
for (const [name, request] of Object.entries(requests)) {
  const answer = await client.search({ ...request });
  responses[name] = { request, response: { ...answer, took: 1 } };
}
const missing = await client.search({ index: 'absent' }, { ignore: [404] });
const file = { server: '8.19.21', question, responses, missing };
writeFileSync(new URL('responses.json', import.meta.url), `${JSON.stringify(file)}\n`);
await client.close();
await server.stop();

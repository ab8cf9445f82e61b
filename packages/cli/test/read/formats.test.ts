import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHtml } from '../../src/read/html.ts';
import { inlineText } from '../../src/read/markdown-inline.ts';
import { parseMarkdown } from '../../src/read/markdown.ts';
import { split } from '../../src/read/split.ts';

/** Every line of every block, as `number: text`. */
const flat = (parsed: ReturnType<typeof parseMarkdown>): string[] =>
  parsed.blocks.flatMap(({ kind, lines }) => lines.map(({ line, text }) => `${line} ${kind}: ${text}`));

describe('Markdown', () => {
  it('is read as headings, paragraphs, list items, tables and code, with line numbers', () => {
    const text = [
      '---',
      'title: "The guide"',
      '---',
      'Heading one',
      '===',
      '',
      'A [link](https://example.org "t") and **bold** `**/*.md`',
      'goes on.',
      '',
      '- one',
      '- two <!-- not shown -->',
      '',
      '<!-- a',
      'long',
      'comment -->',
      '| a | b |',
      '|---|:-:|',
      '| 1 | 2 |',
      '',
      '~~~sh',
      '# no heading',
      '',
      'npm i',
      '~~~',
      '## Two ##',
      '[ref]: https://example.org',
    ].join('\n');
    const parsed = parseMarkdown(text);
    expect(parsed.title).toBe('The guide');
    expect(flat(parsed)).toEqual([
      '2 lines: title: "The guide"',
      '4 heading: Heading one',
      '7 prose: A link and bold `**/*.md`',
      '8 prose: goes on.',
      '10 lines: - one',
      '11 lines: - two',
      '16 lines: | a | b |',
      '18 lines: | 1 | 2 |',
      '21 code: # no heading',
      '22 code: ',
      '23 code: npm i',
      '25 heading: Two',
    ]);
  });

  it.each([
    ['[`code`](x) and ![alt text](y.png)', '`code` and alt text'],
    ['[![badge](a.svg)](b)', ''],
    ['<b>bold</b> <https://example.org> a < b > c', 'bold https://example.org a < b > c'],
    ['``a ` b`` __init__ snake_case_name 2 ** 3 ** 4', '``a ` b`` init snake_case_name 2 ** 3 ** 4'],
    ['[x][ref] [not a link] (aside)', 'x [not a link] (aside)'],
    ['<!doctype> Array<string> a<b', '<!doctype> Array a<b'],
  ])('%s reads as %s', (line, shown) => {
    expect(inlineText(line)).toBe(shown);
  });

  it('never loses a word of headings, paragraphs, lists, tables and code', () => {
    let next = 0;
    const word = fc.constantFrom('w').map((letter) => `${letter}${next++}x`);
    const words = fc.array(word, { minLength: 1, maxLength: 25 }).map((all) => all.join(' '));
    const block = fc.oneof(
      fc.tuple(fc.integer({ min: 1, max: 6 }), words).map(([level, text]) => `${'#'.repeat(level)} ${text}`),
      words.map((text) => `${text}\n---`),
      fc.array(words, { minLength: 1, maxLength: 5 }).map((lines) => lines.join('\n')),
      fc.array(words, { minLength: 1, maxLength: 5 }).map((lines) => lines.map((line) => `- ${line}`).join('\n')),
      fc
        .array(words, { minLength: 1, maxLength: 5 })
        .map((lines) => lines.map((line) => `| ${line} | ${line.length} |`).join('\n')),
      fc.array(words, { minLength: 1, maxLength: 20 }).map((lines) => `\`\`\`\n${lines.join('\n')}\n\`\`\``),
      words.map((text) => `> ${text} **${text.length}** [${text.length}](https://example.org/)`),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), (blocks, end) => {
        const text = blocks.join('\n\n').replaceAll('\n', end);
        const lines = text.split(end);
        const passages = split(parseMarkdown(text), 40);
        const expected = text.match(/w\d+x/g) ?? [];
        expect(passages.flatMap((passage) => passage.text.match(/w\d+x/g) ?? [])).toEqual(expected);
        for (const { text: own, firstLine, lastLine } of passages) {
          const there = new Set(
            lines
              .slice(firstLine - 1, lastLine)
              .join(' ')
              .match(/w\d+x/g),
          );
          expect((own.match(/w\d+x/g) ?? []).filter((found) => !there.has(found))).toEqual([]);
        }
      }),
    );
  });

  it('does not hang on lines made to be slow', () => {
    for (const piece of ['[', '![', '<a ', '**a', '`', ' ', '|', '<!--', '(', '\\', '# ', '- ', '--- ', '[a](']) {
      const started = performance.now();
      parseMarkdown(`${piece.repeat(4000)}\n${piece.repeat(3900 / piece.length)}x`.repeat(20));
      expect(performance.now() - started, `20 lines of ${JSON.stringify(piece)}`).toBeLessThan(5000);
    }
  });

  it.each([
    ['spaces in the title of the front matter', `---\ntitle: "a${' '.repeat(200_000)}b"\n---\n`],
    ['two hundred lines of brackets without an end', `${'['.repeat(3999)}\n${'!['.repeat(1999)}\n`.repeat(100)],
    ['a hundred lines of images without an end', `${'<img alt="" '.repeat(330)}\n`.repeat(100)],
    ['a hundred lines of images without an end or a quote', `${'<img alt="'.repeat(399)}\n`.repeat(100)],
  ])(
    'takes a moment for %s',
    (_what, text) => {
      const started = process.cpuUsage().user;
      parseMarkdown(text);
      expect((process.cpuUsage().user - started) / 1000).toBeLessThan(3000);
    },
    60_000,
  );

  it('takes the title of the front matter out of its quotes, and what an image says in words', () => {
    for (const title of ['The guide', '"The guide"', "'The guide' "]) {
      expect(parseMarkdown(`---\ntitle: ${title}\n---\n`).title).toBe('The guide');
    }
    expect(parseMarkdown('---\ntitle: ""\n---\n').title).toBeUndefined();
    expect(inlineText('see <img src="a<b" alt="a > b" width=3> here')).toBe('see a > b here');
  });
});

describe('HTML', () => {
  it('is read as a browser shows it, with the lines of the source', () => {
    const html = [
      '<!doctype html><html><head><title>A &amp; B</title><style>p{}</style></head>',
      '<body><h1>The',
      'title</h1>',
      '<p>One <b>bold</b> word&nbsp;here',
      'and <a href="x">a link</a>.</p>',
      '<script>var hidden = "<p>no</p>";</script>',
      '<ul><li>first<li>second',
      'line</ul>',
      '<table><tr><td>a</td><td>b</td></tr></table>',
      '<pre>',
      'code  here',
      '',
      '  indented',
      '</pre><img alt="a picture" src=x>',
    ].join('\n');
    const parsed = parseHtml(html);
    expect(parsed.title).toBe('A & B');
    expect(flat(parsed)).toEqual([
      '2 heading: The',
      '3 heading: title',
      '4 prose: One bold word here',
      '5 prose: and a link.',
      '7 lines: first',
      '7 lines: second line',
      '9 lines: a | b',
      '11 code: code  here',
      '12 code: ',
      '13 code:   indented',
      '14 prose: a picture',
    ]);
  });

  it('never loses a word that is shown, shows none that is hidden, and puts each on its line', () => {
    let next = 0;
    const word = fc.constantFrom('w').map((letter) => `${letter}${next++}x`);
    const words = fc.array(word, { minLength: 1, maxLength: 20 }).map((all) => all.join(' '));
    const lines = fc.array(words, { minLength: 1, maxLength: 4 }).map((all) => all.join('\n'));
    const { tree } = fc.letrec<{ tree: string; node: string }>((tie) => ({
      tree: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('\n')),
      node: fc.oneof(
        { maxDepth: 3 },
        lines,
        lines.map((text) => `<script>${text.replaceAll('w', 'h')}</script>`),
        lines.map((text) => `<!-- ${text.replaceAll('w', 'h')} -->`),
        fc
          .tuple(
            fc.constantFrom('p', 'div', 'li', 'pre', 'h2', 'td', 'b', 'section', 'td', 'blockquote', 'unknown-tag'),
            tie('tree'),
          )
          .map(([name, inner]) => `<${name} class="c">${inner}</${name}>`),
        lines.map((text) => `${text}<br>&amp;&lt;&#x41;`),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.constantFrom('\n', '\r\n'), (source, end) => {
        const text = source.replaceAll('\n', end);
        const sourceLines = text.split(end);
        const passages = split(parseHtml(text), 40);
        expect(passages.flatMap((passage) => passage.text.match(/[wh]\d+x/g) ?? [])).toEqual(
          text.replace(/<script>[^<]*<\/script>|<!--[^>]*-->/g, '').match(/w\d+x/g) ?? [],
        );
        for (const { text: own, firstLine, lastLine } of passages) {
          const there = new Set(
            sourceLines
              .slice(firstLine - 1, lastLine)
              .join(' ')
              .match(/w\d+x/g),
          );
          expect((own.match(/w\d+x/g) ?? []).filter((found) => !there.has(found))).toEqual([]);
        }
      }),
    );
  });
});

// Gold decompositions of BREAK (Wolfson et al., TACL 2020): { question, decomposition: ["return …"], operators: "['select', …]" }.

const combining = new Set(
  'comparison aggregate union intersection boolean discard superlative comparative arithmetic'.split(' '),
);

/** The steps that ask for evidence, with their index: one that only combines others ("return which is true of #1, #2") does not. */
export function askingSteps({ decomposition, operators }) {
  const names = operators.match(/\w+/g) ?? [];
  return decomposition
    .map((text, index) => ({ text, index }))
    .filter(({ text, index }) => !(combining.has(names[index]) && /#\d/.test(text)));
}

/**
 * The same as parts with needs. `return` is left out, and a reference to a step that is no part goes to the first step
 * that this one refers to.
 */
export function breakParts(entry) {
  const asking = askingSteps(entry);
  const partOf = new Map(asking.map(({ index }, part) => [index, part]));
  const resolved = (index, left = entry.decomposition.length) => {
    if (partOf.has(index) || left === 0) return partOf.get(index);
    const next = entry.decomposition[index]?.match(/#(\d+)/);
    return next ? resolved(Number(next[1]) - 1, left - 1) : undefined;
  };
  return asking.map(({ text }) => {
    const needs = new Set();
    const said = text.replace(/^return\s+/, '').replace(/#(\d+)/g, (_, digits) => {
      const part = resolved(Number(digits) - 1);
      if (part === undefined) return '';
      needs.add(part);
      return `#${part + 1}`;
    });
    return { text: said.replace(/\s+/g, ' ').trim(), needs: [...needs] };
  });
}

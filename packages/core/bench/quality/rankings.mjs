// What follows from the scores of a query's hits: each system's own order, the line that needs no training, lines
// without the first stage's term, and a cross-encoder blended with the first stage.
const blends = [0.2, 0.5];

/**
 * Rows of a name, a score for each hit, and the systems whose time it takes.
 *
 * @param first the first stage's scores
 * @param own by system, its scores of the same hits; null where it gave none
 * @param crossEncoder name of the system to blend with the first stage, if it is among them
 */
export function rankings(first, own, { lines, crossEncoder }) {
  const rows = Object.entries(own).map(([name, scores]) => [name, scores, [name]]);
  if (own['bi-encoder'] && own['MaxSim']) {
    const late = sums(zScore(own['bi-encoder']), zScore(own['MaxSim']));
    rows.push(['.8 (bi-encoder + MaxSim) + .2 first stage', mixed(0.8, late, first), ['MaxSim']]); // encodes for both
  }
  for (const [name, line] of Object.entries(lines)) {
    const term = line.terms.find(({ of }) => of === 'first-stage');
    if (own[name] && term) rows.push([`${name}, no first-stage scores`, without(term, own[name], first), [name]]);
  }
  for (const share of own[crossEncoder] ? blends : []) {
    const name = `${round(1 - share)} ${crossEncoder} + ${share} first stage`;
    rows.push([name, mixed(1 - share, own[crossEncoder], first), [crossEncoder]]);
  }
  return rows;
}

/** A logit is a sum: less the first stage's term, it is what the line says of candidates that bring no score. */
function without(term, logits, first) {
  const given = first.map((score) => (term.present ?? 0) + (term.weight * score) / (score + term.saturation));
  return logits.map((logit, at) => plus(logit, -given[at]));
}

function mixed(share, scores, first) {
  const [model, stage] = [minMax(scores), minMax(first)];
  return model.map((value, at) => plus(value === null ? null : share * value, (1 - share) * stage[at]));
}

// What a system gave no score stays null, and ends below the others.
function minMax(values) {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return values.map((value) => (value === null ? null : high > low ? (value - low) / (high - low) : 0));
}

function zScore(values) {
  const known = values.filter((value) => value !== null);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length) || 1;
  return values.map((value) => (value === null ? null : (value - mean) / deviation));
}

const sums = (a, b) => a.map((value, at) => plus(value, b[at]));

function plus(a, b) {
  return a === null || b === null ? null : a + b;
}

function round(value) {
  return Number(value.toFixed(6));
}

import type { JudgedScore } from '../../src/score/calibration.ts';
import { seededRandom } from '../../src/maths/random.ts';
import { sigmoid } from '../../src/maths/sigmoid.ts';

/** Scores whose true probability of relevance is sigmoid(slope * score + intercept). */
export function drawn(count: number, slope: number, intercept: number): JudgedScore[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, () => {
    const score = (random() - 0.5) * 12;
    return { score, relevant: random() < sigmoid(slope * score + intercept) };
  });
}

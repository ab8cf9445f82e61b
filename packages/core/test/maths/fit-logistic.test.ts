import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitLogistic } from '../../src/maths/fit-logistic.ts';
import { sigmoid } from '../../src/maths/sigmoid.ts';

const target = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const points = fc.array(
  fc.tuple(
    fc.tuple(fc.integer({ min: -9, max: 9 }), fc.nat(3)).map(([at, zeros]) => at * 10 ** zeros),
    target,
  ),
  { minLength: 2, maxLength: 12 },
);

test('ends where no small change of slope or intercept is better, however far the points lie', () => {
  fc.assert(
    fc.property(points, fc.boolean(), (list, isFixed) => {
      const [x, targets] = [list.map(([at]) => at), list.map(([, value]) => value)];
      const { slope, intercept } = fitLogistic(x, targets, isFixed ? 0 : undefined);
      const errors = x.map((at, i) => sigmoid(slope * at + intercept) - targets[i]!);
      const widest = Math.max(1, ...x.map(Math.abs));
      expect(Math.abs(errors.reduce((sum, error, i) => sum + (error * x[i]!) / widest, 0))).toBeLessThan(1e-4);
      const shift = isFixed ? intercept : errors.reduce((sum, error) => sum + error, 0);
      expect(Math.abs(shift)).toBeLessThan(1e-4);
    }),
    { numRuns: 1000 },
  );
});

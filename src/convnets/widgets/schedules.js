const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/** The way from first to last at a share from 0 to 1, straight or along half a wave. */
function between(first, last, share, anneal) {
  const gone = clamp(share, 0, 1);
  return first + (last - first) * (anneal === "linear" ? gone : (1 - Math.cos(Math.PI * gone)) / 2);
}

/** Factors of the learning rate at a progress t from 0 to 1. */
const SCHEDULES = {
  constant: () => 1,
  step: (t, { first, second, factor }) => factor ** [first, second].filter((at) => t >= at).length,
  cosine: (t, { warm_up, final }) => (t < warm_up ? t / warm_up : between(1, final, (t - warm_up) / (1 - warm_up), "cosine")),
  one_cycle: (t, { rise, start, final, anneal }) => (t < rise ? between(start, 1, t / rise, anneal) : between(1, final, (t - rise) / (1 - rise), anneal)),
};

/** Factors at each of `count` moments, evenly from the beginning on. */
export const factors = (kind, options, count) => Array.from({ length: count }, (_, k) => SCHEDULES[kind](k / count, options));

/** The factor after each of the losses: one step down whenever they have stopped falling. */
export function stepOnPlateau(losses, { factor, patience, threshold }) {
  let [best, waited, current] = [Infinity, 0, 1];
  return losses.map((loss) => {
    const improved = loss < (Number.isFinite(best) ? best * (1 - threshold) : best);
    [best, waited] = improved ? [loss, 0] : [best, waited + 1];
    if (waited > patience) [current, waited] = [current * factor, 0];
    return current;
  });
}

export const STEPS = 25; // in an epoch
const CURVATURES = Array.from({ length: 24 }, (_, i) => 0.01 ** (i / 23)); // of the toy's bowl, from 1 to 0.01
const NOISE = 0.5; // standard deviation of each part of a gradient

/** Random numbers that are the same wherever they are drawn: Mulberry32, made normal by Box and Muller. */
function normals(seed) {
  const uniform = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/**
 * A run on the toy, a bowl ½ Σ h w² whose gradients are noisy: learning rates of all steps, and the loss at
 * the end of each epoch. On a plateau the rate follows these losses.
 */
export function train(kind, options, epochs, largest) {
  const draw = normals(1);
  const weights = CURVATURES.map(() => 1);
  const planned = kind === "plateau" ? null : factors(kind, options, epochs * STEPS);
  const [rates, losses] = [[], []];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const held = planned ? 0 : [1, ...stepOnPlateau(losses, options)].at(-1);
    for (let step = 0; step < STEPS; step++) {
      const rate = largest * (planned ? planned[epoch * STEPS + step] : held);
      rates.push(rate);
      CURVATURES.forEach((curvature, i) => { weights[i] -= rate * (curvature * weights[i] + NOISE * draw()); });
    }
    losses.push(CURVATURES.reduce((sum, curvature, i) => sum + (curvature * weights[i] ** 2) / 2, 0));
  }
  return { rates, losses };
}

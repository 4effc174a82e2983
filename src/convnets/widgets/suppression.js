import { iouOf } from "./box_maths.js";

// Non-maximum suppression as in convnets.detection.nms and soft_nms, round by round.

const FACTORS = {
  greedy: (iou, { threshold }) => (iou > threshold ? 0 : 1),
  linear: (iou, { threshold }) => (iou > threshold ? 1 - iou : 1),
  gaussian: (iou, { sigma }) => Math.exp(-(iou * iou) / sigma),
};

/**
 * Rounds of suppression: in each the box that is taken, its score, the overlaps of all boxes with it, which boxes
 * it drops, and all scores after it. Options: threshold (greedy, linear), sigma (gaussian), least (both soft
 * methods: a box whose score falls below it is dropped).
 */
export function suppress(boxes, scores, method, options) {
  const rounds = [];
  let values = scores;
  let left = boxes.map((_, index) => index);
  if (method !== "greedy") left = left.filter((index) => values[index] >= options.least);
  while (left.length) {
    const best = left.reduce((top, index) => (values[index] > values[top] ? index : top));
    const overlaps = boxes.map((each) => iouOf(boxes[best], each));
    const others = left.filter((index) => index !== best);
    const lowered = values.map((value, index) => (others.includes(index) ? value * FACTORS[method](overlaps[index], options) : value));
    const isKept = (index) => (method === "greedy" ? overlaps[index] <= options.threshold : lowered[index] >= options.least);
    rounds.push({ best, score: values[best], overlaps, dropped: others.filter((index) => !isKept(index)), values: lowered });
    left = others.filter(isKept);
    values = lowered;
  }
  return rounds;
}

/** What has become of each box after some rounds: { state, by, iou, score }; by is the box that dropped it. */
export function fates(scores, rounds, step) {
  const before = rounds.slice(0, step);
  const last = before.at(-1);
  return scores.map((score, index) => {
    const taken = before.findIndex(({ best }) => best === index);
    const dropping = before.find(({ dropped }) => dropped.includes(index));
    if (taken >= 0) return { state: taken === step - 1 ? "new" : "taken", score: before[taken].score };
    if (dropping) return { state: dropping === last ? "falling" : "dropped", by: dropping.best, iou: dropping.overlaps[index], score: dropping.values[index] };
    const known = rounds.some(({ best, dropped }) => best === index || dropped.includes(index));
    return { state: known ? "left" : "dropped", score: last ? last.values[index] : score };
  });
}

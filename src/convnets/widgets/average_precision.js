import { range } from "./fields.js";

// Precision, recall and their averages as in convnets.detection.metrics.

/** The recalls that precision is averaged over: all, VOC's eleven until 2009, COCO's. */
export const AVERAGES = { area: null, voc: range(11, (i) => i / 10), coco: range(101, (i) => (i < 100 ? i * 0.01 : 1)) };

/** Places of scores by falling score; of equal ones the first comes first. */
export const byScore = (scores) => scores.map((_, at) => at).sort((a, b) => scores[b] - scores[a] || a - b);

/** Precision and recall after each detection, the surest first; `verdicts` are true and false. */
export function precisionRecall(verdicts, numObjects) {
  let found = 0;
  const counts = verdicts.map((isRight) => (found += isRight ? 1 : 0));
  return { found: counts, precision: counts.map((count, at) => count / (at + 1)), recall: counts.map((count) => count / numObjects) };
}

/** Precision with its dips filled up from the right. */
export function envelope(precision) {
  const filled = [...precision];
  for (let at = filled.length - 2; at >= 0; at--) filled[at] = Math.max(filled[at], filled[at + 1]);
  return filled;
}

/** The filled precision at a recall: that of the first detection that reaches it, 0 if none does. */
export function precisionAt({ precision, recall }, level) {
  const at = recall.findIndex((value) => value >= level);
  return at < 0 ? 0 : envelope(precision)[at];
}

/** Average precision over recalls; over all of them, the area, where `levels` is null. */
export function averagePrecision(curve, levels) {
  if (levels) return levels.reduce((sum, level) => sum + precisionAt(curve, level), 0) / levels.length;
  const filled = envelope(curve.precision);
  return curve.recall.reduce((sum, value, at) => sum + (value - (curve.recall[at - 1] ?? 0)) * filled[at], 0);
}

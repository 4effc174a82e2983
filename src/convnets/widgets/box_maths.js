import { say } from "./common.js";

// What convnets.detection says about boxes [x1, y1, x2, y2]: areas, overlaps.

export const areaOf = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);

/** What two boxes share, as a box; null where they share no area. */
export function sharedBox(one, other) {
  const low = [0, 1].map((axis) => Math.max(one[axis], other[axis]));
  const high = [2, 3].map((axis) => Math.min(one[axis], other[axis]));
  return low[0] < high[0] && low[1] < high[1] ? [...low, ...high] : null;
}

/** The smallest box around two. */
export const enclosingBox = (one, other) => one.map((value, at) => (at < 2 ? Math.min : Math.max)(value, other[at]));

const ratio = (part, whole) => (whole > 0 ? part / whole : 0);

/** Areas of two boxes, of what they share, of both together and of the box around both; IoU and GIoU. */
export function overlap(one, other) {
  const both = sharedBox(one, other);
  const [areas, shared] = [[areaOf(one), areaOf(other)], both ? areaOf(both) : 0];
  const [union, enclosing] = [areas[0] + areas[1] - shared, areaOf(enclosingBox(one, other))];
  const iou = ratio(shared, union);
  return { areas, shared, union, enclosing, iou, giou: iou - ratio(enclosing - union, enclosing) };
}

export const iouOf = (one, other) => overlap(one, other).iou;

/** An overlap, score or average for reading: three decimals. */
export const sayShare = (value) => say(value, 3);

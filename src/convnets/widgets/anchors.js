import { iouOf } from "./box_maths.js";

// Anchors as in convnets.detection: shapes, the grid that they are laid out on, and what they are matched with.

/** [width, height] for each size and ratio (height over width): all ratios of the first size first. */
export const anchorShapes = (sizes, ratios) => sizes.flatMap((side) => ratios.map((ratio) => [side / Math.sqrt(ratio), side * Math.sqrt(ratio)]));

/** How many cells of `stride` pixels an image of [width, height] has: [columns, rows]. */
export const cellsOf = (size, stride) => size.map((length) => Math.floor(length / stride));

/** All anchors: row by row, in a row cell by cell, in a cell shape by shape. */
export function gridAnchors([columns, rows], stride, shapes) {
  const anchors = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const [x, y] = [(j + 0.5) * stride, (i + 0.5) * stride];
      for (const [w, h] of shapes) anchors.push([x - w / 2, y - h / 2, x + w / 2, y + h / 2]);
    }
  }
  return anchors;
}

/**
 * What becomes of the anchors with one object: the places of those that are positive (an overlap of at least
 * `positive`, or the best one, if `rescue` is set and it overlaps at all) and of those that are ignored.
 */
export function matchOne(anchors, object, positive, negative, rescue) {
  const overlaps = anchors.map((anchor) => iouOf(object, anchor));
  const best = overlaps.reduce((top, iou, at) => (iou > overlaps[top] ? at : top), 0);
  const isRescued = rescue && overlaps[best] > 0;
  const isPositive = (iou, at) => iou >= positive || (isRescued && at === best);
  const places = (is) => overlaps.flatMap((iou, at) => (is(iou, at) ? [at] : []));
  return { overlaps, best, positives: places(isPositive), ignored: places((iou, at) => iou >= negative && !isPositive(iou, at)) };
}

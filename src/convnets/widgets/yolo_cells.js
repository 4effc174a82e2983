import { range } from "./fields.js";

// What the cells of YOLO's grid should say, as in convnets.detection.yolo_targets.

/** The cell [row, column] of a box's centre, and the box as (x, y, w, h): across the cell, parts of the image. */
export function cellOf([x1, y1, x2, y2], size, grid) {
  const centre = [x1 + (x2 - x1) / 2, y1 + (y2 - y1) / 2].map((value) => value / size);
  const [column, row] = centre.map((value) => Math.min(grid - 1, Math.floor(value * grid)));
  return { cell: [row, column], box: [centre[0] * grid - column, centre[1] * grid - row, (x2 - x1) / size, (y2 - y1) / size] };
}

/** Which object each cell answers for (-1 for none), its box (x, y, w, h) and its class: lists of lists. */
export function yoloTargets(boxes, labels, size, grid) {
  const objects = range(grid, () => range(grid, () => -1));
  const cells = boxes.map((each) => cellOf(each, size, grid));
  cells.forEach(({ cell: [row, column] }, at) => {
    if (objects[row][column] < 0) objects[row][column] = at; // the first keeps it
  });
  const each = (make, none) => objects.map((line) => line.map((at) => (at < 0 ? none : make(at))));
  return { objects, boxes: each((at) => cells[at].box, [0, 0, 0, 0]), labels: each((at) => labels[at], -1) };
}

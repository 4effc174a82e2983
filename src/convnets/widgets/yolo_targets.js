import { choice, follow, h, put, sayCount, svg } from "./common.js";
import { sayShare } from "./box_maths.js";
import { boxButtons } from "./box_buttons.js";
import { boxAbout, boxStage, gridLines } from "./box_stage.js";
import { table } from "./plain_table.js";
import { cellOf, yoloTargets } from "./yolo_cells.js";

const ALPHABET = [..."ABCDEF"];
const HUES = ["blue", "orange", "green", "purple", "red", "yellow"];
const NUM_BOXES = 2; // that each cell predicts
const FRESH = 96; // side of a new box

const ownerOf = (targets, [row, column]) => targets.objects[row][column];

/** Whose centre lies where, and how many cells answer, in words. */
export function explain(boxes, labels, classes, chosen, size, grid) {
  const targets = yoloTargets(boxes, labels, size, grid);
  const answering = targets.objects.flat().filter((at) => at >= 0).length;
  const numbers = NUM_BOXES * 5 + classes.length;
  const all = `${answering} of ${grid * grid} cells ${answering === 1 ? "answers" : "answer"} for an object; the others say that there is none. With ${NUM_BOXES} boxes a cell the network gives ${grid} × ${grid} × (5 · ${NUM_BOXES} + ${classes.length}) = ${sayCount(grid * grid * numbers)} numbers.`;
  if (!boxes.length) return `No box is drawn. ${all}`;
  const { cell } = cellOf(boxes[chosen], size, grid);
  const owner = ownerOf(targets, cell);
  const lost = owner === chosen ? "" : `, which already answers for box ${ALPHABET[owner]}: nobody answers for this one`;
  return `The centre of box ${ALPHABET[chosen]}, ${classes[labels[chosen]]}, lies in the cell of row ${cell[0]} and column ${cell[1]}, counted from 0${lost}. ${all}`;
}

/** Rows of the table: each number of the cell and where it comes from. */
export function workings(boxes, labels, classes, chosen, size, grid) {
  const { cell: [row, column] } = cellOf(boxes[chosen], size, grid);
  const targets = yoloTargets(boxes, labels, size, grid);
  const owner = ownerOf(targets, [row, column]);
  const [x1, y1, x2, y2] = boxes[owner];
  const [side, values, label] = [size / grid, targets.boxes[row][column], targets.labels[row][column]];
  const places = [[(x1 + x2) / 2, column], [(y1 + y2) / 2, row]].map(([centre, at]) => `(${sayShare(centre)} − ${at * side}) / ${side}`);
  const sizes = [x2 - x1, y2 - y1].map((length) => `${length} / ${size}`);
  const roots = values.slice(2).map((value) => `${sayShare(Math.sqrt(value))}`);
  return [
    ...["x", "y", "w", "h"].map((name, at) => ({ head: name, cells: [sayShare(values[at]), at < 2 ? places[at] : `${sizes[at - 2]}, root ${roots[at - 2]}`] })),
    { head: "confidence", cells: ["IoU", `with box ${ALPHABET[owner]}`] },
    ...classes.map((name, at) => ({ head: name, cells: [at === label ? "1" : "0", "class"] })),
  ];
}

function cells(targets, chosenCell, side) {
  return targets.objects.flatMap((line, row) => line.map((owner, column) => {
    const isChosen = row === chosenCell?.[0] && column === chosenCell[1];
    return owner < 0 ? null : svg("rect", { x: column * side, y: row * side, width: side, height: side, class: `cn-answering ${isChosen ? "cn-now" : ""}`, style: `--hue: var(--cn-${HUES[owner]})` });
  })).filter(Boolean);
}

function render({ model, el }) {
  const [size, grid, classes] = ["size", "grid", "classes"].map((name) => model.get(name));
  const [boxes, labels] = [() => model.get("boxes"), () => model.get("labels")];
  const chosen = () => Math.min(model.get("chosen"), boxes().length - 1);
  const choose = (index) => put(model, { chosen: index });
  const append = (place) => {
    if (boxes().length === ALPHABET.length) return;
    put(model, { labels: [...labels(), labels()[chosen()] ?? 0], boxes: [...boxes(), place], chosen: boxes().length });
  };
  const stage = boxStage({ label: "Boxes on the grid; arrow keys move the chosen one, with Shift its lower right corner", size: [size, size], grain: 8, least: 16, fresh: FRESH,
    onchoose: choose, onnew: append, onchange: (index, place) => put(model, { boxes: boxes().map((old, at) => (at === index ? place : old)) }) });
  const buttons = boxButtons(choose);
  const add = h("button", { type: "button", onclick: () => {
    append(boxAbout([80, 80].map((at, axis) => at + (48 + 24 * axis) * boxes().length), FRESH, [size, size]));
    if (add.disabled) remove.focus();
  } }, "Add");
  const remove = h("button", { type: "button", onclick: () => {
    const left = (list) => list.filter((_, at) => at !== chosen());
    const [places, classesLeft] = [left(boxes()), left(labels())];
    put(model, { boxes: places, labels: classesLeft, chosen: Math.max(0, Math.min(chosen(), places.length - 1)) });
    if (remove.disabled) add.focus();
  } }, "Remove");
  const kind = choice("Class of the chosen box", classes.map((name, at) => [String(at), name]), "0", (value) =>
    put(model, { labels: labels().map((old, at) => (at === chosen() ? Number(value) : old)) }));
  const said = h("output", { class: "cn-say" });
  const heading = h("p", { class: "cn-title" });
  const numbers = h("div", { class: "cn-scroll", tabindex: "0", role: "group", "aria-label": "Target of the chosen cell" });
  const note = h("p", { class: "cn-note" }, "Draw boxes with the mouse, or touch an empty place. Drag a box or its corners. Keys: arrows move, Shift and arrows stretch.");
  el.append(h("div", { class: "cn-controls" }, buttons.element, h("div", { class: "cn-controls cn-presets", role: "group", "aria-label": "Boxes" }, add, remove)),
    h("div", { class: "cn-beside" }, h("div", {}, stage.element, note), h("div", {}, kind, heading, numbers)), said);

  return follow({ model, el }, ["boxes", "labels", "chosen"], () => {
    const at = chosen();
    const targets = yoloTargets(boxes(), labels(), size, grid);
    const places = boxes().map((each) => cellOf(each, size, grid).cell);
    const cell = places[at];
    const centres = boxes().map(([x1, y1, x2, y2], index) => svg("circle", { cx: (x1 + x2) / 2, cy: (y1 + y2) / 2, r: 4.5 * stage.scale(), class: "cn-centre", style: `--hue: var(--cn-${HUES[index]})` }));
    const isLost = (index) => ownerOf(targets, places[index]) !== index;
    stage.draw({ boxes: boxes().map((place, index) => ({ place, name: `${ALPHABET[index]}${isLost(index) ? ": lost" : ""}`, hue: isLost(index) ? "muted" : HUES[index] })), chosen: at,
      under: [...cells(targets, cell, size / grid), gridLines([size, size], size / grid)], over: centres,
      says: boxes().map((place, index) => `Box ${ALPHABET[index]} from ${place.slice(0, 2).join(", ")} to ${place.slice(2).join(", ")}, ${isLost(index) ? "lost" : `row ${places[index][0]}, column ${places[index][1]}`}`).join("; ") || "An empty grid" });
    buttons.update(boxes().map((_, index) => `Box ${ALPHABET[index]}`), at);
    add.disabled = boxes().length === ALPHABET.length;
    remove.disabled = kind.querySelector("select").disabled = !boxes().length;
    kind.querySelector("select").value = String(labels()[at] ?? 0);
    heading.textContent = cell ? `Target of the cell in row ${cell[0]}, column ${cell[1]}` : "No cell answers";
    numbers.replaceChildren(table(["number", "target", "from"], cell ? workings(boxes(), labels(), classes, at, size, grid) : []));
    said.textContent = explain(boxes(), labels(), classes, at, size, grid);
  });
}

export default { render };

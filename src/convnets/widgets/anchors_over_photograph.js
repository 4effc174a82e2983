import { follow, h, put, sayCount, svg } from "./common.js";
import { numberField } from "./fields.js";
import { slider, tick } from "./slider.js";
import { sayShare } from "./box_maths.js";
import { boxStage, gridLines, placeOf } from "./box_stage.js";
import { anchorShapes, cellsOf, gridAnchors, matchOne } from "./anchors.js";

const MOST_DRAWN = 250; // anchors of a kind; of more, one in two, three, …

const several = (count, word) => `${sayCount(count)} ${word}${count === 1 ? "" : "s"}`;

/** How many anchors there are and what becomes of them, in words. */
export function explain(size, object, { stride, sizes, ratios, positive, negative, rescue }) {
  const [columns, rows] = cellsOf(size, stride);
  const shapes = anchorShapes(sizes, ratios);
  const anchors = gridAnchors([columns, rows], stride, shapes);
  const count = `${rows} × ${columns} cells × ${several(shapes.length, "shape")} = ${several(anchors.length, "anchor")}`;
  if (!anchors.length) return `${count}: choose at least one size and one ratio.`;
  const { overlaps, best, positives, ignored } = matchOne(anchors, object, positive, negative, rescue);
  const answers = rescue && overlaps[best] > 0 ? "it is positive all the same, or nobody would answer" : "nobody answers";
  const reached = overlaps[best] >= positive ? "" : `, less than ${sayShare(positive)}: ${answers} for the object`;
  return `${count}. The best overlaps the box by ${sayShare(overlaps[best])}${reached}. Positive: ${sayCount(positives.length)}, ignored: ${sayCount(ignored.length)}, negative: ${sayCount(anchors.length - positives.length - ignored.length)}.`;
}

/** The anchors about one cell as [x1, y1, x2, y2]; [column, row]. */
const anchorsOfCell = ([column, row], stride, shapes) =>
  gridAnchors([1, 1], stride, shapes).map((box) => box.map((value, at) => value + [column, row][at % 2] * stride));

function marks(size, state, anchors, found) {
  const { stride, sizes, ratios, cell } = state;
  const shapes = anchorShapes(sizes, ratios);
  const [columns, rows] = cellsOf(size, stride);
  const outlines = (boxes, name) => boxes.filter((_, at) => at % Math.ceil(boxes.length / MOST_DRAWN) === 0).map((box) => svg("rect", { ...placeOf(box), class: name }));
  const of = (places, name) => outlines(places.map((at) => anchors[at]), name);
  const own = anchorsOfCell(cell, stride, shapes);
  const centre = svg("rect", { ...placeOf([...cell, cell[0] + 1, cell[1] + 1].map((at) => at * stride)), class: "cn-cell-of-anchors" });
  return svg("svg", { width: size[0], height: size[1], class: "cn-anchors" }, gridLines([columns * stride, rows * stride], stride),
    ...of(found.ignored, "cn-ignored"), centre, ...outlines(own, "cn-under"), ...outlines(own, "cn-over"),
    ...of(found.positives, "cn-positive-under"), ...of(found.positives, "cn-positive"));
}

function render({ model, el }) {
  const [size, ranges, choices] = ["extent", "ranges", "choices"].map((name) => model.get(name));
  const names = ["object", "stride", "sizes", "ratios", "positive", "negative", "rescue", "cell"];
  const state = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const stage = boxStage({ label: "The box to be found; arrow keys move it, with Shift its lower right corner", size, least: 8, grain: 4,
    onchoose: () => {}, onchange: (_, object) => put(model, { object }) });
  const strides = choices.stride.map((stride) => h("button", { type: "button", "aria-pressed": "false", onclick: () => {
    const last = cellsOf(size, stride).map((count) => count - 1);
    put(model, { stride, cell: model.get("cell").map((at, axis) => Math.min(last[axis], Math.floor((at * model.get("stride")) / stride))) });
  } }, String(stride)));
  const ticks = ["sizes", "ratios"].map((name) => choices[name].map(([value, label]) => tick({ label, onset: (isOn) =>
    put(model, { [name]: choices[name].map(([each]) => each).filter((each) => (each === value ? isOn : model.get(name).includes(each))) }) })));
  const bounds = [["positive", "Positive from IoU"], ["negative", "Negative below IoU"]].map(([name, label]) => slider({ label, least: ranges[name][0], most: ranges[name][1], step: 0.05, text: sayShare,
    onset: (value) => put(model, name === "positive" ? { positive: value, negative: Math.min(value, model.get("negative")) } : { negative: value, positive: Math.max(value, model.get("positive")) }) }));
  const rescue = tick({ label: "the best is positive in any case", onset: (value) => put(model, { rescue: value }) });
  const cells = ["Column", "Row"].map((label, axis) => numberField({ label: `${label} of the cell`, least: 0, most: 99, onset: (value) => {
    const at = Math.min(value, cellsOf(size, model.get("stride"))[axis] - 1);
    if (at !== model.get("cell")[axis]) put(model, { cell: model.get("cell").map((old, place) => (place === axis ? at : old)) });
  } }));
  const group = (legend, ...parts) => h("fieldset", { class: "cn-choices" }, h("legend", {}, legend), ...parts);
  const photograph = svg("image", { href: model.get("photograph"), width: size[0], height: size[1] });
  const said = h("output", { class: "cn-say" });
  const keys = [["object", "the box: drag it, or arrows; with Shift they stretch it"], ["positive", "positive"], ["ignored", "ignored"], ["cell", "anchors of the chosen cell"]].map(([name, text]) => h("span", { class: `cn-key-of-${name}` }, text));
  el.append(h("div", { class: "cn-controls cn-all-choices" }, group("Stride", ...strides), ...["Sizes", "Ratios h : w"].map((legend, i) => group(legend, ...ticks[i].map(({ element }) => element)))),
    stage.element, h("p", { class: "cn-note cn-keys-of-anchors" }, ...keys), said,
    h("div", { class: "cn-sliders" }, ...bounds.map(({ element }) => element), ...cells.map(({ element }) => element), rescue.element));

  return follow({ model, el }, names, () => {
    const now = state();
    const anchors = gridAnchors(cellsOf(size, now.stride), now.stride, anchorShapes(now.sizes, now.ratios));
    const found = matchOne(anchors, now.object, now.positive, now.negative, now.rescue);
    strides.forEach((button, i) => button.setAttribute("aria-pressed", String(choices.stride[i] === now.stride)));
    ["sizes", "ratios"].forEach((name, i) => ticks[i].forEach(({ update }, at) => update(now[name].includes(choices[name][at][0]))));
    bounds.forEach(({ update }, i) => update([now.positive, now.negative][i]));
    rescue.update(now.rescue);
    cells.forEach(({ update, input }, axis) => {
      input.max = cellsOf(size, now.stride)[axis] - 1;
      update(now.cell[axis]);
    });
    const [x1, y1, x2, y2] = now.object;
    stage.draw({ boxes: [{ place: now.object, name: "", hue: "orange" }], under: [photograph, marks(size, now, anchors, found), svg("rect", { ...placeOf(now.object), class: "cn-under" })],
      says: `A photograph: ${model.get("shows")}. The box from ${x1}, ${y1} to ${x2}, ${y2} and ${several(found.positives.length, "positive anchor")}` });
    said.textContent = explain(size, now.object, now);
  });
}

export default { render };

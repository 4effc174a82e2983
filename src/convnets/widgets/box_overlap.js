import { follow, h, put, sayCount, svg } from "./common.js";
import { numberField, presetButtons } from "./fields.js";
import { tick } from "./slider.js";
import { boxButtons } from "./box_buttons.js";
import { enclosingBox, overlap, sayShare, sharedBox } from "./box_maths.js";
import { boxStage, gridLines, placeOf } from "./box_stage.js";

const NAMES = ["A", "B"];
const HUES = ["blue", "orange"];
const CORNERS_OF_FIELD = ["x1", "y1", "x2", "y2"];
const LEAST = 1;

const saySides = ([x1, y1, x2, y2]) => `${x2 - x1} · ${y2 - y1} = ${sayCount((x2 - x1) * (y2 - y1))}`;

/** Areas, IoU and GIoU with their terms, in words. */
export function explain(boxes) {
  const { areas, shared, union, enclosing, iou, giou } = overlap(...boxes);
  const both = sharedBox(...boxes);
  return [
    `A: ${saySides(boxes[0])}. B: ${saySides(boxes[1])}. ${both ? `Shared: ${saySides(both)}.` : "They share nothing."} Union: ${areas[0]} + ${areas[1]} − ${shared} = ${union}.`,
    `IoU = ${shared} / ${union} = ${sayShare(iou)}.`,
    `Box around both: ${saySides(enclosingBox(...boxes))}, of which ${enclosing - union} are empty. GIoU = ${sayShare(iou)} − ${enclosing - union} / ${enclosing} = ${sayShare(giou)}.`,
  ];
}

function render({ model, el }) {
  const size = model.get("size");
  const change = (index, place) => put(model, { boxes: model.get("boxes").map((old, at) => (at === index ? place : old)) });
  const choose = (chosen) => put(model, { chosen });
  const stage = boxStage({ label: "Two boxes; arrow keys move the chosen one, with Shift its lower right corner", size, least: LEAST, onchoose: choose, onchange: change });
  const buttons = boxButtons(choose);
  const examples = presetButtons(model.get("presets"), (values) => put(model, values));
  const fields = CORNERS_OF_FIELD.map((name, at) => {
    const onset = (value) => {
      const old = model.get("boxes")[model.get("chosen")];
      const opposite = old[(at + 2) % 4];
      const fitting = at < 2 ? Math.min(value, opposite - LEAST) : Math.max(value, opposite + LEAST);
      if (fitting !== old[at]) change(model.get("chosen"), old.map((each, place) => (place === at ? fitting : each)));
    };
    return numberField({ label: name, least: 0, most: size[at % 2], onset });
  });
  const around = tick({ label: "box around both", onset: (enclosed) => put(model, { enclosed }) });
  const said = h("output", { class: "cn-say cn-lines" });
  const note = h("p", { class: "cn-note" }, "Drag a box, or one of its corners. Keys: arrows move, Shift and arrows stretch.");
  el.append(examples.element, stage.element, h("div", { class: "cn-controls" }, buttons.element, around.element),
    h("div", { class: "cn-fields cn-four" }, ...fields.map(({ element }) => element)), said, note);

  return follow({ model, el }, ["boxes", "chosen", "enclosed"], () => {
    const [boxes, chosen] = [model.get("boxes"), model.get("chosen")];
    const both = sharedBox(...boxes);
    const under = [gridLines(size, 1)];
    if (model.get("enclosed")) under.push(svg("rect", { ...placeOf(enclosingBox(...boxes)), class: "cn-around" }));
    const over = both ? [svg("rect", { ...placeOf(both), class: "cn-both" })] : [];
    const lines = explain(boxes);
    stage.draw({ boxes: boxes.map((place, at) => ({ place, name: NAMES[at], hue: HUES[at] })), chosen, under, over,
      says: boxes.map((place, at) => `Box ${NAMES[at]} from ${place.slice(0, 2).join(", ")} to ${place.slice(2).join(", ")}`).join("; ") });
    buttons.update(NAMES.map((name) => `Box ${name}`), chosen);
    examples.update({ boxes });
    fields.forEach(({ update }, at) => update(boxes[chosen][at]));
    around.update(model.get("enclosed"));
    said.replaceChildren(...lines.map((line) => h("span", {}, line)));
  });
}

export default { render };

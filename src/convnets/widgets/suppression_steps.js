import { follow, h, put, say, stepper, svg } from "./common.js";
import { slider } from "./slider.js";
import { table } from "./plain_table.js";
import { sayShare } from "./box_maths.js";
import { fates, suppress } from "./suppression.js";

const METHODS = {
  greedy: { label: "greedy", note: "Take the box of highest score, drop all that overlap it by more than the threshold, and go on with the best of what is left." },
  linear: { label: "soft, linear", note: "Soft-NMS: what overlaps the box taken by more than the threshold is multiplied by 1 − IoU instead of dropped." },
  gaussian: { label: "soft, Gaussian", note: "Soft-NMS without a threshold: every score is multiplied by e to the power of −IoU² / σ. A box goes when its score falls below the least score." },
};
const NAMES = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const GOLDEN = 0.618;
const WORDS = { new: "taken now", taken: "taken", left: "waiting" };

const list = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]);

/** What the last of some rounds has done, in words. */
export function explain(boxes, scores, method, options, step) {
  const rounds = suppress(boxes, scores, method, options);
  const isSoft = method !== "greedy";
  const end = step === rounds.length ? ` ${rounds.length} of ${boxes.length} boxes stay${isSoft ? `, with scores ${rounds.map(({ score }) => sayShare(score)).join(", ")}` : ""}.` : "";
  if (!rounds.length) return `Nothing is taken: all ${boxes.length} boxes are below the least score.`;
  if (!step) return `Nothing is taken yet. ${boxes.length} boxes, the surest ${NAMES[rounds[0].best]} with ${say(scores[rounds[0].best])}.`;
  const { best, score, overlaps, dropped } = rounds[step - 1];
  const before = step > 1 ? rounds[step - 2].values : scores;
  const lowered = rounds[step - 1].values.map((value, index) => [index, value]).filter(([index, value]) => isSoft && value !== before[index] && !dropped.includes(index));
  const parts = [`${NAMES[best]} is taken with the score ${sayShare(score)}.`];
  if (lowered.length) parts.push(`It lowers ${list(lowered.map(([index, value]) => `${NAMES[index]} from ${sayShare(before[index])} to ${sayShare(value)}`))}.`);
  if (dropped.length) parts.push(`It drops ${list(dropped.map((index) => `${NAMES[index]} (IoU ${sayShare(overlaps[index])})`))}.`);
  if (!lowered.length && !dropped.length) parts.push(isSoft ? "It lowers no other." : "It drops no other.");
  return parts.join(" ") + end;
}

const sayFate = ({ state, by, iou }) => WORDS[state] ?? (by === undefined ? "dropped: score too low" : `dropped by ${NAMES[by]}, IoU ${sayShare(iou)}`);

function picture(boxes, found, objects, [width, height], unit, says) {
  const things = objects.map(([x, y, across, down]) => svg("ellipse", { cx: x, cy: y, rx: across, ry: down, class: "cn-thing" }));
  const marks = boxes.map(([x1, y1, x2, y2], index) => {
    const name = `cn-${found[index].state}`;
    const along = x1 + (x2 - x1) * (0.08 + 0.84 * ((index * GOLDEN) % 1)); // so that no two names meet
    return svg("g", { class: `cn-scored ${name}` }, svg("rect", { x: x1, y: y1, width: x2 - x1, height: y2 - y1 }),
      svg("text", { x: along, y: (index % 2 ? y2 : y1) + 5 * unit, "font-size": 14 * unit }, NAMES[index]));
  });
  const rank = { dropped: 0, falling: 1, left: 2, taken: 3, new: 4 };
  const order = boxes.map((_, index) => index).sort((a, b) => rank[found[a].state] - rank[found[b].state]);
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": says, class: "cn-suppression" }, ...things, ...order.map((index) => marks[index]));
}

function rowsOf(scores, found, isSoft, overlaps) {
  const order = scores.map((_, index) => index).sort((a, b) => scores[b] - scores[a] || a - b);
  return order.map((index) => ({ name: `cn-row-of-${found[index].state}`, head: NAMES[index],
    cells: [say(scores[index]), ...(isSoft ? [sayShare(found[index].score)] : []), overlaps ? sayShare(overlaps[index]) : "–", sayFate(found[index])] }));
}

function render({ model, el }) {
  const ranges = model.get("ranges");
  const rounds = () => suppress(model.get("boxes"), model.get("scores"), model.get("method"), options());
  const options = () => ({ threshold: model.get("threshold"), sigma: model.get("sigma"), least: model.get("least") });
  const step = () => Math.min(model.get("step"), rounds().length);
  const methods = Object.entries(METHODS).map(([method, { label }]) => h("button", { type: "button", "aria-pressed": "false", onclick: () => put(model, { method }) }, label));
  const settings = [["threshold", "Threshold of IoU", 0.05], ["sigma", "σ", 0.05], ["least", "Least score", 0.01]].map(([name, label, by]) =>
    [name, slider({ label, least: ranges[name][0], most: ranges[name][1], step: by, text: say, onset: (value) => put(model, { [name]: value }) })]);
  const said = h("output", { class: "cn-say" });
  const steps = stepper({ name: "Round", said, get: step, set: (at) => put(model, { step: at }), count: () => rounds().length + 1 });
  const note = h("p", { class: "cn-note" });
  const drawing = h("div", { class: "cn-drawing" });
  const numbers = h("div", { class: "cn-scroll", tabindex: "0", role: "group", "aria-label": "What becomes of each box" });
  el.append(h("div", { class: "cn-controls cn-presets", role: "group", "aria-label": "Method" }, ...methods), note,
    h("div", { class: "cn-sliders" }, ...settings.map(([, { element }]) => element)), steps.element, h("div", { class: "cn-beside" }, h("div", {}, drawing, said), numbers));

  return follow({ model, el }, ["boxes", "scores", "method", "threshold", "sigma", "least", "step"], () => {
    const [boxes, scores, method, size, all] = [...["boxes", "scores", "method", "size"].map((name) => model.get(name)), rounds()];
    const found = fates(scores, all, step());
    const shown = { greedy: ["threshold"], linear: ["threshold", "least"], gaussian: ["sigma", "least"] }[method];
    methods.forEach((button, i) => button.setAttribute("aria-pressed", String(Object.keys(METHODS)[i] === method)));
    for (const [name, { element, update }] of settings) {
      element.hidden = !shown.includes(name);
      update(model.get(name));
    }
    note.textContent = METHODS[method].note;
    const says = `Boxes: ${found.map((each, index) => `${NAMES[index]} ${sayFate(each)}`).join("; ")}`;
    drawing.replaceChildren(picture(boxes, found, model.get("objects"), size, size[0] / (drawing.clientWidth || 400), says));
    const isSoft = method !== "greedy";
    const taken = all[step() - 1];
    numbers.replaceChildren(table(["box", "score", ...(isSoft ? ["now"] : []), taken ? `IoU with ${NAMES[taken.best]}` : "IoU", "what becomes of it"], rowsOf(scores, found, isSoft, taken?.overlaps)));
    said.textContent = explain(boxes, scores, method, options(), step());
    steps.update();
  });
}

export default { render };

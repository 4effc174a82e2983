import { follow, h, put, say, stepper, svg } from "./common.js";
import { numberField } from "./fields.js";
import { slider } from "./slider.js";
import { headedTable } from "./plain_table.js";
import { sayShare } from "./box_maths.js";
import { AVERAGES, averagePrecision, byScore, envelope, precisionAt, precisionRecall } from "./average_precision.js";

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const LABELS = { area: "area (VOC from 2010)", voc: "11 recalls (VOC until 2009)", coco: "101 recalls (COCO)" };
const TALL = 250; // of the picture, in pixels
const [LEFT, BOTTOM, TOP, RIGHT] = [36, 38, 10, 12];

/** The curve of the first `step` detections by falling score. */
const curveOf = (order, verdicts, numObjects, step) => precisionRecall(order.slice(0, step).map((at) => verdicts[at]), numObjects);

/** The last detection counted and the averages so far, in words. */
export function explain(scores, verdicts, numObjects, step) {
  const objects = `${numObjects} ${numObjects === 1 ? "object" : "objects"}`;
  if (!step) return `Nothing is counted yet: ${scores.length} detections and ${objects}.`;
  const order = byScore(scores);
  const curve = curveOf(order, verdicts, numObjects, step);
  const [at, found] = [order[step - 1], curve.found[step - 1]];
  const averages = Object.entries(AVERAGES).map(([name, levels]) => `${{ area: "area", voc: "11 recalls", coco: "101 recalls" }[name]} ${sayShare(averagePrecision(curve, levels))}`);
  const missed = step === scores.length && found < numObjects ? ` ${numObjects - found} of ${objects} ${numObjects - found === 1 ? "is" : "are"} never found.` : "";
  return `Detection ${step} of ${scores.length}: ${LETTERS[at]} with the score ${say(scores[at])} is ${verdicts[at] ? "right" : "wrong"}. Precision ${found} / ${step} = ${sayShare(curve.precision[step - 1])}, recall ${found} / ${numObjects} = ${sayShare(curve.recall[step - 1])}.${missed} Average precision so far: ${averages.join(", ")}.`;
}

/** Curve, filled-up curve, and what is averaged. */
function picture(curve, verdicts, average, width, says) {
  const x = (recall) => LEFT + recall * (width - LEFT - RIGHT);
  const y = (precision) => TOP + (1 - precision) * (TALL - TOP - BOTTOM);
  const { precision, recall } = curve;
  const filled = envelope(precision);
  const steps = filled.map((value, at) => `L${x(recall[at - 1] ?? 0)} ${y(value)}L${x(recall[at])} ${y(value)}`).join("");
  const path = (d, name) => svg("path", { d, class: name });
  const drawn = precision.length ? [
    ...(average === "area" ? [path(`M${x(0)} ${y(0)}${steps}L${x(recall.at(-1))} ${y(0)}Z`, "cn-area")] : []),
    ...(AVERAGES[average] ?? []).map((level) => path(`M${x(level)} ${y(0)}V${y(precisionAt(curve, level))}`, `cn-level cn-${average}`)),
    path(`M${x(0)} ${y(filled[0])}${steps}V${y(0)}`, "cn-filled"),
    path(`M${precision.map((value, at) => `${x(recall[at])} ${y(value)}`).join("L")}`, "cn-raw"),
    ...(average === "voc" ? AVERAGES.voc.map((level) => svg("circle", { cx: x(level), cy: y(precisionAt(curve, level)), r: 3, class: "cn-at-level" })) : []),
    ...precision.map((value, at) => svg("circle", { cx: x(recall[at]), cy: y(value), r: at === precision.length - 1 ? 7 : 4.5, class: verdicts[at] ? "cn-right" : "cn-wrong" })),
  ] : [];
  const marks = [0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((value) => [path(`M${LEFT} ${y(value)}H${width - RIGHT}`, "cn-rule"),
    svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, say(value)), svg("text", { x: x(value), y: TALL - BOTTOM + 16, "text-anchor": "middle" }, say(value))]);
  return svg("svg", { viewBox: `0 0 ${width} ${TALL}`, role: "img", "aria-label": says, class: "cn-precision" }, ...marks,
    svg("text", { x: (LEFT + width - RIGHT) / 2, y: TALL - 3, "text-anchor": "middle" }, "recall"), ...drawn);
}

/** A table whose rows stay the same elements, so that their buttons keep the focus. */
function ranking(names, onchoose, onturn) {
  const rows = names.map((name, at) => {
    const choose = h("button", { type: "button", onclick: () => onchoose(at) }, name);
    const turn = h("button", { type: "button", onclick: () => onturn(at) });
    const cells = [0, 1, 2].map(() => h("td"));
    return { choose, turn, cells, element: h("tr", {}, h("th", { scope: "row" }, choose), cells[0], h("td", {}, turn), cells[1], cells[2]) };
  });
  const body = h("tbody");
  const element = headedTable(["detection", "score", "verdict", "precision", "recall"], body, "cn-ranking");
  let shown = "";

  function update(order, chosen, texts) {
    if (shown !== order.join()) body.replaceChildren(...order.map((at) => rows[at].element));
    shown = order.join();
    rows.forEach(({ choose, turn, cells, element: row }, at) => {
      const { score, isRight, precision, recall } = texts[at];
      choose.setAttribute("aria-pressed", String(at === chosen));
      turn.textContent = isRight ? "right" : "wrong";
      turn.setAttribute("aria-label", `${names[at]} is ${turn.textContent}: turn it round`);
      [score, precision, recall].forEach((text, cell) => { cells[cell].textContent = text; });
      row.className = `${isRight ? "cn-is-right" : "cn-is-wrong"} ${precision === "" ? "cn-later" : ""}`;
    });
  }

  return { element, update };
}

function render({ model, el }) {
  const names = LETTERS.slice(0, model.get("scores").length);
  const step = () => model.get("step");
  const averages = Object.entries(LABELS).map(([average, label]) => h("button", { type: "button", "aria-pressed": "false", onclick: () => put(model, { average }) }, label));
  const said = h("output", { class: "cn-say" });
  const steps = stepper({ name: "Detections counted", said, get: step, set: (at) => put(model, { step: at }), count: () => names.length + 1 });
  const turn = (index) => {
    const verdicts = model.get("verdicts").map((isRight, at) => (at === index ? !isRight : isRight));
    put(model, { verdicts, objects: Math.max(model.get("objects"), verdicts.filter(Boolean).length) });
  };
  const table = ranking(names, (chosen) => put(model, { chosen }), turn);
  const score = slider({ label: "Chosen score", least: 0, most: 1, step: 0.01, text: say,
    onset: (value) => put(model, { scores: model.get("scores").map((old, at) => (at === model.get("chosen") ? value : old)) }) });
  const objects = numberField({ label: "Objects", least: 1, most: model.get("most"), onset: (value) =>
    put(model, { objects: Math.max(value, model.get("verdicts").filter(Boolean).length) }) });
  const drawing = h("div", { class: "cn-drawing" });
  const keys = [["raw", "precision after each detection"], ["filled", "filled up from the right"]].map(([name, text]) => h("span", { class: `cn-key-of-${name}` }, text));
  el.append(h("div", { class: "cn-controls cn-presets", role: "group", "aria-label": "Average precision" }, ...averages), steps.element,
    h("div", { class: "cn-beside" }, h("div", {}, h("p", { class: "cn-title" }, "Precision over recall"), drawing, h("p", { class: "cn-note cn-keys-of-curves" }, ...keys), said),
      h("div", {}, h("div", { class: "cn-scroll", tabindex: "0", role: "group", "aria-label": "Detections by falling score" }, table.element), h("div", { class: "cn-sliders cn-of-chosen" }, score.element, objects.element))));

  return follow({ model, el }, ["scores", "verdicts", "objects", "step", "average", "chosen"], () => {
    const [scores, verdicts, count, average, chosen] = ["scores", "verdicts", "objects", "average", "chosen"].map((name) => model.get(name));
    const order = byScore(scores);
    const curve = curveOf(order, verdicts, count, step());
    const texts = scores.map((value, at) => {
      const rank = order.indexOf(at);
      const [precision, recall] = rank < step() ? [`${curve.found[rank]}/${rank + 1} = ${sayShare(curve.precision[rank])}`, `${curve.found[rank]}/${count} = ${sayShare(curve.recall[rank])}`] : ["", ""];
      return { score: say(value), isRight: verdicts[at], precision, recall };
    });
    averages.forEach((button, i) => button.setAttribute("aria-pressed", String(Object.keys(LABELS)[i] === average)));
    table.update(order, chosen, texts);
    score.update(scores[chosen]);
    score.input.setAttribute("aria-label", `Chosen score, ${names[chosen]}`);
    objects.update(count);
    const says = `Precision after each of ${step()} detections: ${curve.precision.map(sayShare).join(", ") || "none"}`;
    drawing.replaceChildren(picture(curve, order.slice(0, step()).map((at) => verdicts[at]), average, drawing.clientWidth || 400, says));
    said.textContent = explain(scores, verdicts, count, step());
    steps.update();
  });
}

export default { render };

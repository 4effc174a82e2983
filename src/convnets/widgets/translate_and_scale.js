import { follow, h, put, say, saySum, stepper } from "./common.js";

const LONGEST = 6;
const LARGEST = 9;

/** Copies of b, one for each a[t]: scaled by a[t] and moved t places; null where a copy does not reach. */
export const copies = (a, b) =>
  a.map((scale, t) => Array.from({ length: a.length + b.length - 1 }, (_, n) => (n - t in b ? scale * b[n - t] : null)));

/** The convolution as the column sums of the copies. */
export const sumOfCopies = (a, b) =>
  copies(a, b).reduce((sums, row) => sums.map((sum, n) => sum + (row[n] ?? 0)), Array(a.length + b.length - 1).fill(0));

/** What the flipped b meets when its last weight lies on place n: factors by the place t in the signal. */
export const underFlipped = (a, b, n) =>
  b.map((_, k) => n - b.length + 1 + k).map((t) => ({ t, value: a[t] ?? 0, weight: b[n - t], product: (a[t] ?? 0) * b[n - t] }));

/** The convolution by sliding the flipped b along a. */
export const flipAndFilter = (a, b) =>
  Array.from({ length: a.length + b.length - 1 }, (_, n) => underFlipped(a, b, n).reduce((sum, { product }) => sum + product, 0));

const list = (values) => `(${values.map((value) => say(value)).join(", ")})`;
const bracket = (value) => (value < 0 ? `(${say(value)})` : say(value));
const HUES = ["blue", "orange", "green", "purple", "red", "yellow"];

function editor(model, name, element) {
  const values = model.get(name);
  const change = (next) => put(model, { [name]: next, index: Math.min(model.get("index"), next.length + model.get(name === "a" ? "b" : "a").length - 2) });
  const read = (event, t) => {
    const value = Math.round(Number(event.target.value)) || 0;
    change(model.get(name).map((old, i) => (i === t ? Math.max(-LARGEST, Math.min(LARGEST, value)) : old)));
  };
  const resize = (label, next, disabled) => h("button", { type: "button", class: "cn-icon", disabled, "aria-label": `${label} number of ${name}`, title: label,
    "data-key": `${name} ${label}`, onclick: () => change(next(model.get(name))) }, label === "Add a" ? "+" : "−");
  const inputs = values.map((value, t) => h("input", { type: "number", min: -LARGEST, max: LARGEST, value, "aria-label": `${name} at ${t}`,
    "data-key": `${name}${t}`, oninput: (event) => event.target.value !== "" && event.target.value !== "-" && read(event, t), onchange: (event) => read(event, t) }));
  element.replaceChildren(h("legend", {}, name), ...inputs,
    resize("Remove the last", (old) => old.slice(0, -1), values.length === 1), resize("Add a", (old) => [...old, 1], values.length === LONGEST));
}

/** Rebuild the inputs only when they no longer show the state, and keep the focus where it was. */
function refresh(model, name, element) {
  const shown = [...element.querySelectorAll("input")];
  const values = model.get(name);
  if (shown.length === values.length && shown.every((input, t) => Number(input.value) === values[t])) return;
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  editor(model, name, element);
  if (!key) return;
  const same = element.querySelector(`[data-key="${key}"]`);
  (same && !same.disabled ? same : element.querySelector("input")).focus();
}

const hue = (t, size) => (t >= 0 && t < size ? `--hue: var(--cn-${HUES[t]})` : "");

function grid(places, rows, onpick) {
  const lines = [{ head: "n", kind: "cn-places", cells: places.map((n) => ({ text: n < 0 ? "" : String(n) })) }, ...rows];
  const chars = Math.max(2, ...lines.flatMap(({ cells }) => cells.map(({ text = "" }) => text.length)));
  const body = lines.map(({ head, cells, kind }) => h("tr", { class: kind ?? "" }, h("th", { scope: "row" }, head),
    ...cells.map(({ text = "", style = "", name = "", place }) => h("td", { class: name, style, ...(place === undefined ? {} : { onclick: () => onpick(place) }) }, text))));
  return h("table", { class: "cn-numbers cn-fit", style: `--chars: ${chars}; --columns: ${places.length}` }, h("tbody", {}, ...body));
}

function resultRow(sums, index, before = 0, after = 0) {
  const blank = (count) => Array(count).fill({});
  return { head: "a ∗ b", kind: "cn-result", cells: [...blank(before), ...sums.map((sum, n) => ({ text: say(sum), name: n === index ? "cn-hot" : "", place: n })), ...blank(after)] };
}

function translatePicture(a, b, index, onpick) {
  const rows = copies(a, b).map((row, t) => ({
    head: `${say(a[t])} · b`,
    cells: row.map((value, n) => ({ text: value === null ? "" : say(value), style: value === null ? "" : hue(t, a.length),
      name: `${value === null ? "cn-none" : "cn-term"} ${n === index ? "cn-hot" : ""}`, place: n })),
  }));
  return grid([...Array(a.length + b.length - 1).keys()], [...rows, resultRow(sumOfCopies(a, b), index)], onpick);
}

function flipPicture(a, b, index, onpick) {
  const edge = b.length - 1;
  const places = Array.from({ length: a.length + 2 * edge }, (_, i) => i - edge);
  const met = Object.fromEntries(underFlipped(a, b, index).map((factor) => [factor.t, factor]));
  const outside = (t) => t < 0 || t >= a.length;
  return grid(places, [
    { head: "a", cells: places.map((t) => ({ text: say(a[t] ?? 0), name: outside(t) ? "cn-zero" : `cn-term ${met[t] ? "cn-hot" : ""}`, style: hue(t, a.length) })) },
    { head: "b, turned", cells: places.map((t) => (met[t] ? { text: say(met[t].weight), name: "cn-on" } : { name: "cn-none" })) },
    { head: "products", cells: places.map((t) => (met[t] ? { text: say(met[t].product), name: outside(t) ? "cn-zero cn-hot" : "cn-term cn-hot", style: hue(t, a.length) } : { name: "cn-none" })) },
    resultRow(flipAndFilter(a, b), index, edge)], onpick);
}

/** One output in words, both ways, and the whole result. */
export function explain(a, b, index) {
  const inside = underFlipped(a, b, index).filter(({ t }) => t in a);
  const factors = inside.map(({ value, weight }) => `${bracket(value)}·${bracket(weight)}`).join(" + ");
  const sums = flipAndFilter(a, b);
  return `Output ${index}: ${factors} = ${saySum(inside.map(({ product }) => product))}${inside.length > 1 ? ` = ${say(sums[index])}` : ""}, the same products in both pictures. ` +
    `${list(a)} ∗ ${list(b)} = ${list(sums)}.`;
}

/** A titled place for one of the two tables, which scrolls (and can then be focused) where it is too wide. */
function holder(title, text) {
  const frame = h("div", { class: "cn-scroll", role: "group", "aria-label": title });
  const show = (table) => {
    frame.replaceChildren(table);
    frame.toggleAttribute("tabindex", frame.scrollWidth > frame.clientWidth);
    if (frame.hasAttribute("tabindex")) frame.tabIndex = 0;
    const hot = frame.querySelector(".cn-result .cn-hot");
    frame.scrollLeft = hot.offsetLeft - frame.offsetLeft - 0.8 * frame.clientWidth;
  };
  return { show, element: h("div", {}, h("p", { class: "cn-title" }, title), h("p", { class: "cn-note" }, text), frame) };
}

function render({ model, el }) {
  const said = h("output", { class: "cn-say" });
  const editors = { a: h("fieldset", { class: "cn-editor" }), b: h("fieldset", { class: "cn-editor" }) };
  const swap = h("button", { type: "button", onclick: () => put(model, { a: model.get("b"), b: model.get("a") }) }, "Swap a and b");
  const set = (index) => put(model, { index });
  const steps = stepper({ name: "Output", said, get: () => model.get("index"), set, count: () => model.get("a").length + model.get("b").length - 1 });
  const onpick = (place) => {
    steps.stop();
    set(place);
  };
  const left = holder("Translate and scale", "For each number of a a copy of b, moved and multiplied by it. Add the columns.");
  const right = holder("Flip and filter", "b turned round lies under a. Multiply what meets, add the products.");
  el.append(h("div", { class: "cn-controls" }, editors.a, editors.b, swap), steps.element, h("div", { class: "cn-two" }, left.element, right.element), said);
  for (const name of ["a", "b"]) editor(model, name, editors[name]);

  return follow({ model, el }, ["a", "b", "index"], () => {
    const [a, b] = [model.get("a"), model.get("b")];
    const index = Math.min(model.get("index"), a.length + b.length - 2);
    for (const name of ["a", "b"]) refresh(model, name, editors[name]);
    left.show(translatePicture(a, b, index, onpick));
    right.show(flipPicture(a, b, index, onpick));
    said.textContent = explain(a, b, index);
    steps.update();
  });
}

export default { render };

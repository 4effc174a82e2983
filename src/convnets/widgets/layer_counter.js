import { choice, follow, h, put, sayCount, stepper, svg } from "./common.js";

const SIDE = 5; // of the toy image in the pictures, with kernels of 3 × 3 and so 3 × 3 units
const KERNEL = 3;
const OUT = SIDE - KERNEL + 1;
const CELL = 14;
const HUES = ["blue", "orange", "green", "purple", "red", "yellow"];
const LAYERS = [["full", "Fully connected"], ["local", "Locally connected"], ["conv", "Convolutional"]];

/** Units, weights (without biases) and connections of a layer, each as the factors of a product. */
export function factors(layer, { side, channels, units, filters, kernel, padding }) {
  const out = padding === "same" ? side : side - kernel + 1;
  if (layer === "full") {
    const all = [side, side, channels, units];
    return { units: [units], weights: all, connections: all };
  }
  const each = [kernel, kernel, channels];
  const all = [out, out, filters];
  return { units: all, weights: layer === "local" ? [...all, ...each] : [filters, ...each], connections: [...all, ...each] };
}

/** The numbers themselves. */
export const counts = (layer, sizes) =>
  Object.fromEntries(Object.entries(factors(layer, sizes)).map(([name, all]) => [name, all.reduce((product, factor) => product * factor, 1)]));

/** Which inputs a unit of the toy layer sees, as [row, column, number of the weight]. */
export function sees(layer, unit) {
  const [top, left, size] = layer === "full" ? [0, 0, SIDE] : [Math.floor(unit / OUT), unit % OUT, KERNEL];
  const first = layer === "conv" ? 1 : unit * size * size + 1;
  return Array.from({ length: size * size }, (_, i) => [top + Math.floor(i / size), left + (i % size), first + i]);
}

const hue = (layer, unit) => `--hue: var(--cn-${HUES[layer === "conv" ? 0 : unit % HUES.length]})`;

function picture(layer, unit, onpick) {
  const seen = sees(layer, unit);
  const from = { x: SIDE * CELL, y: 0 };
  const left = from.x + 2 * CELL;
  const top = ((SIDE - OUT) / 2) * CELL;
  const square = (row, column, x, y, attributes) => svg("rect", { x: x + column * CELL, y: y + row * CELL, width: CELL, height: CELL, ...attributes });
  const grid = Array.from({ length: SIDE * SIDE }, (_, i) => square(Math.floor(i / SIDE), i % SIDE, 0, 0, { class: "cn-input" }));
  const marked = seen.flatMap(([row, column, weight]) => [
    square(row, column, 0, 0, { class: "cn-seen", style: hue(layer, unit) }),
    svg("text", { x: (column + 0.5) * CELL, y: (row + 0.5) * CELL }, String(weight)),
  ]);
  const units = Array.from({ length: OUT * OUT }, (_, u) => square(Math.floor(u / OUT), u % OUT, left, top,
    { class: u === unit ? "cn-unit cn-chosen" : "cn-unit", style: hue(layer, u), onclick: () => onpick(u) }));
  const [x, y] = [left + (unit % OUT) * CELL, top + Math.floor(unit / OUT) * CELL];
  const [[firstRow, lastColumn], [lastRow]] = [[seen[0][0], seen.at(-1)[1]], [seen.at(-1)[0]]];
  const lines = [[firstRow * CELL, y], [(lastRow + 1) * CELL, y + CELL]].map(([start, end]) =>
    svg("line", { x1: (lastColumn + 1) * CELL, y1: start, x2: x, y2: end }));
  return svg("svg", { viewBox: `-1 -1 ${left + OUT * CELL + 2} ${SIDE * CELL + 2}`, role: "img", class: "cn-toy", "aria-label": `${Object.fromEntries(LAYERS)[layer]}: ${describe(layer, unit)}` },
    ...grid, ...lines, ...marked, ...units);
}

/** What a unit of the toy layer sees, in words. */
export function describe(layer, unit) {
  const seen = sees(layer, unit);
  const weights = `weights ${seen[0][2]} to ${seen.at(-1)[2]}`;
  const whose = layer === "conv" ? "shared by all units" : "its own";
  return `unit ${unit + 1} of ${OUT * OUT} sees ${layer === "full" ? "all" : "only"} ${seen.length} inputs, with ${weights}, ${whose}`;
}

const product = (all) => all.map(sayCount).join(" · ");

function count(name, all, value) {
  const [formula, result] = [all.length > 1 ? `${product(all)} = ` : "", sayCount(value)];
  return [h("dt", {}, name), h("dd", {}, formula, h("strong", {}, result))];
}

function card(layer, title, sizes, unit, most, onpick) {
  const [all, values] = [factors(layer, sizes), counts(layer, sizes)];
  const share = (100 * Math.log10(values.weights + 1)) / Math.log10(most + 1);
  return [h("p", { class: "cn-title" }, title), picture(layer, unit, onpick), h("p", { class: "cn-note" }, `Here ${describe(layer, unit)}.`),
    h("dl", {}, ...["units", "weights", "connections"].flatMap((name) => count(name, all[name], values[name]))),
    h("div", { class: "cn-bar", "aria-hidden": "true" }, h("span", { style: `width: ${share}%` }))];
}

/** A number with a slider on a logarithmic scale beside it. */
function size(model, name, label, most) {
  const largest = () => (name === "kernel" ? Math.min(most, model.get("side")) : most);
  const set = (value) => {
    const next = Math.max(1, Math.min(largest(), Math.round(value) || 1));
    put(model, name === "side" ? { kernel: Math.min(model.get("kernel"), next), side: next } : { [name]: next });
  };
  const number = h("input", { type: "number", min: 1, max: most, onchange: () => set(Number(number.value)), oninput: () => number.value !== "" && set(Number(number.value)) });
  const slider = h("input", { type: "range", min: 0, max: 1, step: "any", "aria-label": `${label}, slider`,
    oninput: () => set(most ** Number(slider.value)),
    onkeydown: (event) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!step) return;
      event.preventDefault();
      set(model.get(name) + step);
    } });
  const update = () => {
    const value = model.get(name);
    if (Number(number.value) !== value) number.value = value;
    slider.value = most === 1 ? 0 : Math.log(value) / Math.log(most);
    slider.setAttribute("aria-valuetext", sayCount(value));
  };
  return { element: h("div", { class: "cn-size" }, h("label", { class: "cn-field" }, label, number), slider), update };
}

function render({ model, el }) {
  const said = h("output", { class: "cn-unseen" });
  const set = (unit) => put(model, { unit });
  const steps = stepper({ name: "Unit in the pictures", said, get: () => model.get("unit"), count: () => OUT * OUT, set });
  const onpick = (unit) => {
    steps.stop();
    set(unit);
  };
  const sizes = [["side", "Image side", 1000], ["channels", "Channels", 512], ["units", "Fully connected units", 10000], ["filters", "Filters", 1024], ["kernel", "Kernel side", 31]]
    .map((each) => size(model, ...each));
  const padding = choice("Padding", [["same", "zeros (same)"], ["valid", "none (valid)"]], model.get("padding"), (value) => put(model, { padding: value }));
  const presets = model.get("presets").map(({ name, ...values }) => h("button", { type: "button", onclick: () => put(model, values) }, name));
  const cards = LAYERS.map(() => h("div", { class: "cn-card" }));
  el.append(h("div", { class: "cn-controls", role: "group", "aria-label": "Examples" }, ...presets),
    h("div", { class: "cn-fields cn-sizes" }, ...sizes.map(({ element }) => element), padding),
    h("p", { class: "cn-note" }, "Walk through the units of the three pictures:"), steps.element, h("div", { class: "cn-cards" }, ...cards),
    h("p", { class: "cn-note" }, "Biases are left out. Bars: number of weights, on a logarithmic scale."), said);

  const names = ["side", "channels", "units", "filters", "kernel", "padding"];
  const say = (sentence) => { said.textContent = LAYERS.map(sentence).join(" "); };
  let before = {};
  return follow({ model, el }, [...names, "unit"], () => {
    const now = Object.fromEntries(names.map((name) => [name, model.get(name)]));
    const unit = model.get("unit");
    const weights = LAYERS.map(([layer]) => counts(layer, now).weights);
    LAYERS.forEach(([layer, title], i) => cards[i].replaceChildren(...card(layer, title, now, unit, Math.max(...weights), onpick)));
    const told = { sizes: JSON.stringify(now), unit };
    if (told.sizes !== before.sizes) say(([, title], i) => `${title}: ${sayCount(weights[i])} weights.`);
    else if (unit !== before.unit) say(([layer, title]) => `${title}: ${describe(layer, unit)}.`);
    before = told;
    padding.querySelector("select").value = now.padding;
    for (const { update } of sizes) update();
    steps.update();
  });
}

export default { render };

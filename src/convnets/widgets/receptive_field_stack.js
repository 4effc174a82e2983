import { follow, h, put, sayCount, stepper, svg } from "./common.js";
import { numberField, outputSize, presetButtons, range } from "./grid.js";
import { layerButton, layerEditor, refill } from "./layer_list.js";

const GAP = 66; // from level to level, in pixels
const LABEL = 18;

/** How many units each level has, from the input to the last layer that fits. */
export function levels(size, layers) {
  const sizes = [size];
  for (const layer of layers) {
    const next = outputSize({ ...layer, size: sizes.at(-1) });
    if (!next) break;
    sizes.push(next);
  }
  return sizes;
}

/** Receptive field of each level: unit i depends on `size` inputs from start + i · jump on. */
export function fields(layers) {
  const found = [{ size: 1, jump: 1, start: 0 }];
  for (const { kernel, stride, dilation, padding } of layers) {
    const { size, jump, start } = found.at(-1);
    found.push({ size: size + dilation * (kernel - 1) * jump, jump: jump * stride, start: start - padding * jump });
  }
  return found;
}

/** The units of each level that a unit of the top depends on, from the input up; those outside are padding. */
export function seen(layers, unit) {
  const sets = [[unit]];
  for (const { kernel, stride, dilation, padding } of [...layers].reverse()) {
    const taps = sets[0].flatMap((i) => range(kernel, (k) => i * stride - padding + k * dilation));
    sets.unshift([...new Set(taps)].sort((a, b) => a - b));
  }
  return sets;
}

/** What the chosen unit sees of the input, in words. */
export function explain(size, layers, unit) {
  const sizes = levels(size, layers);
  const fitting = layers.slice(0, sizes.length - 1);
  const inputs = seen(fitting, unit)[0];
  const span = inputs.at(-1) - inputs[0] + 1;
  const outside = inputs.filter((i) => i < 0 || i >= size).length;
  const gaps = inputs.length < span ? `, ${inputs.length} of them with gaps between` : "";
  const problem = fitting.length < layers.length ? `${misfit(layers[fitting.length], fitting.length, sizes.at(-1))} ` : "";
  return `${problem}Unit ${unit} of layer ${fitting.length} has a receptive field of ${sayCount(span)} inputs, ${inputs[0]} to ${inputs.at(-1)}${gaps}` +
    `${outside ? `; ${outside} of them ${outside === 1 ? "lies" : "lie"} in the padding` : ""}.`.replaceAll("-", "−");
}

const misfit = ({ kernel, dilation, padding }, index, size) =>
  `Layer ${index + 1} does not fit: its window spans ${dilation * (kernel - 1) + 1} units and there are ${size + 2 * padding}.`;

const describe = ({ kind, kernel }) => `${kernel} × ${kernel} ${kind}`;

function picture({ size, layers, unit, width, onpick }) {
  const sizes = levels(size, layers);
  const fitting = layers.slice(0, sizes.length - 1);
  const [found, sets] = [fields(fitting), seen(fitting, unit)];
  const centre = (level, i) => found[level].start + (found[level].size - 1) / 2 + i * found[level].jump;
  const reach = (level) => fitting[level]?.padding ?? 0;
  const ends = sizes.flatMap((count, level) => [centre(level, -reach(level)), centre(level, count - 1 + reach(level))]);
  const [left, right] = [Math.min(...ends) - 0.5, Math.max(...ends) + 0.5];
  const scale = Math.min(34, (width - 2) / (right - left));
  const side = Math.min(22, 0.84 * scale);
  const [x, y] = [(level, i) => 1 + (centre(level, i) - left) * scale, (level) => (sizes.length - 1 - level) * GAP + LABEL + side / 2 + 2];
  const cones = fitting.map((_, level) => {
    const [low, high] = [sets[level], sets[level + 1]];
    return svg("path", { class: "cn-cone", d: `M${x(level, low[0]) - side / 2} ${y(level) - side / 2}L${x(level + 1, high[0]) - side / 2} ${y(level + 1) + side / 2}` +
      `H${x(level + 1, high.at(-1)) + side / 2}L${x(level, low.at(-1)) + side / 2} ${y(level) - side / 2}Z` });
  });
  const wires = fitting.map(({ kernel, stride, dilation, padding }, level) => svg("path", { class: "cn-wire", d: sets[level + 1].flatMap((i) =>
    range(kernel, (k) => `M${x(level + 1, i)} ${y(level + 1) + side / 2}L${x(level, i * stride - padding + k * dilation)} ${y(level) - side / 2}`)).join("") }));
  const units = sizes.flatMap((count, level) => range(count + 2 * reach(level), (place) => {
    const i = place - reach(level);
    const top = level === sizes.length - 1;
    const name = `${sets[level].includes(i) ? "cn-seen" : ""} ${i < 0 || i >= count ? "cn-outside" : ""} ${top ? "cn-top" : ""}`;
    return svg("rect", { x: x(level, i) - side / 2, y: y(level) - side / 2, width: side, height: side, rx: 2, class: `cn-unit ${name}`, ...(top ? { onclick: () => onpick(i) } : {}) });
  }));
  const labels = sizes.map((count, level) => svg("text", { x: 1, y: y(level) - side / 2 - 5 },
    `${level ? `${level} ${describe(layers[level - 1])}` : "input"}: ${sets[level].length} of ${count}`));
  const height = y(0) + side / 2 + 2;
  const shown = Math.max(200, Math.ceil((right - left) * scale + 2));
  return svg("svg", { viewBox: `0 0 ${shown} ${height}`, width: shown, height, role: "img", class: "cn-stack",
    "aria-label": `${sizes.length} levels from the side; unit ${unit} on top sees ${sets.map((set) => set.length).reverse().join(", ")} units from level to level` },
    ...cones, ...wires, ...units, ...labels);
}

function table(model, size, layers, unit) {
  const [sizes, found] = [levels(size, layers), fields(layers)];
  const sets = seen(layers.slice(0, sizes.length - 1), unit);
  const row = (level) => h("tr", {}, h("th", { scope: "row" }, level ? layerButton(model, level - 1, `${level} ${describe(layers[level - 1])}`) : "input"),
    ...(level < sizes.length
      ? [sizes[level], sets[level].length, found[level].size, found[level].jump, found[level].start].map((value) => h("td", {}, sayCount(value).replace("-", "−")))
      : [h("td", { class: "cn-problem", colspan: 5 }, level === sizes.length ? misfit(layers[level - 1], level - 1, sizes.at(-1)) : "nothing to look at")]));
  return h("table", { class: "cn-layers" },
    h("thead", {}, h("tr", {}, ...["Layer", "Units", "Seen", "Receptive field", "Jump", "Start"].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, ...range(layers.length + 1, row)));
}

function render({ model, el }) {
  const top = () => levels(model.get("size"), model.get("layers")).at(-1);
  const unit = () => (model.get("unit") < 0 ? Math.floor((top() - 1) / 2) : Math.min(model.get("unit"), top() - 1));
  const set = (value) => put(model, { unit: value });
  const onpick = (value) => {
    steps.stop();
    set(value);
  };
  const [least, most] = model.get("ranges").size;
  const size = numberField({ label: "Inputs", least, most, onset: (value) => value !== model.get("size") && put(model, { size: value }) });
  const presets = presetButtons(model.get("presets"), (values) => put(model, { ...values, layer: 0, unit: -1 }));
  const fresh = { kernel: 3, stride: 1, dilation: 1, padding: 0 };
  const editor = layerEditor({ model, most: model.get("ranges").layers[1], ranges: () => model.get("ranges"),
    labels: { kernel: "Kernel K", stride: "Stride S", dilation: "Dilation D", padding: "Padding P" },
    kinds: { convolution: { label: "convolution", fresh: { kind: "convolution", ...fresh } }, pooling: { label: "pooling", fresh: { kind: "pooling", ...fresh, kernel: 2, stride: 2 } } } });
  const said = h("output", { class: "cn-say" });
  const steps = stepper({ name: "Unit of the top layer", said, get: unit, set, count: top });
  const drawing = h("div", { class: "cn-drawing" });
  const numbers = h("div", { class: "cn-scroll", tabindex: "0", role: "group", "aria-label": "Numbers of each layer" });
  el.append(presets.element, h("div", { class: "cn-fields" }, size.element), editor.element, steps.element, drawing, said, numbers);

  return follow({ model, el }, ["layers", "layer", "size", "unit"], () => {
    const state = { size: model.get("size"), layers: model.get("layers") };
    size.update(state.size);
    presets.update(state);
    editor.update();
    drawing.replaceChildren(picture({ ...state, unit: unit(), width: drawing.clientWidth || 600, onpick }));
    refill(numbers, table(model, state.size, state.layers, unit()));
    said.textContent = explain(state.size, state.layers, unit());
    steps.update();
  });
}

export default { render };

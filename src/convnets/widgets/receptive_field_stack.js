import { follow, h, put, say, stepper, svg } from "./common.js";
import { numberField, outputSize, presetButtons, range } from "./fields.js";
import { layerButton, layerEditor, refill } from "./layer_list.js";

const GAP = 66; // from level to level, in pixels
const LABEL = 18;

const PLAIN = { kernel: 3, stride: 1, dilation: 1, padding: 0 };
const KINDS = {
  convolution: { label: "convolution", short: "conv", fresh: { kind: "convolution", ...PLAIN } },
  pooling: { label: "pooling", short: "pool", fresh: { kind: "pooling", ...PLAIN, kernel: 2, stride: 2 } },
};

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

const inside = (sizes, level) => (i) => i >= 0 && i < sizes[level];

/** The units that a unit's window looks at; those outside the level below are zeros of the padding. */
const taps = ({ kernel, stride, dilation, padding }, i) => range(kernel, (k) => i * stride - padding + k * dilation);

/** The units of each level, from the input up, that a unit of the top looks at, directly or through others. */
export function seen(size, layers, unit) {
  const sizes = levels(size, layers);
  const sets = [[unit]];
  for (let level = sizes.length - 1; level > 0; level--) {
    const looked = sets[0].filter(inside(sizes, level)).flatMap((i) => taps(layers[level - 1], i));
    sets.unshift([...new Set(looked)].sort((a, b) => a - b));
  }
  return sets;
}

/** What the chosen unit sees of the input, in words. */
export function explain(size, layers, unit) {
  const sizes = levels(size, layers);
  const top = sizes.length - 1;
  const problem = top < layers.length ? `${misfit(layers[top], top, sizes[top])} ` : "";
  if (!top) return problem.trim();
  const field = fields(layers)[top];
  const first = field.start + unit * field.jump;
  const real = seen(size, layers, unit)[0].filter(inside(sizes, 0));
  const all = real.length === field.size ? "" : ` It sees ${real.length} of them${first < 0 || first + field.size > size ? "; beyond the border there are only zeros" : ", with gaps between"}.`;
  return `${problem}Unit ${unit} of layer ${top}: receptive field of ${field.size} inputs, ${say(first)} to ${say(first + field.size - 1)}.${all}`;
}

const misfit = ({ kernel, dilation, padding }, index, size) =>
  `Layer ${index + 1} does not fit: its window spans ${dilation * (kernel - 1) + 1} units and there are ${size}${padding ? ` + 2 · ${padding}` : ""}.`;

const describe = ({ kind, kernel }, index) => `${index + 1}: ${KINDS[kind].short} ${kernel} × ${kernel}`;

/** Where everything lies, in pixels: the middle of a unit is above the middle of what it looks at. */
function layout(size, layers, width) {
  const sizes = levels(size, layers);
  const found = fields(layers);
  const centre = (level, i) => found[level].start + (found[level].size - 1) / 2 + i * found[level].jump;
  const margin = (level) => (level < sizes.length - 1 ? layers[level].padding : 0);
  const ends = sizes.flatMap((count, level) => [centre(level, -margin(level)), centre(level, count - 1 + margin(level))]);
  const [left, right] = [Math.min(...ends) - 0.5, Math.max(...ends) + 0.5];
  const scale = Math.min(34, (width - 2) / (right - left));
  const side = Math.min(22, 0.84 * scale);
  const x = (level, i) => 1 + (centre(level, i) - left) * scale;
  const y = (level) => (sizes.length - 1 - level) * GAP + LABEL + side / 2 + 2;
  return { sizes, margin, side, x, y, width: Math.max(Math.min(width, 240), Math.ceil((right - left) * scale + 2)), height: y(0) + side / 2 + LABEL };
}

/** From the chosen unit down to the input: a cone per layer, and in it a line for each connection. */
function cone(layers, sets, { sizes, side, x, y }, level) {
  const [below, above] = [sets[level], sets[level + 1].filter(inside(sizes, level + 1))];
  if (!above.length) return []; // all that is looked at above is padding
  const [high, low] = [y(level + 1) + side / 2, y(level) - side / 2];
  const outline = `M${x(level, below[0]) - side / 2} ${low}L${x(level + 1, above[0]) - side / 2} ${high}H${x(level + 1, above.at(-1)) + side / 2}L${x(level, below.at(-1)) + side / 2} ${low}Z`;
  const lines = above.flatMap((i) => taps(layers[level], i).map((tap) => `M${x(level + 1, i)} ${high}L${x(level, tap)} ${low}`));
  return [svg("path", { class: "cn-cone", d: outline }), svg("path", { class: "cn-wire", d: lines.join("") })];
}

function picture({ size, layers, unit, width, onpick }) {
  const place = layout(size, layers, width);
  const { sizes, margin, side, x, y } = place;
  const sets = seen(size, layers, unit);
  const top = sizes.length - 1;
  const units = sizes.flatMap((count, level) => range(count + 2 * margin(level), (j) => {
    const i = j - margin(level);
    const name = `cn-unit ${sets[level].includes(i) ? "cn-seen" : ""} ${inside(sizes, level)(i) ? "" : "cn-outside"} ${level === top ? "cn-top" : ""}`;
    return svg("rect", { x: x(level, i) - side / 2, y: y(level) - side / 2, width: side, height: side, rx: 2, class: name, ...(level === top ? { onclick: () => onpick(i) } : {}) });
  }));
  const counts = sets.map((set, level) => set.filter(inside(sizes, level)).length);
  const labels = sizes.map((count, level) => svg("text", { x: 1, y: y(level) - side / 2 - 5 }, `${level ? describe(layers[level - 1], level - 1) : "input"}, ${counts[level]} of ${count} seen`));
  const ends = [...new Set([...sets[0].slice(0, 1), ...sets[0].slice(-1)])].map((i) => svg("text", { class: "cn-index", x: x(0, i), y: y(0) + side / 2 + 13 }, say(i)));
  return svg("svg", { viewBox: `0 0 ${place.width} ${place.height}`, width: place.width, height: place.height, role: "img", class: "cn-stack",
    "aria-label": `The stack from the side, from the input up: of ${sizes.join(", ")} units unit ${unit} on top sees ${counts.join(", ")}` },
    ...range(top, (level) => cone(layers, sets, place, level)).flat(), ...units, ...labels, ...ends);
}

function table(model, size, layers, unit) {
  const [sizes, found, sets] = [levels(size, layers), fields(layers), seen(size, layers, unit)];
  const values = (level) => [sizes[level], sets[level].filter(inside(sizes, level)).length, found[level].size, found[level].jump, found[level].start];
  const row = (level) => h("tr", {}, h("th", { scope: "row" }, level ? layerButton(model, level - 1, describe(layers[level - 1], level - 1)) : "input"),
    ...(level < sizes.length ? values(level).map((value) => h("td", {}, say(value)))
      : [level === sizes.length ? h("td", { class: "cn-problem", colspan: 5 }, misfit(layers[level - 1], level - 1, sizes.at(-1))) : h("td", { class: "cn-none", colspan: 5 }, "nothing to look at")]));
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
  const editor = layerEditor({ model, most: model.get("ranges").layers[1], ranges: () => model.get("ranges"),
    labels: { kernel: "Kernel K", stride: "Stride S", dilation: "Dilation D", padding: "Padding P" }, kinds: KINDS });
  const said = h("output", { class: "cn-say" });
  const steps = stepper({ name: "Unit of the top layer", said, get: unit, set, count: top });
  const drawing = h("div", { class: "cn-drawing" });
  const numbers = h("div", { class: "cn-scroll", tabindex: "0", role: "group", "aria-label": "Numbers of each layer" });
  el.append(presets.element, h("div", { class: "cn-edit" }, size.element, editor.element), steps.element, drawing, said, numbers);

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

import { follow, h, put, sayCount, svg } from "./common.js";
import { numberField, presetButtons } from "./fields.js";
import { layerButton, layerEditor, refill } from "./layer_list.js";
import { UNMEASURED, imageOf, measureAll, sayShape, workings } from "./network_sizes.js";

const WINDOW = { kernel: 3, stride: 1, padding: 1 };
const KINDS = {
  convolution: { label: "convolution", hue: "blue", fresh: { kind: "convolution", out: 16, ...WINDOW, bias: 1 } },
  pooling: { label: "pooling", hue: "purple", fresh: { kind: "pooling", kernel: 2, stride: 2, padding: 0, average: 0 } },
  relu: { label: "ReLU", hue: "muted", fresh: { kind: "relu" } },
  norm: { label: "batch norm", hue: "yellow", fresh: { kind: "norm" } },
  residual: { label: "residual block", hue: "green", fresh: { kind: "residual", out: 16, stride: 1, projection: 1 } },
  inception: { label: "Inception module", hue: "red", fresh: { kind: "inception", one: 16, reduce3: 8, three: 16, reduce5: 4, five: 8, pooled: 8 } },
  flatten: { label: "flatten", hue: "fg", fresh: { kind: "flatten" } },
  linear: { label: "fully connected", hue: "orange", fresh: { kind: "linear", out: 10, bias: 1 } },
};
const LABELS = {
  out: "Outputs", kernel: "Kernel K", stride: "Stride S", padding: "Padding P", one: "1 × 1", reduce3: "reduce 3 × 3", three: "3 × 3",
  reduce5: "reduce 5 × 5", five: "5 × 5", pooled: "after pooling", bias: "biases", average: "average", projection: "projection",
};
const HIGHEST = 110; // of the picture's boxes, in pixels

function describe({ kind, kernel, stride, padding, average }) {
  const name = { convolution: "conv", pooling: average ? "average pool" : "max pool" }[kind] ?? KINDS[kind].label;
  return [`${name}${kernel ? ` ${kernel} × ${kernel}` : ""}`, stride !== (kind === "pooling" ? kernel : 1) && stride ? `S ${stride}` : "", padding ? `P ${padding}` : ""].filter(Boolean).join(", ");
}

const saySeen = ([down, across]) => (down.size === across.size ? `${down.size}` : `${down.size} × ${across.size}`);

/** The whole network in words, or the first layer that does not fit. */
export function explain(input, layers) {
  const rows = measureAll(input, layers);
  const wrong = rows.findIndex((row) => row.problem);
  if (wrong >= 0) return `Layer ${wrong + 1}, ${describe(layers[wrong])}, does not fit: ${rows[wrong].problem}.`;
  const [parameters, products] = ["parameters", "products"].map((name) => sayCount(rows.reduce((sum, row) => sum + row[name], 0)));
  const { shape, field } = rows.at(-1);
  const beyond = field.some(({ size }, axis) => size > input[axis + 1]) ? `, more than the image of ${sayShape(input.slice(1))} has: the rest is padding` : "";
  return `${parameters} parameters, ${products} multiply-adds. The output is ${sayShape(shape)}${shape.length === 1 ? " numbers" : ""}; each sees ${field[0].size} × ${field[1].size} pixels${beyond}.`;
}

/** A box for each layer's output: as high as its maps are, as wide as it has channels, both logarithmic. */
function picture(input, layers, rows, index, width, onpick) {
  const fitting = rows.filter((row) => !row.problem);
  const shapes = [input, ...fitting.map((row) => row.shape)].map(([channels, height = 1]) => [channels, height]);
  const highest = Math.log2(1 + Math.max(...shapes.map(([, height]) => height)));
  const changing = (level) => !level || !["relu", "norm"].includes(layers[level - 1].kind);
  const wide = shapes.map(([channels], level) => (changing(level) ? 2 + Math.log2(1 + channels) : 1));
  const gap = Math.min(6, (0.3 * width) / shapes.length);
  const unit = Math.min(6, (width - gap * shapes.length - 4) / wide.reduce((sum, each) => sum + each));
  let x = 2;
  const boxes = shapes.map(([, height], level) => {
    const high = Math.max(8, (HIGHEST * Math.log2(1 + height)) / highest);
    const box = svg("rect", { x, y: 3 + (HIGHEST - high) / 2, width: wide[level] * unit, height: high, rx: 1.5,
      class: level === index + 1 ? "cn-box cn-chosen" : "cn-box", style: `--hue: var(--cn-${level ? KINDS[layers[level - 1].kind].hue : "line"})`,
      ...(level ? { onclick: () => onpick(level - 1) } : {}) });
    x += wide[level] * unit + gap;
    return box;
  });
  return svg("svg", { viewBox: `0 0 ${Math.ceil(x)} ${HIGHEST + 6}`, width: Math.ceil(x), height: HIGHEST + 6, role: "img", class: "cn-boxes",
    "aria-label": `Shapes from the input to the output: ${[input, ...fitting.map((row) => row.shape)].map(sayShape).join("; ")}` }, ...boxes);
}

function legend(layers) {
  const kinds = Object.keys(KINDS).filter((kind) => layers.some((layer) => layer.kind === kind));
  return kinds.map((kind) => h("span", { style: `--hue: var(--cn-${KINDS[kind].hue})` }, KINDS[kind].label));
}

function table(model, input, layers, rows) {
  const cells = (row) => [sayShape(row.shape), sayCount(row.parameters), sayCount(row.products), saySeen(row.field)].map((text) => h("td", {}, text));
  const body = rows.map((row, i) => h("tr", {}, h("th", { scope: "row" }, layerButton(model, i, `${i + 1}: ${describe(layers[i])}`)),
    ...(row.problem ? [h("td", { class: row.problem === UNMEASURED ? "cn-none" : "cn-problem", colspan: 4 }, row.problem)] : cells(row))));
  const sum = (name) => h("td", {}, sayCount(rows.reduce((all, row) => all + (row[name] ?? 0), 0)));
  const head = ["layer", "output", "param\u00adeters", "multiply-adds", "sees"].map((text) => h("th", { scope: "col" }, text));
  return h("table", { class: "cn-layers cn-built" }, h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, h("tr", {}, h("th", { scope: "row" }, "input"), ...cells(imageOf(input))), ...body),
    h("tfoot", {}, h("tr", {}, h("th", { scope: "row", colspan: 2 }, "all layers"), sum("parameters"), sum("products"), h("td"))));
}

function render({ model, el }) {
  const inputs = ["channels", "height", "width"].map((name, axis) => {
    const [least, most] = model.get("ranges").input[name];
    const onset = (value) => value !== model.get("input")[axis] && put(model, { input: model.get("input").map((old, i) => (i === axis ? value : old)) });
    return numberField({ label: `Input ${name}`, least, most, onset });
  });
  const presets = presetButtons(model.get("presets"), (values) => put(model, { ...values, layer: 0 }));
  const editor = layerEditor({ model, kinds: KINDS, labels: LABELS, most: model.get("ranges").layers[1], ranges: (kind) => model.get("ranges")[kind] });
  const drawing = h("div", { class: "cn-drawing" });
  const names = h("p", { class: "cn-note cn-legend" });
  const chosen = h("p", { class: "cn-formula cn-workings" });
  const said = h("output", { class: "cn-say" });
  const numbers = h("div", { class: "cn-scroll", tabindex: "0", role: "group", "aria-label": "Numbers of each layer" });
  el.append(presets.element, h("div", { class: "cn-fields" }, ...inputs.map(({ element }) => element)), drawing, names, said, editor.element, chosen, numbers);

  return follow({ model, el }, ["input", "layers", "layer"], () => {
    const [input, layers] = [model.get("input"), model.get("layers")];
    const index = Math.min(model.get("layer"), layers.length - 1);
    const rows = measureAll(input, layers);
    inputs.forEach(({ update }, axis) => update(input[axis]));
    presets.update({ input, layers });
    editor.update();
    drawing.replaceChildren(picture(input, layers, rows, index, drawing.clientWidth || 600, (layer) => put(model, { layer })));
    names.replaceChildren(...legend(layers), "Height: rows of the maps; width: channels; both logarithmic.");
    chosen.textContent = rows[index].problem ? "" : workings(layers[index], index ? rows[index - 1] : imageOf(input), rows[index]);
    refill(numbers, table(model, input, layers, rows));
    said.textContent = explain(input, layers);
  });
}

export default { render };

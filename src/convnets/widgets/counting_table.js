import { choice, follow, h, put, sayCount } from "./common.js";
import { numberField, outputSize, presetButtons } from "./fields.js";
import { layerButton, layerEditor, refill } from "./layer_list.js";

const KINDS = { convolution: "convolution", pooling: "pooling", linear: "fully connected" };
const HUES = ["blue", "purple", "orange"];
const UNCOUNTED = "nothing to work on";
const COUNTED = {
  connections: "Connections are the values that enter the units: biases and the K² values under a unit of pooling are among them.",
  "multiply-adds": "Multiply-adds are products of a weight and a value: biases and pooling have none.",
};

/** One layer on an image of shape [C, H, W]: output shape and quantities, or what is wrong. */
export function count(layer, [channels, height, width]) {
  const { kind, kernel, stride, padding, groups, bias, out } = layer;
  if (kind === "linear") {
    const products = out * channels * height * width;
    return { shape: [out, 1, 1], units: out, parameters: products + out * bias, connections: products + out * bias, "multiply-adds": products };
  }
  const problem = misfit(layer, [channels, height, width]);
  if (problem) return { problem };
  const places = [height, width].map((size) => outputSize({ size, kernel, stride, padding }));
  const shape = [kind === "pooling" ? channels : out, ...places];
  const units = shape.reduce((product, size) => product * size);
  if (kind === "pooling") return { shape, units, parameters: 0, connections: units * kernel * kernel, "multiply-adds": 0 };
  const perUnit = (channels / groups) * kernel * kernel;
  return { shape, units, parameters: out * (perUnit + bias), connections: units * (perUnit + bias), "multiply-adds": units * perUnit };
}

function misfit({ kernel, padding, groups = 1, out, kind }, [channels, height, width]) {
  if (kind === "convolution" && (channels % groups || out % groups)) return `does not fit: ${groups} groups do not divide ${channels} and ${out} channels`;
  if (kind === "pooling" && 2 * padding > kernel) return `does not fit: windows of ${kernel} would lie in ${padding} rows of padding`;
  const least = Math.min(height, width);
  return least + 2 * padding < kernel ? `does not fit: windows of ${kernel} × ${kernel} on ${sayShape([channels, height, width])}${padding ? ` with padding ${padding}` : ""}` : "";
}

/** All layers, one on top of the other; after one that does not fit nothing is counted. */
export function countAll(input, layers) {
  const rows = [];
  for (const layer of layers) {
    const below = rows.length ? rows.at(-1).shape : input;
    rows.push(below ? count(layer, below) : { problem: UNCOUNTED });
  }
  return rows;
}

export const total = (rows, name) => rows.reduce((sum, row) => sum + (row[name] ?? 0), 0);

const sayShape = ([channels, height, width]) => (height * width === 1 ? sayCount(channels) : `${channels} × ${height} × ${width}`);

function describe({ kind, kernel, stride, padding, groups }) {
  if (kind === "linear") return "fully connected";
  const extras = [stride > 1 ? `S ${stride}` : "", padding ? `P ${padding}` : "", groups > 1 ? `${groups} groups` : ""].filter(Boolean);
  return [`${kind === "pooling" ? "pool" : "conv"} ${kernel} × ${kernel}`, ...extras].join(", ");
}

const share = (value, all) => (all ? (100 * value) / all : 0);

function amount(value, all, hue) {
  return h("td", {}, sayCount(value), h("span", { class: "cn-share", "aria-hidden": "true", style: `--part: ${share(value, all).toFixed(2)}%; --hue: var(--cn-${hue})` }));
}

function table(model, input, layers, quantities) {
  const rows = countAll(input, layers);
  const sums = quantities.map((name) => total(rows, name));
  const amounts = (row) => quantities.map((name, q) => (q ? amount(row[name], sums[q], q === 1 ? "blue" : "orange") : h("td", {}, sayCount(row[name]))));
  const body = rows.map((row, i) => h("tr", {}, h("th", { scope: "row" }, layerButton(model, i, `${i + 1}: ${describe(layers[i])}`)),
    ...(row.problem ? [h("td", { class: row.problem === UNCOUNTED ? "cn-none" : "cn-problem", colspan: 4 }, row.problem)]
      : [h("td", {}, sayShape(row.shape)), ...amounts(row)])));
  const head = h("tr", {}, ...["layer", "output", ...quantities].map((text) => h("th", { scope: "col" }, text)));
  const first = h("tr", {}, h("th", { scope: "row" }, "input"), h("td", {}, sayShape(input)), h("td", {}, sayCount(input.reduce((a, b) => a * b))), h("td"), h("td"));
  const last = h("tr", {}, h("th", { scope: "row", colspan: 2 }, "all layers"), ...sums.map((sum) => h("td", {}, sayCount(sum))));
  return h("table", { class: "cn-layers cn-counts" }, h("thead", {}, head), h("tbody", {}, first, ...body), h("tfoot", {}, last));
}

/** For each quantity the shares of the kinds of layers, in per cent. */
export function sharesByKind(input, layers, quantities) {
  const rows = countAll(input, layers);
  return quantities.map((name) => Object.keys(KINDS).map((kind) => share(total(rows.filter((_, i) => layers[i].kind === kind), name), total(rows, name))));
}

function bars(input, layers, quantities) {
  const shares = sharesByKind(input, layers, quantities);
  const hue = (i) => `--hue: var(--cn-${HUES[i]})`;
  const legend = h("p", { class: "cn-note cn-legend" }, ...Object.values(KINDS).map((label, i) => h("span", { style: hue(i) }, label)));
  return [legend, ...quantities.map((name, q) => h("div", { class: "cn-kinds" }, h("span", {}, name),
    h("span", { class: "cn-whole", "aria-hidden": "true" }, ...shares[q].map((part, i) => h("span", { style: `--part: ${part.toFixed(2)}%; ${hue(i)}` }))),
    h("span", { class: "cn-parts" }, shares[q].map((part) => percent(part)).join(" · "))))];
}

const percent = (part) => `${part > 0 && part < 1 ? "<1" : Math.round(part)} %`;

/** Totals and where most of them are, in words; or the first layer that does not fit. */
export function explain(input, layers, counted) {
  const rows = countAll(input, layers);
  const wrong = rows.findIndex((row) => row.problem);
  if (wrong >= 0) return `Layer ${wrong + 1}, ${describe(layers[wrong])}, ${rows[wrong].problem}.`;
  const most = (name) => {
    const place = rows.reduce((best, row, i) => (row[name] > rows[best][name] ? i : best), 0);
    return `${sayCount(total(rows, name))} ${name}, ${percent(share(rows[place][name], total(rows, name)))} of them in layer ${place + 1} (${describe(layers[place])})`;
  };
  return ["parameters", counted].map((name) => (total(rows, name) ? most(name) : `no ${name}`)).join("; ").replace(/^n/, "N").concat(".");
}

function render({ model, el }) {
  const axes = ["channels", "height", "width"];
  const inputs = axes.map((name, axis) => {
    const [least, most] = model.get("ranges").input[name];
    const onset = (value) => value !== model.get("input")[axis] && put(model, { input: model.get("input").map((old, i) => (i === axis ? value : old)) });
    return numberField({ label: `Input ${name}`, least, most, onset });
  });
  const presets = presetButtons(model.get("presets"), (values) => put(model, { ...values, layer: 0 }));
  const window = { kernel: 3, stride: 1, padding: 1 };
  const editor = layerEditor({ model, most: model.get("ranges").layers[1], ranges: (kind) => model.get("ranges")[kind],
    labels: { out: "Outputs", kernel: "Kernel K", stride: "Stride S", padding: "Padding P", groups: "Groups", bias: "biases" },
    kinds: {
      convolution: { label: "convolution", fresh: { kind: "convolution", out: 16, ...window, groups: 1, bias: 1 } },
      pooling: { label: "pooling", fresh: { kind: "pooling", kernel: 2, stride: 2, padding: 0 } },
      linear: { label: "fully connected", fresh: { kind: "linear", out: 10, bias: 1 } },
    } });
  const where = h("div", { class: "cn-bars-of-kinds" });
  const counting = choice("Counted", Object.keys(COUNTED).map((name) => [name, name]), model.get("counted"), (counted) => put(model, { counted }));
  const note = h("p", { class: "cn-note" });
  const said = h("output", { class: "cn-say" });
  const numbers = h("div", { class: "cn-scroll", tabindex: "0", role: "group", "aria-label": "Counts of each layer" });
  el.append(presets.element, h("div", { class: "cn-fields" }, ...inputs.map(({ element }) => element), counting), editor.element, numbers, note,
    h("p", { class: "cn-title cn-where" }, "Where are they?"), where, said);

  return follow({ model, el }, ["input", "layers", "layer", "counted"], () => {
    const [input, layers, counted] = [model.get("input"), model.get("layers"), model.get("counted")];
    const quantities = ["units", "parameters", counted];
    inputs.forEach(({ update }, axis) => update(input[axis]));
    presets.update({ input, layers });
    editor.update();
    refill(numbers, table(model, input, layers, quantities));
    where.replaceChildren(...bars(input, layers, quantities));
    said.textContent = explain(input, layers, counted);
    note.textContent = COUNTED[counted];
    counting.querySelector("select").value = counted;
  });
}

export default { render };

import { choice, follow, h, put, say, stepper } from "./common.js";
import { numberField, outputSize } from "./fields.js";
import { board, matrix, numberCells, tint } from "./grid.js";

/** The layer of a state: input with zeros around it, kernel, padding and stride per axis, gradients of its outputs. */
export function layerOf({ x, weight, grad_output, stride, padding, dimensions, shown }) {
  const flat = dimensions === "1-D";
  const [image, kernel] = flat ? [[x[0]], [weight[1]]] : [x, weight];
  const margin = flat ? [0, padding] : [padding, padding];
  const size = [image.length, image[0].length];
  const padded = matrix(size[0] + 2 * margin[0], size[1] + 2 * margin[1], (i, j) => image[i - margin[0]]?.[j - margin[1]] ?? 0);
  const out = size.map((side, axis) => outputSize({ size: side, kernel: axis ? kernel[0].length : kernel.length, stride, padding: margin[axis] }));
  const middle = out.map((count) => Math.floor((count - 1) / 2));
  const grad = matrix(...out, (i, j) => (shown === "numbers" ? grad_output[i][j] : shown === "ones" ? 1 : Number(i === middle[0] && j === middle[1])));
  return { padded, kernel, margin, size, stride, grad };
}

/** What one output sends back: where its window starts, its share for grad_x and its share for grad_weight. */
export function step({ padded, kernel, stride, grad }, position) {
  const columns = grad[0].length;
  const [row, column] = [Math.floor(position / columns), position % columns];
  const [top, left] = [row * stride, column * stride];
  const value = grad[row][column];
  const seen = kernel.map((weights, u) => weights.map((_, v) => padded[top + u][left + v]));
  const times = (values) => values.map((line) => line.map((each) => value * each));
  return { row, column, top, left, value, seen, toInput: times(kernel), toWeight: times(seen) };
}

/** Running totals after the outputs 0 … position: grad_x with its margin, and grad_weight. */
export function totals(layer, position) {
  const gradX = layer.padded.map((row) => row.map(() => 0));
  const gradWeight = layer.kernel.map((row) => row.map(() => 0));
  for (let place = 0; place <= position; place++) {
    const { top, left, toInput, toWeight } = step(layer, place);
    toInput.forEach((row, u) => row.forEach((value, v) => {
      gradX[top + u][left + v] += value;
      gradWeight[u][v] += toWeight[u][v];
    }));
  }
  return { gradX, gradWeight };
}

/** grad_x without its margin. */
export const cropped = (gradX, { margin, size }) => matrix(...size, (i, j) => gradX[i + margin[0]][j + margin[1]]);

const largest = (values) => Math.max(...values.flat().map(Math.abs));
const outside = ({ margin, size }, i, j) => i < margin[0] || j < margin[1] || i >= margin[0] + size[0] || j >= margin[1] + size[1];

/** The step in words. */
export function explain(layer, position) {
  const { row, column, top, left, value } = step(layer, position);
  const { grad, kernel, margin } = layer;
  const at = (i, j) => (kernel.length > 1 ? `row ${say(i)}, column ${say(j)}` : `place ${say(j)}`);
  const end = position === grad.flat().length - 1 ? " All outputs have been through: both gradients are complete." : "";
  if (!value) return `Output at ${at(row, column)}: its gradient is 0, so it adds nothing.${end}`;
  return `Output at ${at(row, column)}: its gradient ${say(value)} times the kernel is added into grad_x from ${at(top - margin[0], left - margin[1])} on, ` +
    `and times the window into grad_weight.${end}`;
}

function draw(boards, layer, position) {
  const now = step(layer, position);
  const { gradX, gradWeight } = totals(layer, position);
  const [rows, columns] = [layer.padded.length, layer.padded[0].length];
  const [high, wide] = [layer.kernel.length, layer.kernel[0].length];
  const window = [now.top, now.left, high, wide, "cn-window"];
  const edge = layer.margin[1] ? [[...layer.margin, ...layer.size, "cn-edge"]] : [];
  const read = (values) => values.map((row) => row.map((each) => say(each)).join(" ")).join("; ");
  const plain = (values, title) => ({ largest: layer.kernel.length > 1 ? 1.7 : 2.2, rows: values.length, columns: values[0].length, cell: numberCells(values), title, says: `${title}: ${read(values)}` });
  const margins = (values) => {
    const limit = largest(values);
    return (i, j) => (outside(layer, i, j) ? { text: say(values[i][j]), name: "cn-zero" } : { text: say(values[i][j]), style: tint(values[i][j], limit) });
  };
  boards.x.draw({ ...plain(layer.padded, "x, the input"), rows, columns, cell: margins(layer.padded), frames: [...edge, window] });
  boards.kernel.draw(plain(layer.kernel, "weight"));
  boards.grad.draw({ ...plain(layer.grad, "grad_output"), frames: [[now.row, now.column, 1, 1, "cn-place"]] });
  boards.toInput.draw(plain(now.toInput, `${say(now.value)} · weight`));
  boards.gradX.draw({ ...plain(gradX, "grad_x"), rows, columns, cell: margins(gradX), frames: [...edge, window] });
  boards.toWeight.draw(plain(now.toWeight, `${say(now.value)} · window`));
  boards.gradWeight.draw({ ...plain(gradWeight, "grad_weight"), frames: [[0, 0, high, wide, "cn-window"]] });
}

function render({ model, el }) {
  const names = ["x", "weight", "grad_output", "stride", "padding", "dimensions", "shown"];
  const layer = () => layerOf(Object.fromEntries(names.map((name) => [name, model.get(name)])));
  const count = () => layer().grad.flat().length;
  const place = () => Math.min(model.get("position"), count() - 1);
  const change = (values) => {
    steps.stop();
    put(model, { ...values, position: 0 });
  };
  const pick = (label, name, options) => choice(label, options, model.get(name), (value) => change({ [name]: value }));
  const picks = { dimensions: pick("Window moves", "dimensions", [["1-D", "along one row"], ["2-D", "in rows and columns"]]),
    shown: pick("Gradients of the outputs", "shown", [["numbers", "different numbers"], ["ones", "all 1"], ["one", "a single 1"]]) };
  const fields = [["stride", "Stride S"], ["padding", "Padding P"]].map(([name, label]) => {
    const [least, most] = model.get("ranges")[name];
    return { name, ...numberField({ label, least, most, onset: (value) => value !== model.get(name) && change({ [name]: value }) }) };
  });
  const said = h("output", { class: "cn-say" });
  const steps = stepper({ name: "Output whose gradient flows", said, count, get: place, set: (position) => put(model, { position }) });
  const move = (row, column) => {
    const { grad } = layer();
    const [i, j] = [Math.max(0, Math.min(grad.length - 1, row)), Math.max(0, Math.min(grad[0].length - 1, column))];
    steps.stop();
    put(model, { position: i * grad[0].length + j });
  };
  const now = () => step(layer(), place());
  const still = (label) => board({ label });
  const boards = { x: still("Input"), kernel: still("Weights"), toInput: still("Share for the input"), gradX: still("Gradient of the input"),
    toWeight: still("Share for the weights"), gradWeight: still("Gradient of the weights"),
    grad: board({ label: "Gradients of the outputs; the arrow keys choose one", onpoint: move, onarrow: (down, right) => move(now().row + down, now().column + right) }) };
  const [margin, tied] = [h("p", { class: "cn-note" }), h("p", { class: "cn-note" })];
  const way = (title, note, ...names) => h("div", {}, h("p", { class: "cn-title" }, title), note, row(...names));
  const row = (...names) => h("div", { class: "cn-boards" }, ...names.map((name) => boards[name].element));
  el.append(h("div", { class: "cn-fields" }, picks.dimensions, picks.shown, ...fields.map(({ element }) => element)), steps.element, row("grad", "kernel", "x"), said,
    h("div", { class: "cn-flows" }, way("Into the input, so far", margin, "toInput", "gradX"), way("Into the weights, so far", tied, "toWeight", "gradWeight")));

  return follow({ model, el }, [...names, "position"], () => {
    for (const { name, update } of fields) update(model.get(name));
    for (const [name, list] of Object.entries(picks)) list.querySelector("select").value = model.get(name);
    draw(boards, layer(), place());
    said.textContent = explain(layer(), place());
    margin.textContent = `The kernel, times the gradient of the output, is added where its window lay.${model.get("padding") ? " What falls on the zeros around x is thrown away." : ""}`;
    tied.textContent = `The window, times the gradient of the output, is added. Every place adds into the same ${layer().kernel.flat().length} weights.`;
    steps.update();
  });
}

export default { render };

import { follow, h, put, say, stepper } from "./common.js";
import { numberField, outputSize, presetButtons, range } from "./fields.js";
import { board } from "./grid.js";

const FIELDS = [["size", "Size W"], ["kernel", "Kernel K"], ["stride", "Stride S"], ["padding", "Padding P"], ["dilation", "Dilation D"]];
const NARROW = 16; // columns of both boards together that still stand side by side on a phone

/** Along the padded axis, how many windows have a tap on each place. */
export function windowsPerPlace(sizes) {
  const counts = Array(sizes.size + 2 * sizes.padding).fill(0);
  for (let start = 0; start < outputSize(sizes); start++) for (const place of taps(sizes, start)) counts[place] += 1;
  return counts;
}

/** The places of the padded axis that the taps of a window lie on. */
export const taps = ({ kernel, stride, dilation }, index) => range(kernel, (k) => index * stride + k * dilation);

/** How many pixels of the image no window sees, and what the division leaves over. */
export function missed(sizes) {
  const { size, padding, stride } = sizes;
  const seen = windowsPerPlace(sizes).slice(padding, padding + size).filter((count) => count > 0).length;
  return { pixels: size * size - seen * seen, rest: outputSize(sizes) ? room(sizes) % stride : 0 };
}

const room = ({ size, kernel, padding, dilation }) => size - dilation * (kernel - 1) - 1 + 2 * padding;

/** What the window at a place of the output reads, in words. */
export function explain(sizes, position) {
  const out = outputSize(sizes);
  const { size, kernel, padding, dilation } = sizes;
  if (!out) return `No window fits: it spans ${dilation * (kernel - 1) + 1} pixels, and the image has ${size} + 2 · ${padding} = ${size + 2 * padding}.`;
  const [row, column] = [Math.floor(position / out), position % out];
  const places = (index) => taps(sizes, index).map((place) => place - padding);
  const outside = [...places(row), ...places(column)].some((place) => place < 0 || place >= size);
  return `Output ${out} × ${out}. Its row ${row}, column ${column} reads rows ${places(row).map((p) => say(p)).join(", ")} and columns ` +
    `${places(column).map((p) => say(p)).join(", ")} of the input${outside ? `; beyond 0 to ${size - 1} lie zeros` : ""}.`;
}

const fraction = (above, below) => h("span", { class: "cn-fraction" }, h("span", {}, above), h("span", {}, below));

function formula(sizes) {
  const { size, kernel, stride, padding, dilation } = sizes;
  const bracket = (sign) => h("span", { class: "cn-floor" }, sign);
  const floor = (above, below) => [bracket("⌊"), fraction(above, below), bracket("⌋"), " + 1"];
  const whole = Math.floor(room(sizes) / stride);
  const lines = [
    ["Ŵ = ", ...floor("W − D · (K − 1) − 1 + 2P", "S")],
    ["= ", ...floor(`${size} − ${dilation} · (${kernel} − 1) − 1 + 2 · ${padding}`, String(stride))],
    ["= ", ...floor(say(room(sizes)), String(stride)), ` = ${say(whole)} + 1 = `, h("strong", {}, say(whole + 1)), whole < 0 ? " < 1, so nothing fits" : ""],
  ];
  return lines.map((line) => h("span", { class: "cn-line" }, ...line));
}

/** The side of a cell in rem: both boards fit side by side on a wide page, unless cells become too small. */
const largest = (sizes) => Math.max(1.6, Math.min(2.4, 41 / (sizes.size + 2 * sizes.padding + outputSize(sizes))));

function drawInput(part, sizes, position, counted) {
  const { size, kernel, stride, padding, dilation } = sizes;
  const [side, out, extent] = [size + 2 * padding, outputSize(sizes), dilation * (kernel - 1) + 1];
  const [row, column] = [Math.floor(position / out), position % out];
  const [rows, columns] = out ? [taps(sizes, row), taps(sizes, column)] : [[], []];
  const counts = windowsPerPlace(sizes);
  const inside = (i) => i >= padding && i < padding + size;
  const cell = (i, j) => {
    const seen = counts[i] * counts[j];
    const zero = !(inside(i) && inside(j));
    const name = rows.includes(i) && columns.includes(j) ? "cn-tap" : zero ? "" : seen ? "cn-pixel" : "cn-missed";
    return { name: zero ? `${name} cn-zero` : name, text: counted ? String(seen) : zero ? "0" : seen ? "" : "×" };
  };
  const frames = out ? [[row * stride, column * stride, extent, extent, "cn-window"]] : [];
  if (padding) frames.unshift([padding, padding, size, size, "cn-edge"]);
  part.draw({ rows: side, columns: side, cell, frames, largest: largest(sizes), title: `Input, ${size} × ${size}${padding ? `, with zeros ${side} × ${side}` : ""}`,
    says: out ? `Input with the window at row ${row * stride - padding}, column ${column * stride - padding}` : "Input, too small for the window" });
}

function drawOutput(part, sizes, position) {
  const out = outputSize(sizes);
  const cell = (i, j) => {
    const place = i * out + j;
    return place > position ? null : { name: place === position ? "cn-now" : "cn-made", text: out <= 10 ? String(place + 1) : "" };
  };
  const frames = [[Math.floor(position / out), position % out, 1, 1, "cn-place"]];
  part.draw({ rows: out, columns: out, cell, frames, largest: largest(sizes), title: `Output, ${out}\u00a0×\u00a0${out}`, says: `Output, ${position + 1} of ${out * out} values made` });
}

/** What no window sees, in words. */
export function remark(sizes) {
  const { pixels, rest } = missed(sizes);
  const over = rest ? `The division leaves ${rest} over: the last ${rest === 1 ? "row and column" : `${rest} rows and columns`} of the grid are in no window. ` : "";
  if (!outputSize(sizes) || !pixels) return over;
  return `${over}${pixels === 1 ? "One pixel of the image is" : `${pixels} pixels of the image (×) are`} seen by no window.`;
}

function render({ model, el }) {
  const names = FIELDS.map(([name]) => name);
  const read = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const count = () => Math.max(1, outputSize(read()) ** 2);
  const place = () => Math.min(model.get("position"), count() - 1);
  const change = (values) => {
    steps.stop();
    put(model, { ...values, position: 0 });
  };
  const fields = FIELDS.map(([name, label]) => {
    const [least, most] = model.get("ranges")[name];
    return { name, ...numberField({ label, least, most, onset: (value) => value !== model.get(name) && change({ [name]: value }) }) };
  });
  const presets = presetButtons(model.get("presets"), change);
  const counted = h("input", { type: "checkbox", onchange: () => put(model, { counted: counted.checked }) });
  const said = h("output", { class: "cn-say" });
  const steps = stepper({ name: "Place of the window", said, count, get: place, set: (position) => put(model, { position }) });
  const move = (to) => {
    const { stride, padding } = read();
    const out = outputSize(read());
    if (!out) return;
    steps.stop();
    const [row, column] = to(Math.floor(place() / out), place() % out, stride, padding).map((index) => Math.max(0, Math.min(out - 1, index)));
    put(model, { position: row * out + column });
  };
  const onarrow = (down, right) => move((row, column) => [row + down, column + right]);
  const input = board({ label: "Input; the arrow keys move the window", onarrow,
    onpoint: (i, j) => move((_row, _column, stride) => [Math.floor(i / stride), Math.floor(j / stride)]) });
  const output = board({ label: "Output; the arrow keys move the window", onarrow, onpoint: (i, j) => move(() => [i, j]) });
  const boards = h("div", { class: "cn-boards" }, input.element, output.element);
  const equation = h("div", { class: "cn-equation", role: "math" });
  const note = h("p", { class: "cn-note" });
  el.append(presets.element, h("div", { class: "cn-fields cn-five" }, ...fields.map(({ element }) => element)), equation, steps.element,
    boards, said, note,
    h("div", { class: "cn-controls cn-checks" }, h("label", {}, counted, "count the windows that see each pixel")));

  return follow({ model, el }, [...names, "position", "counted"], () => {
    const sizes = read();
    const out = outputSize(sizes);
    for (const { name, update } of fields) update(sizes[name]);
    presets.update(sizes);
    equation.replaceChildren(...formula(sizes));
    equation.setAttribute("aria-label", `Output size ${out || "below 1"}`);
    drawInput(input, sizes, place(), model.get("counted"));
    output.element.hidden = steps.element.hidden = !out;
    if (out) drawOutput(output, sizes, place());
    boards.classList.toggle("cn-together", sizes.size + 2 * sizes.padding + out <= NARROW);
    said.textContent = explain(sizes, place());
    note.textContent = remark(sizes);
    counted.checked = model.get("counted");
    steps.update();
  });
}

export default { render };

import { choice, css, follow, grey, h, put, say, saySum, stepper } from "./common.js";
import { numberField, presetButtons, range } from "./fields.js";
import { board, matrix, tint } from "./grid.js";

const FIELDS = [["size", "Map w′"], ["kernel", "Kernel K"], ["stride", "Stride S"], ["padding", "Padding P"], ["more", "Output padding"]];
const FORMS = [["stamps", "Stamps"], ["zeros", "Zeros between"], ["matrix", "Matrix"]];
const WEIGHTS = [["equal", "all weights equal"], ["tent", "a tent (bilinear)"], ["counted", "1, 2, 3, …"]];
const ROWS_WITH_NUMBERS = 16; // beyond, the cells of the matrix are too small to write into

/** The side of the output; 0 or less where the padding cuts everything off. */
export const enlargedSize = ({ size, kernel, stride, padding, more }) => stride * (size - 1) + kernel - 2 * padding + more;

/** The weights 1, 2, 3, … row by row. */
export const countedWeights = (kernel) => matrix(kernel, kernel, (i, j) => i * kernel + j + 1);

/** Add to zeros of `side` × `side` the kernel times each pixel, up to pixel `last`, every `stride` places. */
export function stamped(map, weights, stride, side, last = Infinity) {
  const sheet = matrix(side, side);
  map.forEach((row, i) => row.forEach((value, j) => {
    if (i * map.length + j > last) return;
    weights.forEach((line, k) => line.forEach((weight, l) => {
      sheet[i * stride + k][j * stride + l] += value * weight;
    }));
  }));
  return sheet;
}

const cut = (sheet, padding, side) => sheet.slice(padding, padding + side).map((row) => row.slice(padding, padding + side));

/** The map with zeros between and around its pixels; null stands for a zero that was put there. */
export function spreadMap(map, { kernel, stride, padding, ...sizes }) {
  const side = enlargedSize({ kernel, stride, padding, ...sizes }) + kernel - 1;
  const before = kernel - 1 - padding;
  const pixel = (place) => ((place - before) % stride === 0 ? (place - before) / stride : -1);
  return matrix(side, side, (i, j) => map[pixel(i)]?.[pixel(j)] ?? null);
}

/** The transposed matrix of the convolution: a row for each output, a column for each pixel of the map. */
export function transposedMatrix(weights, sizes) {
  const { size, stride, padding } = sizes;
  const out = enlargedSize(sizes);
  return matrix(out ** 2, size ** 2, (row, column) => {
    const place = (index, pixel) => index + padding - stride * pixel;
    const [i, j] = [place(Math.floor(row / out), Math.floor(column / size)), place(row % out, column % size)];
    return weights[i]?.[j] ?? 0;
  });
}

/** How many stamps reach each place of a row of `size` pixels. */
export function overlapCounts(size, kernel, stride) {
  const counts = Array(stride * (size - 1) + kernel).fill(0);
  range(size).forEach((i) => range(kernel).forEach((k) => counts[i * stride + k]++));
  return counts;
}

/** Weights that enlarge a photograph without making it darker: they sum to stride². */
export function pictureWeights(kind, kernel, stride) {
  const line = range(kernel, (k) => (kind === "tent" ? Math.max(0, 1 - Math.abs(k - (kernel - 1) / 2) / stride) : 1));
  const weights = kind === "counted" ? countedWeights(kernel) : line.map((a) => line.map((b) => a * b));
  const total = weights.flat().reduce((sum, weight) => sum + weight, 0);
  return weights.map((row) => row.map((weight) => (weight * stride ** 2) / total));
}

/** The photograph enlarged, without the border, where pixels are missing. */
export function enlarge(image, weights, stride) {
  const border = Math.ceil(weights.length / stride) * stride;
  const sheet = stamped(image, weights, stride, stride * (image.length - 1) + weights.length);
  return cut(sheet, border, sheet.length - 2 * border);
}

/** The checkerboard meter: deviation within the mean tile by root mean square. */
export function reading(image, stride) {
  const tiles = Math.floor(image.length / stride);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const inside = image.slice(0, tiles * stride).map((row) => row.slice(0, tiles * stride));
  const phases = matrix(stride, stride, (a, b) => mean(range(tiles ** 2, (t) => inside[Math.floor(t / tiles) * stride + a][(t % tiles) * stride + b]))).flat();
  const middle = mean(phases);
  const square = mean(inside.flat().map((value) => value ** 2));
  return square ? Math.sqrt(mean(phases.map((phase) => (phase - middle) ** 2)) / square) : 0;
}

const lines = (name, from, count) => (count === 1 ? `${name} ${from}` : `${name}s ${from} to ${from + count - 1}`);

/** What happens in a step, in words. */
export function explain(form, sizes, map, position) {
  const { size, kernel, stride } = sizes;
  const out = enlargedSize(sizes);
  if (out < 1) return `Nothing is left: the padding cuts ${sizes.padding} rows and columns off each side of a sheet of ${out + 2 * sizes.padding}.`;
  const weights = countedWeights(kernel);
  if (form === "zeros") {
    const [row, column] = [Math.floor(position / out), position % out];
    const met = spreadMap(map, sizes).slice(row, row + kernel).flatMap((line, k) => line.slice(column, column + kernel)
      .map((value, l) => ({ value, weight: weights[kernel - 1 - k][kernel - 1 - l] })));
    const pixels = met.filter(({ value }) => value !== null);
    const products = pixels.map(({ value, weight }) => `${weight}·${say(value)}`).join(" + ") || "0";
    const total = pixels.reduce((sum, { value, weight }) => sum + value * weight, 0);
    return `Output row ${row}, column ${column}: ${products} = ${say(total)}. Of ${met.length} products ${pixels.length} ${pixels.length === 1 ? "is" : "are"} with a pixel, the others with zeros.`;
  }
  const [row, column] = [Math.floor(position / size), position % size];
  const value = map[row][column];
  if (form === "matrix") {
    const used = transposedMatrix(weights, sizes).filter((line) => line[position] !== 0).length;
    return `Column ${position} of ${size ** 2} has ${out ** 2} entries, ${used} of them not zero: the filter at its place in the output. Its pixel is ${say(value)}, so ${say(value)} times the column is added.`;
  }
  return `Pixel in row ${row}, column ${column} is ${say(value)}: ${say(value)} times the filter is added to ${lines("row", row * stride, kernel)}, ${lines("column", column * stride, kernel)} of the sheet${value ? "" : " and leaves nothing"}.`;
}

function formula(sizes) {
  const { size, kernel, stride, padding, more } = sizes;
  return [`w = S · (w′ − 1) + K − 2P + output padding`, ` = ${stride} · (${size} − 1) + ${kernel} − 2 · ${padding} + ${more} = `, h("strong", {}, say(enlargedSize(sizes)))];
}

const numbered = (values, name, limit = Math.max(1, ...values.flat().map(Math.abs))) => (i, j) =>
  ({ text: say(values[i][j]), style: tint(values[i][j], limit), name: name?.(i, j) ?? "" });

function drawMap(part, map, position) {
  const now = (i, j) => (i * map.length + j === position ? "cn-now" : "");
  part.draw({ rows: map.length, columns: map.length, cell: numbered(map, now, 12), title: `Map, ${map.length}\u00a0×\u00a0${map.length}`,
    frames: [[Math.floor(position / map.length), position % map.length, 1, 1, "cn-place"]], says: `Map, pixel ${position + 1} of ${map.length ** 2}` });
}

function drawStamps(parts, sizes, map, weights, position) {
  const { size, kernel, stride, padding, more } = sizes;
  const out = enlargedSize(sizes);
  const side = out + 2 * padding;
  const corner = [Math.floor(position / size) * stride, (position % size) * stride];
  const kept = (i) => i >= padding && i < padding + out;
  const sheet = stamped(map, weights, stride, side, position);
  drawMap(parts.map, map, position);
  parts.filter.draw({ rows: kernel, columns: kernel, cell: numbered(weights), title: "Filter", says: `Filter, ${kernel} by ${kernel}` });
  parts.sheet.draw({ rows: side, columns: side, cell: numbered(sheet, (i, j) => (kept(i) && kept(j) ? "" : "cn-cut"), size ** 2 * kernel),
    frames: [[padding, padding, out, out, "cn-edge"], [...corner, kernel, kernel, "cn-window"]],
    title: `Sheet, ${side}\u00a0×\u00a0${side}${padding ? `; kept: ${out}\u00a0×\u00a0${out}` : ""}${more ? `, ${more} more at the end` : ""}`,
    says: `Sheet with ${position + 1} of ${size ** 2} stamps` });
}

function drawZeros(parts, sizes, map, weights, position) {
  const { kernel } = sizes;
  const out = enlargedSize(sizes);
  const [row, column] = [Math.floor(position / out), position % out];
  const spread = spreadMap(map, sizes);
  const turned = [...weights].reverse().map((line) => [...line].reverse());
  const result = cut(stamped(map, weights, sizes.stride, out + 2 * sizes.padding), sizes.padding, out);
  parts.spread.draw({ rows: spread.length, columns: spread.length, frames: [[row, column, kernel, kernel, "cn-window"]],
    cell: (i, j) => (spread[i][j] === null ? { text: "0", name: "cn-zero" } : { text: say(spread[i][j]), name: "cn-pixel" }),
    title: `Map with zeros, ${spread.length}\u00a0×\u00a0${spread.length}`, says: `Map with zeros, window at row ${row}, column ${column}` });
  parts.filter.draw({ rows: kernel, columns: kernel, cell: numbered(turned), title: "Filter, rotated", says: `Rotated filter, ${kernel} by ${kernel}` });
  const cell = numbered(result);
  parts.output.draw({ rows: out, columns: out, cell: (i, j) => (i * out + j > position ? null : cell(i, j)), frames: [[row, column, 1, 1, "cn-place"]],
    title: `Output, ${out}\u00a0×\u00a0${out}`, says: `Output, ${position + 1} of ${out ** 2} values made` });
}

function drawMatrix(parts, sizes, map, weights, position) {
  const { size, stride, padding } = sizes;
  const out = enlargedSize(sizes);
  const values = transposedMatrix(weights, sizes);
  const limit = weights.length ** 2;
  const written = values.length <= ROWS_WITH_NUMBERS;
  drawMap(parts.map, map, position);
  parts.matrix.draw({ rows: out ** 2, columns: size ** 2, largest: written ? 1.9 : Math.max(0.3, 32 / out ** 2), frames: [[0, position, out ** 2, 1, "cn-window"]],
    cell: (i, j) => ({ text: written && values[i][j] ? say(values[i][j]) : "", style: tint(values[i][j], limit) }),
    title: `Transposed matrix, ${out ** 2}\u00a0×\u00a0${size ** 2}`, says: `Transposed matrix, column ${position + 1} of ${size ** 2}` });
  const sum = cut(stamped(map, weights, stride, out + 2 * padding, position), padding, out);
  parts.sheet.draw({ rows: out, columns: out, cell: numbered(sum, null, size ** 2 * weights.length), title: `Sum of columns, ${out}\u00a0×\u00a0${out}`,
    frames: [], says: `Sum of ${position + 1} of ${size ** 2} columns` });
}

const DRAWN = { stamps: [drawStamps, ["map", "filter", "sheet"]], zeros: [drawZeros, ["spread", "filter", "output"]], matrix: [drawMatrix, ["map", "matrix", "sheet"]] };

/** The counts of stamps along one axis, and the photograph. */
function drawPicture(strip, canvas, note, { image, kind, kernel, stride }) {
  const counts = overlapCounts(6, kernel, stride);
  const most = Math.max(...counts);
  strip.draw({ rows: 1, columns: counts.length, largest: 2, title: "Stamps that reach each place, along one axis",
    cell: (_, j) => ({ text: String(counts[j]), style: tint(counts[j], 2 * most) }), says: `Stamps at each place: ${counts.join(", ")}` });
  const large = enlarge(image, pictureWeights(kind, kernel, stride), stride);
  Object.assign(canvas, { width: large.length, height: large.length });
  const context = canvas.getContext("2d");
  large.forEach((row, i) => row.forEach((value, j) => {
    context.fillStyle = css(grey(value));
    context.fillRect(j, i, 1, 1);
  }));
  const meter = say(reading(large, stride));
  note.textContent = `Checkerboard meter: ${meter}. ${kernel % stride ? `${stride} does not divide ${kernel}: uneven overlap.` : `${stride} divides ${kernel}: even overlap.`}`;
  canvas.setAttribute("aria-label", `A photograph enlarged ${stride} times with a kernel of ${kernel}; checkerboard meter ${meter}`);
}

function render({ model, el }) {
  const names = FIELDS.map(([name]) => name);
  const read = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const map = () => model.get("numbers").slice(0, model.get("size")).map((row) => row.slice(0, model.get("size")));
  const side = () => (model.get("form") === "zeros" ? enlargedSize(read()) : model.get("size"));
  const count = () => Math.max(1, side()) ** 2;
  const place = () => Math.min(model.get("position"), count() - 1);
  const change = (values) => {
    steps.stop();
    const next = { ...read(), ...values };
    put(model, { ...values, more: Math.min(next.more, next.stride - 1), position: 0 });
  };
  const fields = FIELDS.map(([name, label]) => {
    const [least, most] = model.get("ranges")[name] ?? [0, model.get("ranges").stride[1] - 1];
    return { name, ...numberField({ label, least, most, onset: (value) => value !== model.get(name) && change({ [name]: value }) }) };
  });
  const presets = presetButtons(model.get("presets"), change);
  const forms = FORMS.map(([form, text]) => h("button", { type: "button", "aria-pressed": "false", onclick: () => change({ form }) }, text));
  const said = h("output", { class: "cn-say" });
  const steps = stepper({ name: "Step", said, count, get: place, set: (position) => put(model, { position }) });
  const move = (to) => {
    steps.stop();
    const [row, column] = to(Math.floor(place() / side()), place() % side()).map((index) => Math.max(0, Math.min(side() - 1, index)));
    put(model, { position: row * side() + column });
  };
  const operated = { onarrow: (down, right) => move((row, column) => [row + down, column + right]), onpoint: (i, j) => move(() => [i, j]) };
  const parts = {
    map: board({ label: "Map; the arrow keys choose a pixel", ...operated }), matrix: board({ label: "Transposed matrix" }),
    spread: board({ label: "Map with zeros" }), filter: board({ label: "Filter" }),
    sheet: board({ label: "Sheet" }), output: board({ label: "Output; the arrow keys choose a place", ...operated }),
  };
  const equation = h("div", { class: "cn-formula cn-enlarged", role: "math" });
  const strip = board({ label: "Stamps at each place" });
  const canvas = h("canvas", { class: "cn-pixels cn-photograph", role: "img" });
  const note = h("p", { class: "cn-note" });
  const kinds = choice("Weights for the photograph", WEIGHTS, model.get("weights"), (weights) => put(model, { weights }));
  el.append(presets.element, h("div", { class: "cn-fields cn-grown" }, ...fields.map(({ element }) => element)), equation,
    h("div", { class: "cn-controls", role: "group", "aria-label": "Form" }, ...forms), steps.element,
    h("div", { class: "cn-boards cn-transposed" }, ...Object.values(parts).map(({ element }) => element)), said,
    h("div", { class: "cn-pattern" }, canvas, h("div", {}, h("div", { class: "cn-boards" }, strip.element), h("div", { class: "cn-fields" }, kinds), note)));

  return follow({ model, el }, [...names, "form", "weights", "position"], () => {
    const [sizes, form] = [read(), model.get("form")];
    const fits = enlargedSize(sizes) > 0;
    const [draw, shown] = DRAWN[form];
    for (const { name, input, update } of fields) {
      if (name === "more") input.max = sizes.stride - 1;
      update(sizes[name]);
    }
    presets.update(sizes);
    FORMS.forEach(([name], i) => forms[i].setAttribute("aria-pressed", String(name === form)));
    equation.replaceChildren(...formula(sizes));
    equation.setAttribute("aria-label", `Output size ${enlargedSize(sizes)}`);
    for (const [name, { element }] of Object.entries(parts)) element.hidden = !(fits && shown.includes(name));
    steps.element.hidden = !fits;
    if (fits) draw(parts, sizes, map(), countedWeights(sizes.kernel), place());
    said.textContent = explain(form, sizes, map(), place());
    kinds.querySelector("select").value = model.get("weights");
    drawPicture(strip, canvas, note, { image: model.get("image"), kind: model.get("weights"), ...sizes });
    steps.update();
  });
}

export default { render };

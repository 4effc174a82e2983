import { box, choice, colour, css, follow, frame, grey, h, inkOn, paint, put, say, saySum, signedColours, stage, stepper, svg } from "./common.js";

/** The kernel turned by 180 degrees. */
export const turned = (kernel) => kernel.map((row) => [...row].reverse()).reverse();

/** The image with `margin` rows and columns of zeros on every side. */
export function surround(image, margin) {
  const width = image[0].length + 2 * margin;
  const zeros = () => Array.from({ length: margin }, () => Array(width).fill(0));
  const side = Array(margin).fill(0);
  return [...zeros(), ...image.map((row) => [...side, ...row, ...side]), ...zeros()];
}

/** What the kernel meets at a place: pixels under it, products, and their sum. */
export function meet(image, kernel, row, column) {
  const pixels = kernel.map((weights, u) => weights.map((_, v) => image[row + u][column + v]));
  const products = kernel.map((weights, u) => weights.map((weight, v) => weight * pixels[u][v]));
  return { pixels, products, sum: products.flat().reduce((total, product) => total + product, 0) };
}

/** All outputs of a kernel laid on an image as it stands, without turning it. */
export function slide(image, kernel) {
  const rows = image.length - kernel.length + 1;
  const columns = image[0].length - kernel[0].length + 1;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => meet(image, kernel, row, column).sum));
}

/** Everything there is to see, from the explorer's state. */
export function scene(model) {
  const own = model.get("kernel") === "custom" ? model.get("custom") : model.get("kernels")[model.get("kernel")].weights;
  const total = own.flat().reduce((sum, weight) => sum + weight, 0);
  const divisor = model.get("normalise") && total > 0 ? total : 1;
  const laid = model.get("operation") === "convolution" ? turned(own) : own;
  const reach = (own.length - 1) / 2;
  const image = surround(model.get("images")[model.get("image")], model.get("padding") === "same" ? reach : 0);
  const outputs = slide(image, laid).map((row) => row.map((value) => value / divisor));
  const position = Math.min(model.get("position"), outputs.length * outputs[0].length - 1);
  const [row, column] = [Math.floor(position / outputs[0].length), position % outputs[0].length];
  const limit = Math.max(...outputs.flat().map(Math.abs));
  return { own, total, divisor, laid, reach, image, outputs, position, row, column, limit, ...meet(image, laid, row, column) };
}

function figure(title, onmove) {
  const part = stage(`${title}; the arrow keys move the kernel`,
    (down, right) => onmove((row, column) => [row + down, column + right]),
    (i, j) => onmove((_row, _column, reach) => [i - reach, j - reach]));
  const caption = h("figcaption");
  return { ...part, caption, element: h("figure", {}, caption, part.element) };
}

function drawInput(part, { image, laid, reach, row, column, outputs }, padded) {
  const [height, width, size] = [image.length, image[0].length, laid.length];
  paint(part, height, width, (i, j) => grey(image[i][j]));
  const edge = padded ? reach : 0;
  part.marks.replaceChildren();
  if (padded && reach) part.marks.append(...[[0, 0, width, edge], [0, height - edge, width, edge], [0, edge, edge, height - 2 * edge],
    [width - edge, edge, edge, height - 2 * edge]].map((side) => box(...side, "cn-zeros")));
  for (let u = 1; u < size; u++) {
    part.marks.append(svg("path", { d: `M${column + u} ${row}v${size}M${column} ${row + u}h${size}`, class: "cn-grid" }));
  }
  part.marks.append(...frame(column, row, size, size));
  if (width <= 14) {
    laid.forEach((weights, u) => weights.forEach((weight, v) => part.marks.append(
      svg("text", { x: column + v + 0.5, y: row + u + 0.5, fill: inkOn(grey(image[row + u][column + v])) }, say(weight, 1)))));
  }
  part.caption.textContent = `Input, ${height - 2 * edge} × ${width - 2 * edge}${padded && reach ? ", zeros around" : ""}`;
  part.canvas.setAttribute("aria-label", `Input image of ${outputs.length} by ${outputs[0].length} places for the kernel, which lies at row ${row}, column ${column}`);
}

function drawOutput(part, { image, reach, outputs, position, row, column }, filled, tint, paper) {
  const [rows, columns] = [outputs.length, outputs[0].length];
  const inside = (i, j) => i >= 0 && j >= 0 && i < rows && j < columns;
  paint(part, image.length, image[0].length, (i, j) => {
    if (!inside(i - reach, j - reach)) return paper;
    return filled || (i - reach) * columns + j - reach <= position ? tint(outputs[i - reach][j - reach]) : null;
  });
  part.marks.replaceChildren(box(reach, reach, columns, rows, "cn-edge"), ...frame(column + reach, row + reach, 1, 1));
  part.caption.textContent = `Output, ${rows} × ${columns}`;
  part.canvas.setAttribute("aria-label", `Output, ${filled ? rows * columns : position + 1} of ${rows * columns} values filled in`);
}

function table(caption, values, tint, mark) {
  const cell = (value, u, v) => {
    const rgb = tint(value);
    return h("td", { style: `background:${css(rgb)};color:${inkOn(rgb)}`, class: mark?.(u, v) ? "cn-corner" : "" }, say(value));
  };
  return h("table", { class: "cn-numbers cn-small" }, h("caption", {}, caption),
    h("tbody", {}, ...values.map((row, u) => h("tr", {}, ...row.map((value, v) => cell(value, u, v))))));
}

/** The sum in words: its terms, the division if there is one, and what is shown for it. */
export function explain({ products, sum, divisor, row, column }, inGrey) {
  const value = sum / divisor;
  const end = divisor === 1 ? say(sum) : `${say(sum)}, divided by ${say(divisor)} is ${say(value)}`;
  const clamped = value < 0 ? " Below 0: shown as black." : value > 255 ? " Above 255: shown as white." : "";
  return `Row ${row}, column ${column}: ${saySum(products.flat())} = ${end}.${inGrey ? clamped : ""}`;
}

function customInputs(model) {
  const size = model.get("custom").length;
  const inputs = model.get("custom").flatMap((weights, u) => weights.map((weight, v) =>
    h("input", { type: "number", step: "any", value: weight, "aria-label": `weight, row ${u}, column ${v}`, oninput: (event) => {
      const rows = model.get("custom").map((row) => [...row]);
      rows[u][v] = Math.max(-99, Math.min(99, Number(event.target.value) || 0));
      put(model, { custom: rows });
    } })));
  return h("fieldset", { class: "cn-custom", style: `--size:${size}` }, h("legend", {}, "Your kernel"), ...inputs);
}

function controls(model) {
  const pick = (label, name, options) => choice(label, options, model.get(name), (value) => put(model, { [name]: value }));
  const names = (all) => Object.keys(all).map((key) => [key, key.replaceAll("_", " ")]);
  const check = (text, name) => {
    const input = h("input", { type: "checkbox", onchange: () => put(model, { [name]: input.checked }) });
    return [h("label", {}, input, text), input];
  };
  const [fillLabel, fill] = check("show the whole output", "fill");
  const [divideLabel, divide] = check("divide by the sum of the weights", "normalise");
  const fields = h("div", { class: "cn-fields" },
    pick("Image", "image", names(model.get("images"))),
    pick("Kernel", "kernel", [...names(model.get("kernels")), ["custom", "your own"]]),
    pick("Operation", "operation", [["cross-correlation", "cross-correlation"], ["convolution", "convolution"]]),
    pick("Padding", "padding", [["valid", "none (valid)"], ["same", "zeros (same)"]]),
    pick("Output in", "shown", [["signed", "colours, signed"], ["grey", "grey, 0 to 255"]]));
  const checks = h("div", { class: "cn-controls cn-checks" }, fillLabel, divideLabel);
  return { fields, checks, fill, divide };
}

function render({ model, el }) {
  const said = h("output", { class: "cn-say cn-sum" });
  const outputSize = () => {
    const { outputs } = scene(model);
    return [outputs.length, outputs[0].length];
  };
  const onmove = (to) => {
    const { row, column, reach } = scene(model);
    const size = outputSize();
    const place = to(row, column, reach).map((value, axis) => Math.max(0, Math.min(size[axis] - 1, value)));
    steps.stop();
    put(model, { position: place[0] * size[1] + place[1] });
  };
  const steps = stepper({ name: "Position of the kernel", said, get: () => scene(model).position,
    count: () => outputSize().reduce((rows, columns) => rows * columns), set: (position) => put(model, { position }) });
  const input = figure("Input image", onmove);
  const output = figure("Output", onmove);
  const { fields, checks, fill, divide } = controls(model);
  const custom = customInputs(model);
  const tables = h("div", { class: "cn-row cn-tables" });
  const about = h("p", { class: "cn-note" });
  const scale = h("p", { class: "cn-note cn-scale" });
  el.append(fields, custom, checks, steps.element, h("div", { class: "cn-pair" }, input.element, output.element), scale, tables, said, about);

  return follow({ model, el }, ["image", "kernel", "custom", "operation", "padding", "shown", "normalise", "fill", "position"], () => {
    const seen = scene(model);
    const inGrey = model.get("shown") === "grey";
    const tint = inGrey ? grey : signedColours(el, seen.limit);
    drawInput(input, seen, model.get("padding") === "same");
    drawOutput(output, seen, model.get("fill"), tint, colour(el, "soft"));
    const weightTint = signedColours(el, 2 * Math.max(...seen.own.flat().map(Math.abs)));
    const convolving = model.get("operation") === "convolution";
    const last = seen.own.length - 1;
    const sign = (text) => h("span", { class: "cn-sign", "aria-hidden": "true" }, text);
    const kernel = convolving
      ? [table("Kernel", seen.own, weightTint, (u, v) => u + v === 0), sign("⟳"), table("Turned by 180°", seen.laid, weightTint, (u, v) => u + v === 2 * last)]
      : [table("Kernel", seen.laid, weightTint, (u, v) => u + v === 0)];
    tables.replaceChildren(...kernel, sign("×"), table("Pixels under it", seen.pixels, grey), sign("="),
      table("Products", seen.products, signedColours(el, 2 * Math.max(...seen.products.flat().map(Math.abs)))), sign("→"),
      table(seen.divisor === 1 ? "Sum" : `Sum ÷ ${say(seen.divisor)}`, [[seen.sum / seen.divisor]], tint));
    said.textContent = explain(seen, inGrey);
    const bound = say(seen.limit);
    scale.replaceChildren(...(inGrey
      ? ["Grey: 0 is black, 255 is white; what lies beyond is clamped. "]
      : [`−${bound} `, h("span", { class: "cn-ramp", "aria-hidden": "true" }), ` ${bound}; 0 has the colour of the page. `]));
    if (inGrey) {
      const beyond = seen.outputs.flat().filter((value) => value < 0 || value > 255).length;
      scale.append(`Here ${beyond} of ${seen.outputs.flat().length} values are. `);
    }
    if (!model.get("fill")) scale.append("Hatched: not computed yet.");
    const does = model.get("kernels")[model.get("kernel")]?.does;
    about.textContent = (does ? `This kernel ${does}. ` : "") + `Its weights sum to ${say(seen.total)}.`;
    custom.hidden = model.get("kernel") !== "custom";
    fill.checked = model.get("fill");
    divide.checked = model.get("normalise") && seen.total > 0;
    divide.disabled = seen.total <= 0;
    steps.update();
  });
}

export default { render };

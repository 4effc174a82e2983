import { sayCount } from "./common.js";
import { outputSize } from "./fields.js";

/** What is said of a layer above one that does not fit. */
export const UNMEASURED = "nothing comes in";

const PIXEL = { size: 1, jump: 1, start: 0 };

/** Where a network starts: an image [C, H, W], each of whose values sees its own pixel. */
export const imageOf = (shape) => ({ shape, field: [PIXEL, PIXEL], parameters: 0, products: 0 });

const product = (values) => values.reduce((all, value) => all * value, 1);

export const sayShape = (shape) => shape.map(sayCount).join(" × ");

/** Windows over both axes; a window sees (K − 1) · jump more than the values under it. */
function slide(at, { kernel, stride = 1, padding = 0 }, channels = at.shape[0]) {
  const places = at.shape.slice(1).map((size) => outputSize({ size, kernel, stride, padding }));
  const field = at.field.map(({ size, jump, start }) => ({ size: size + (kernel - 1) * jump, jump: jump * stride, start: start - padding * jump }));
  return { ...at, shape: [channels, ...places], field };
}

function convolve(at, { out, bias = 0, ...window }) {
  const to = slide(at, window, out);
  const weights = at.shape[0] * window.kernel ** 2;
  return { ...to, parameters: at.parameters + out * (weights + bias), products: at.products + product(to.shape) * weights };
}

const normalise = (at) => ({ ...at, parameters: at.parameters + 2 * at.shape[0] });

/** Paths side by side: what they hold adds up, and together they see from the first pixel to the last. */
function join(paths, shape) {
  const sum = (name) => paths.reduce((all, path) => all + path[name], 0);
  const field = [0, 1].map((axis) => {
    const fields = paths.map((path) => path.field[axis]);
    const start = Math.min(...fields.map((each) => each.start));
    return { size: Math.max(...fields.map((each) => each.start + each.size)) - start, jump: fields[0].jump, start };
  });
  return { shape, field, parameters: sum("parameters"), products: sum("products") };
}

const changes = ({ out, stride }, [channels]) => stride > 1 || out !== channels;

function residual(at, layer) {
  const { out, stride, projection } = layer;
  const three = { out, kernel: 3, padding: 1 };
  const body = normalise(convolve(normalise(convolve(at, { ...three, stride })), three));
  if (!projection || !changes(layer, at.shape)) return body;
  return join([body, normalise(convolve(at, { out, kernel: 1, stride }))], body.shape);
}

function inception(at, { one, reduce3, three, reduce5, five, pooled }) {
  const filter = (from, out, kernel) => (out ? convolve(from, { out, kernel, padding: (kernel - 1) / 2, bias: 1 }) : from);
  const pool = slide(at, { kernel: 3, padding: 1 });
  const paths = [filter(at, one, 1), filter(filter(at, reduce3, 1), three, 3), filter(filter(at, reduce5, 1), five, 5), filter(pool, pooled, 1)];
  return join(paths, [paths.reduce((sum, { shape }) => sum + shape[0], 0), ...at.shape.slice(1)]);
}

const flatten = (at) => ({ ...at, shape: [product(at.shape)], spread: at.spread ?? at.shape.slice(1) });

/** Every unit sees all values, wherever in the flattened image they come from. */
function connect({ shape: [values], field, spread }, { out, bias }) {
  const all = field.map(({ size, jump, start }, axis) => ({ size: size + (spread[axis] - 1) * jump, jump, start }));
  return { shape: [out], field: all, spread: [1, 1], parameters: out * (values + bias), products: out * values };
}

const MEASURES = { convolution: convolve, pooling: slide, relu: (at) => at, norm: normalise, residual, inception, flatten, linear: connect };

function misfit(layer, shape) {
  const { kind, kernel, padding, out, projection } = layer;
  const isRow = shape.length === 1;
  if (kind === "linear" && !isRow) return `needs a row of numbers, and an image of ${sayShape(shape)} comes in: put flatten before it`;
  if (["convolution", "pooling", "residual", "inception"].includes(kind) && isRow) return `needs an image, and a row of ${sayShape(shape)} numbers comes in: move it before flatten`;
  if (kind === "pooling" && 2 * padding > kernel) return `some of its windows of ${kernel} would lie in the padding of ${padding} alone: take at most half the kernel`;
  if (kernel > Math.min(...shape.slice(1)) + 2 * padding) return `its window of ${kernel} × ${kernel} is larger than its input of ${sayShape(shape)}${padding ? ` with padding ${padding} around` : ""}`;
  if (kind === "residual" && !projection && out < shape[0]) return `the shortcut brings ${shape[0]} channels and only ${out} come out: tick the projection, or take at least ${shape[0]}`;
  return "";
}

/** One layer on what is below: its shape, its own parameters and products, what it sees; or what is wrong. */
export function measure(layer, at) {
  const problem = misfit(layer, at.shape);
  return problem ? { problem } : MEASURES[layer.kind]({ ...at, parameters: 0, products: 0 }, layer);
}

/** All layers, from the input up; above one that does not fit there is nothing to measure. */
export function measureAll(input, layers) {
  const rows = [];
  for (const layer of layers) {
    const below = rows.length ? rows.at(-1) : imageOf(input);
    rows.push(below.problem ? { problem: UNMEASURED } : measure(layer, below));
  }
  return rows;
}

/** How a layer's numbers come about, in words and formulas. */
export function workings(layer, below, row) {
  const { kind, kernel, stride, padding, out, bias } = layer;
  const [channels, height] = below.shape;
  const size = () => {
    const exact = (height + 2 * padding - kernel) / stride + 1;
    const down = Number.isInteger(exact) ? "" : `${Number(exact.toFixed(2))}, rounded down `;
    const [{ size: seen, jump }] = below.field;
    return `Height: (${height} + 2 · ${padding} − ${kernel}) / ${stride} + 1 = ${down}${row.shape[1]}. Sees: ${seen} + (${kernel} − 1) · ${jump} = ${row.field[0].size}.`;
  };
  const plus = bias ? " + 1" : "";
  switch (kind) {
    case "convolution":
      return `${size()} Parameters: ${out} · (${channels} · ${kernel}²${plus}) = ${sayCount(row.parameters)}. Multiply-adds: ${sayShape(row.shape)} · ${channels} · ${kernel}² = ${sayCount(row.products)}.`;
    case "pooling":
      return `${size()} Nothing is learned.`;
    case "relu":
      return "max(0, x) of each number: nothing is learned, the shape stays.";
    case "norm":
      return `A scale and a shift for each channel: 2 · ${sayCount(channels)} = ${sayCount(row.parameters)} parameters.`;
    case "flatten":
      return `${sayShape(below.shape)} = ${sayShape(row.shape)} numbers in a row.`;
    case "linear":
      return `Parameters: ${sayCount(out)} · (${sayCount(channels)}${plus}) = ${sayCount(row.parameters)}. Multiply-adds: ${sayCount(out)} · ${sayCount(channels)} = ${sayCount(row.products)}.`;
    case "residual":
      return `Two 3 × 3 convolutions to ${out} channels, each with batch norm and no bias; ${shortcut(layer, below.shape)}.`;
    default:
      return `Four branches side by side: ${branchWidths(layer, channels).join(" + ")} = ${sayCount(row.shape[0])} channels.`;
  }
}

function shortcut(layer, shape) {
  if (!changes(layer, shape)) return "the input is added as it is";
  return layer.projection ? "a 1 × 1 convolution with batch norm brings the input to the same shape, and it is added"
    : "the input, thinned out by the stride and with zeros for new channels, is added without parameters";
}

const branchWidths = ({ one, three, five, pooled }, channels) => [one, three, five, pooled || channels];

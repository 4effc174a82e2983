import { follow, h, put, say, saySum, sayCount, stepper } from "./common.js";
import { numberField, range } from "./fields.js";
import { board } from "./grid.js";

const EPS = 1e-5;
const MODES = {
  location: { label: "per location", kept: [1, 2, 3], note: "Option 1: each place of each filter has a mean of its own, over the images. Nothing says that a filter does the same everywhere." },
  filter: { label: "per filter", kept: [1], note: "Option 2, and what batch normalisation of convolutions is: a filter has the same weights at all places, so all its numbers, of all images, share one mean." },
  image: { label: "per image", kept: [0], note: "For contrast, layer normalisation: each image by itself, whatever else is in the batch." },
  instance: { label: "per image and filter", kept: [0, 1], note: "For contrast, instance normalisation: each map by itself." },
};
const AXES = ["images", "channels", "height", "width"];
const LABELS = ["Images N", "Filters C", "Height H", "Width W"];
const MOST_TERMS = 6; // of a sum that is written out

const product = (values) => values.reduce((all, value) => all * value, 1);

/** A place [n, c, i, j] of the number `index`, counted along the last axis first. */
const unravel = (index, shape) => shape.map((size, axis) => Math.floor(index / product(shape.slice(axis + 1))) % size);

const ravel = (place, shape) => place.reduce((index, at, axis) => index * shape[axis] + at, 0);

/** The shape of the means: the axes they are taken over have the size 1. */
export const shapeOfMeans = (shape, mode) => shape.map((size, axis) => (MODES[mode].kept.includes(axis) ? size : 1));

/** The numbers of a shape (N, C, H, W), row after row, of a larger tensor. */
const cut = (numbers, [N, C, H, W]) => numbers.slice(0, N).flatMap((image) =>
  image.slice(0, C).flatMap((map) => map.slice(0, H).flatMap((row) => row.slice(0, W))));

/** For each number its group, for each group mean and variance, and the numbers normalised. */
export function normalise(values, shape, mode) {
  const small = shapeOfMeans(shape, mode);
  const groups = values.map((_, index) => ravel(unravel(index, shape).map((at, axis) => (small[axis] > 1 ? at : 0)), small));
  const members = range(product(small), (group) => values.filter((_, index) => groups[index] === group));
  const mean = (each) => each.reduce((sum, value) => sum + value, 0) / each.length;
  const means = members.map(mean);
  const variances = members.map((each, group) => mean(each.map((value) => (value - means[group]) ** 2)));
  const normalised = values.map((value, index) => (value - means[groups[index]]) / Math.sqrt(variances[groups[index]] + EPS));
  return { groups, members, means, variances, normalised };
}

const sayPlace = (place) => ["n", "c", "h", "w"].map((name, axis) => `${name} = ${place[axis]}`).join(", ");

/** How many means there are, and how the chosen number is normalised, in words. */
export function explain(values, shape, mode, index) {
  const { groups, members, means, variances, normalised } = normalise(values, shape, mode);
  const [group, value] = [groups[index], values[index]];
  const terms = members[group];
  const [mean, variance] = [say(means[group]), say(variances[group])];
  const sum = terms.length > MOST_TERMS ? `sum / count = ${say(terms.reduce((all, term) => all + term, 0))} / ${terms.length}` : `(${saySum(terms)}) / ${terms.length}`;
  const alone = terms.length === 1 ? " Alone it is its own mean: nothing is left of it." : "";
  return `${sayCount(means.length)} ${means.length === 1 ? "mean" : "means"}, each over ${terms.length} of ${values.length} numbers. The number at ${sayPlace(unravel(index, shape))} is ${say(value)}. Mean: ${sum} = ${mean}; variance: ${variance}; normalised: (${say(value)} − ${mean.startsWith("−") ? `(${mean})` : mean}) / √(${variance} + ε) = ${say(normalised[index])}.${alone}`;
}

/** Boards of a tensor: a column of blocks for each image, a row for each filter, with a line of labels. */
function blocks(label, onmove) {
  let shape = [1, 1, 1, 1];
  const start = (block, size) => 1 + block * (size + 1);
  const inside = (at, blocks, size) => {
    const [block, rest] = [Math.floor((at - 1) / (size + 1)), (at - 1) % (size + 1)];
    return at > 0 && block < blocks && rest < size ? [block, rest] : null;
  };
  const placeAt = (i, j) => {
    const [N, C, H, W] = shape;
    const [down, right] = [inside(i, C, H), inside(j, N, W)];
    return down && right && [right[0], down[0], down[1], right[1]];
  };
  const operated = onmove && { onpoint: (i, j) => placeAt(i, j) && onmove(() => placeAt(i, j)), onarrow: (down, right) => onmove((place) => step(place, down, right)) };
  const part = board({ label, ...operated });

  function step([n, c, i, j], down, right) {
    const [N, C, H, W] = shape;
    const [row, column] = [c * H + i + down, n * W + j + right].map((at, axis) => Math.max(0, Math.min([C * H, N * W][axis] - 1, at)));
    return [Math.floor(column / W), Math.floor(row / H), row % H, column % W];
  }

  function draw({ values, title, marked, chosen, names, isFine = true }) {
    shape = names.map(([, size]) => size);
    const [N, C, H, W] = shape;
    const head = (i, j) => {
      const [down, right] = [inside(i, C, H), inside(j, N, W)];
      if (i === 0 && right?.[1] === 0 && names[0][0]) return `n = ${right[0]}`;
      return j === 0 && down?.[1] === 0 && names[1][0] ? `c = ${down[0]}` : "";
    };
    const frames = range(N * C, (b) => [start(b % C, H), start(Math.floor(b / C), W), H, W, "cn-edge"]);
    if (chosen) frames.push([start(chosen[1], H) + chosen[2], start(chosen[0], W) + chosen[3], 1, 1, "cn-window"]);
    part.element.style.setProperty("--columns", N * (W + 1)); // narrower cells could not be read: the board scrolls
    part.draw({ rows: C * (H + 1), columns: N * (W + 1), title, frames, says: `${title}: ${values.map((value) => say(value)).join(", ")}`,
      cell: (i, j) => {
        const place = placeAt(i, j);
        if (!place) return { name: "cn-between", text: head(i, j) };
        const index = ravel(place, shape);
        return { text: say(values[index]), name: `${marked(index) ? "cn-shared" : ""} ${isFine ? "cn-fine" : ""}` };
      } });
  }

  return { element: part.element, draw };
}

const saySizes = (shape) => shape.join("\u00a0×\u00a0");

function render({ model, el }) {
  const shape = () => AXES.map((name) => model.get(name));
  const count = () => product(shape());
  const index = () => Math.min(model.get("index"), count() - 1);
  const found = () => normalise(cut(model.get("numbers"), shape()), shape(), model.get("over"));
  const choose = (place) => put(model, { index: ravel(place, shape()) });
  const onmove = (to) => {
    steps.stop();
    choose(to(unravel(index(), shape())));
  };
  const sizes = AXES.map((name, axis) => {
    const [least, most] = model.get("ranges")[name];
    const onset = (value) => {
      if (value === model.get(name)) return;
      const place = unravel(index(), shape()).map((at, i) => (i === axis ? Math.min(at, value - 1) : at));
      model.set(name, value);
      choose(place);
    };
    return numberField({ label: LABELS[axis], least, most, onset });
  });
  const [least, most] = model.get("ranges").numbers;
  const own = numberField({ label: "Chosen number", least, most, onset: (value) => {
    const [n, c, i, j] = unravel(index(), shape());
    if (model.get("numbers")[n][c][i][j] === value) return;
    const numbers = structuredClone(model.get("numbers"));
    numbers[n][c][i][j] = value;
    put(model, { numbers });
  } });
  const modes = Object.entries(MODES).map(([over, { label }]) => h("button", { type: "button", "aria-pressed": "false", onclick: () => put(model, { over }) }, label));
  const said = h("output", { class: "cn-say" });
  const steps = stepper({ name: "Mean", said, get: () => found().groups[index()], count: () => found().means.length,
    set: (group) => put(model, { index: found().groups.indexOf(group) }) });
  const values = blocks("Numbers; the arrow keys choose one", onmove);
  const means = blocks("Means");
  const normalised = blocks("Normalised numbers; the arrow keys choose one", onmove);
  const note = h("p", { class: "cn-note" });
  el.append(h("div", { class: "cn-controls cn-presets", role: "group", "aria-label": "Numbers that share a mean" }, ...modes), note,
    h("div", { class: "cn-fields cn-grown" }, ...sizes.map(({ element }) => element), own.element), steps.element,
    h("div", { class: "cn-boards cn-axes" }, values.element, means.element, normalised.element), said);

  return follow({ model, el }, [...AXES, "numbers", "over", "index"], () => {
    const [all, mode, place] = [shape(), model.get("over"), unravel(index(), shape())];
    const numbers = cut(model.get("numbers"), all);
    const stats = normalise(numbers, all, mode);
    const group = stats.groups[index()];
    const named = (kept) => all.map((size, axis) => (kept.includes(axis) ? [true, size] : [false, 1]));
    const marked = (each) => stats.groups[each] === group;
    sizes.forEach(({ update }, axis) => update(all[axis]));
    own.update(numbers[index()]);
    modes.forEach((button, i) => button.setAttribute("aria-pressed", String(Object.keys(MODES)[i] === mode)));
    values.draw({ values: numbers, title: `Numbers, ${saySizes(all)}`, marked, chosen: place, names: named([0, 1, 2, 3]), isFine: false });
    means.draw({ values: stats.means, title: `Means, ${saySizes(shapeOfMeans(all, mode))}: ${stats.means.length}`, marked: (each) => each === group, names: named(MODES[mode].kept) });
    normalised.draw({ values: stats.normalised, title: "Normalised", marked, chosen: place, names: named([0, 1, 2, 3]) });
    said.textContent = explain(numbers, all, mode, index());
    note.textContent = MODES[mode].note;
    steps.update();
  });
}

export default { render };

import { choice, follow, h, put, say, stepper, svg } from "./common.js";
import { slider } from "./slider.js";
import { STEPS, train } from "./schedules.js";

const percent = (value) => `${say(100 * value, 0)} %`;
const share = (label, most = 0.9, least = 0) => ({ label, least, most, step: 0.01, text: percent });
const power = (label, least) => ({ label, least, most: 0, step: 0.1, text: (value) => sayRate(10 ** value), log: true });
const FACTOR = power("Factor of a step", -2);
const KINDS = {
  constant: { label: "constant", options: {}, note: "Nothing changes. The loss falls until the noise of the gradients, which counts the more the larger the rate, holds it up." },
  step: { label: "step", options: { first: share("First step after", 0.99), second: share("Second step after", 0.99), factor: FACTOR }, note: "Down at moments that are set beforehand, as ResNet was trained on CIFAR-10: divided by ten after half and after three quarters of the run." },
  plateau: {
    label: "step on plateau", note: "Down whenever the loss has stopped falling, as AlexNet, VGG and ResNet were trained on ImageNet. Here it is the loss of the toy below.",
    options: { factor: FACTOR, patience: { label: "Patience", least: 0, most: 20, step: 1, text: (value) => `${value} epochs` }, threshold: share("Threshold", 0.2) },
  },
  cosine: { label: "cosine", options: { warm_up: share("Warm-up", 0.5), final: share("Final factor", 0.5) }, note: "Half a wave down; with a warm-up, a straight rise comes before it, for networks that the full rate would throw off at the start." },
  one_cycle: {
    label: "one cycle", note: "Up and down once: the largest rate comes in between, where the network can bear it.",
    options: { rise: share("Rise", 0.9, 0.05), start: share("Starting factor", 0.5), final: share("Final factor", 0.5), anneal: { label: "Curve", list: [["cosine", "cosine"], ["linear", "straight"]] } },
  },
};
const HEIGHT = 150; // of each of the two pictures, in pixels
const [LEFT, BOTTOM, TOP] = [52, 22, 8];

/** A rate for reading: three digits, and a power of ten where it is small. */
export function sayRate(value) {
  if (value === 0 || value >= 0.001) return say(Number(value.toPrecision(3)), 6);
  const [digits, exponent] = value.toExponential(1).split("e-");
  return `${say(Number(digits))} · 10⁻${[...exponent].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
}

/** Rate and loss of an epoch in words. */
export function explain({ rates, losses }, constant, epoch) {
  const end = losses.at(-1);
  return `Epoch ${epoch + 1} of ${losses.length} begins with the learning rate ${sayRate(rates[epoch * STEPS])} and ends with the toy's loss at ${sayRate(losses[epoch])}. At the end of the run it is ${sayRate(end)}; with a constant rate it would be ${sayRate(constant.losses.at(-1))}.`;
}

/** Whole numbers from 0 to `last`, at most seven, evenly. */
function ticks(last) {
  const step = [1, 2, 5, 10, 20, 50, 100].find((each) => last / each <= 6);
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
}

/** Where values lie between `low` and `high`, and which of them are marked. */
function scaleOf(low, high, isLog) {
  if (!isLog) return { at: (value) => value / high, marked: [0, high / 2, high] };
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const digits = to - from < 2 ? [1, 2, 5] : [1];
  const decades = Array.from({ length: 12 }, (_, i) => Math.floor(from) + i);
  const marked = decades.flatMap((exponent) => digits.map((digit) => digit * 10 ** exponent)).filter((value) => value >= low * 0.999 && value <= high * 1.001);
  return { at: (value) => Math.max(0, (Math.log10(Math.max(value, low)) - from) / (to - from)), marked };
}

/** Lines over the epochs: each { values (evenly from 0 on, or of the ends of epochs), name, isEnds }. */
function plot({ label, lines, epochs, epoch, width, scale, onpick }) {
  const x = (at) => LEFT + (at / epochs) * (width - LEFT - 8);
  const y = (value) => TOP + (1 - scale.at(value)) * (HEIGHT - TOP - BOTTOM);
  const paths = lines.map(({ values, name, isEnds }) => {
    const every = isEnds ? 1 : Math.ceil(values.length / 800);
    const points = values.map((value, i) => [isEnds ? i + 1 : (i / values.length) * epochs, value]).filter((_, i) => i % every === 0);
    if (!isEnds) points.push([epochs, values.at(-1)]);
    return svg("path", { class: `cn-line ${name}`, d: `M${points.map(([at, value]) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("L")}` });
  });
  const rows = scale.marked.flatMap((value) => [svg("path", { class: "cn-rule", d: `M${LEFT} ${y(value)}H${width - 8}` }), svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, sayRate(value))]);
  const columns = ticks(epochs).map((each) => svg("text", { x: x(each), y: HEIGHT - 5, "text-anchor": "middle" }, String(each)));
  const now = svg("path", { class: "cn-now", d: `M${x(epoch)} ${TOP}V${HEIGHT - BOTTOM}` });
  const onpointerdown = (event) => {
    const { left, width: seen } = event.currentTarget.getBoundingClientRect();
    const at = (((event.clientX - left) / seen) * width - LEFT) / (width - LEFT - 8);
    onpick(Math.max(0, Math.min(epochs - 1, Math.floor(at * epochs))));
  };
  return svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label, class: "cn-plot", onpointerdown }, ...rows, ...columns, now, ...paths);
}

function optionFields(model, kind) {
  return Object.entries(KINDS[kind].options).map(([name, { label, list, log, ...bounds }]) => {
    const set = (value) => {
      const all = model.get("options");
      put(model, { options: { ...all, [kind]: { ...all[kind], [name]: log ? Number((10 ** value).toPrecision(3)) : value } } });
    };
    if (!list) {
      const field = slider({ label, ...bounds, onset: set });
      return { ...field, kind, update: () => field.update(log ? Math.log10(model.get("options")[kind][name]) : model.get("options")[kind][name]) };
    }
    const element = choice(label, list, model.get("options")[kind][name], set);
    return { element, kind, update: () => { element.querySelector("select").value = model.get("options")[kind][name]; } };
  });
}

function render({ model, el }) {
  const count = () => model.get("epochs");
  const epoch = () => Math.min(model.get("epoch"), count() - 1);
  const pick = (value) => {
    steps.stop();
    put(model, { epoch: value });
  };
  const kinds = Object.entries(KINDS).map(([kind, { label }]) => h("button", { type: "button", "aria-pressed": "false", onclick: () => put(model, { kind }) }, label));
  const largest = slider({ ...power("Largest rate", -3), onset: (value) => put(model, { learning_rate: Number((10 ** value).toPrecision(3)) }) });
  const [least, most] = model.get("ranges").epochs;
  const length = slider({ label: "Epochs", least, most, step: 1, onset: (epochs) => put(model, { epochs }) });
  const fields = Object.keys(KINDS).flatMap((kind) => optionFields(model, kind));
  const axis = choice("Axis of the rate", [["linear", "linear"], ["logarithmic", "logarithmic"]], model.get("axis"), (value) => put(model, { axis: value }));
  const said = h("output", { class: "cn-say" });
  const steps = stepper({ name: "Epoch", said, count, get: epoch, set: (value) => put(model, { epoch: value }) });
  const note = h("p", { class: "cn-note" });
  const [upper, lower] = [h("div"), h("div")];
  el.append(h("div", { class: "cn-controls cn-kinds-of-schedules", role: "group", "aria-label": "Schedule" }, ...kinds), note,
    h("div", { class: "cn-sliders" }, largest.element, length.element, ...fields.map(({ element }) => element), axis),
    h("p", { class: "cn-title" }, "Learning rate"), upper,
    h("p", { class: "cn-title" }, "Loss of a toy: a bowl with 24 weights and noisy gradients"), lower,
    h("p", { class: "cn-note cn-keys" }, h("span", { class: "cn-key-of-run" }, "this schedule"), h("span", { class: "cn-key-of-constant" }, "the largest rate throughout")), steps.element, said);

  return follow({ model, el }, ["kind", "options", "epochs", "learning_rate", "axis", "epoch"], () => {
    const [kind, epochs, rate, isLog] = [model.get("kind"), count(), model.get("learning_rate"), model.get("axis") === "logarithmic"];
    const run = train(kind, model.get("options")[kind], epochs, rate);
    const constant = train("constant", {}, epochs, rate);
    kinds.forEach((button, i) => button.setAttribute("aria-pressed", String(Object.keys(KINDS)[i] === kind)));
    for (const field of fields) {
      field.element.hidden = field.kind !== kind;
      field.update();
    }
    largest.update(Math.log10(rate));
    length.update(epochs);
    axis.querySelector("select").value = model.get("axis");
    note.textContent = KINDS[kind].note;
    const common = { epochs, epoch: epoch(), width: el.clientWidth ? upper.clientWidth : 600, onpick: pick };
    upper.replaceChildren(plot({ ...common, label: `Learning rate over ${epochs} epochs: from ${sayRate(run.rates[0])} to ${sayRate(run.rates.at(-1))}`,
      lines: [{ values: run.rates, name: "cn-run" }], scale: scaleOf(rate / 1e4, rate, isLog) }));
    const all = [...run.losses, ...constant.losses];
    lower.replaceChildren(plot({ ...common, label: `Loss of the toy after each epoch, at the end ${sayRate(run.losses.at(-1))}`,
      lines: [{ values: constant.losses, name: "cn-constant", isEnds: true }, { values: run.losses, name: "cn-run", isEnds: true }], scale: scaleOf(Math.min(...all), Math.max(...all), true) }));
    said.textContent = explain(run, constant, epoch());
    steps.update();
  });
}

export default { render };

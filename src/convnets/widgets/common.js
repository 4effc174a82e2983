// What the explorers share: making elements, writing numbers, colours of signed values, stepping.

/** Make an element: h("button", { type: "button", onclick: go }, "Go"). */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A number for reading: a true minus sign, at most `digits` decimals. */
export function say(value, digits = 2) {
  return String(Number(value.toFixed(digits)) + 0).replace("-", "−");
}

/** A whole number with separators: 120,000,000. */
export const sayCount = (value) => value.toLocaleString("en");

/** A sum of numbers as written by hand: 3 − 2 + 0. */
export function saySum(terms) {
  const rest = terms.slice(1).map((term) => (term < 0 ? ` − ${say(-term)}` : ` + ${say(term)}`));
  return say(terms[0]) + rest.join("");
}

/** Red, green and blue of a colour of the palette, as it is in the theme of the moment. */
export function colour(element, name) {
  const hex = getComputedStyle(element.isConnected ? element : document.body).getPropertyValue(`--cn-${name}`).trim();
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}

/** Colours for values from -limit (blue) over 0 (paper) to limit (orange). */
export function signedColours(element, limit) {
  const [paper, below, above] = ["bg", "blue", "orange"].map((name) => colour(element, name));
  return (value) => {
    const share = limit ? Math.min(1, Math.abs(value) / limit) : 0;
    const end = value < 0 ? below : above;
    return paper.map((from, i) => Math.round(from + share * (end[i] - from)));
  };
}

/** Black or white, whichever is easier to read on a colour (WCAG's relative luminance). */
export function inkOn(rgb) {
  const [r, g, b] = rgb.map((v) => (v <= 10 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

/** A drop-down list with its label; options are [value, text]. */
export function choice(label, options, value, onpick) {
  const list = h("select", { onchange: () => onpick(list.value) });
  list.append(...options.map(([key, text]) => h("option", { value: key }, text)));
  list.value = value;
  return h("label", { class: "cn-field" }, label, list);
}

/** Draw on every change of one of the traits, of the theme and of the width; returns what undoes it. */
export function follow({ model, el }, names, draw) {
  let width = el.clientWidth; // 0 where a notebook shows the element only later
  const resized = new ResizeObserver(() => {
    if (!el.clientWidth || el.clientWidth === width) return;
    width = el.clientWidth;
    requestAnimationFrame(draw);
  });
  for (const name of names) model.on(`change:${name}`, draw);
  addEventListener("cn-theme", draw);
  resized.observe(el);
  draw();
  return () => {
    for (const name of names) model.off(`change:${name}`, draw);
    removeEventListener("cn-theme", draw);
    resized.disconnect();
  };
}

/** Set traits and tell the kernel, if there is one. */
export function put(model, changes) {
  for (const [name, value] of Object.entries(changes)) model.set(name, value);
  model.save_changes();
}

const ICONS = {
  First: "M3 2h2v12H3zM14 2v12L6 8z",
  Back: "M12 2v12L4 8z",
  Play: "M3 1l11 7-11 7z",
  Pause: "M3 2h4v12H3zM9 2h4v12H9z",
  Next: "M4 2v12l8-6z",
  Last: "M11 2h2v12h-2zM2 2v12l8-6z",
};

/**
 * Buttons and a slider that walk through places 0 … count() - 1. `said` keeps quiet while playing.
 * Returns its element, `update` to be called when the place or their number changed, and `stop`.
 */
export function stepper({ name, count, get, set, said }) {
  const icon = svg("path", { d: ICONS.Play });
  const button = (label, go, path = svg("path", { d: ICONS[label] })) =>
    h("button", { type: "button", class: "cn-icon", "aria-label": label, title: label, onclick: go },
      svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, path));
  const last = () => count() - 1;
  let timer = 0;

  function stop() {
    clearInterval(timer);
    timer = 0;
    said.removeAttribute("aria-live");
    update();
  }

  function togglePlay() {
    if (timer) return stop();
    if (get() >= last()) set(0);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    said.setAttribute("aria-live", "off");
    timer = setInterval(() => (get() < last() && play.isConnected ? set(get() + 1) : stop()),
      calm ? 1500 : Math.max(40, Math.min(700, 20000 / count())));
    update();
  }

  const go = (place) => () => {
    if (timer) stop();
    set(Math.max(0, Math.min(last(), place())));
  };
  const first = button("First", go(() => 0));
  const back = button("Back", go(() => get() - 1));
  const play = button("Play", togglePlay, icon);
  const next = button("Next", go(() => get() + 1));
  const end = button("Last", go(last));
  const slider = h("input", { type: "range", min: 0, "aria-label": name, oninput: go(() => Number(slider.value)) });

  function update() {
    const focused = document.activeElement;
    slider.max = last();
    slider.value = get();
    slider.setAttribute("aria-valuetext", `${get() + 1} of ${count()}`);
    first.disabled = back.disabled = get() <= 0;
    next.disabled = end.disabled = get() >= last();
    if (focused?.disabled && [first, back, next, end].includes(focused)) slider.focus();
    const label = timer ? "Pause" : "Play";
    play.setAttribute("aria-label", label);
    play.title = label;
    icon.setAttribute("d", ICONS[label]);
  }

  const element = h("div", { class: "cn-controls cn-stepper", role: "group", "aria-label": name });
  element.append(first, back, play, next, end, slider);
  return { element, update, stop };
}

export const css = ([r, g, b]) => `rgb(${r},${g},${b})`;

/** The colour of a grey value, clamped to 0 … 255. */
export const grey = (value) => Array(3).fill(Math.max(0, Math.min(255, Math.round(value))));

export const box = (x, y, width, height, name) => svg("rect", { x, y, width, height, class: name });

/** A frame that is seen on dark and on bright pixels. */
export const frame = (...place) => [box(...place, "cn-under"), box(...place, "cn-over")];

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** What calls onarrow(down, right) when an arrow key is pressed alone. */
export const arrowKeys = (onarrow) => (event) => {
  if (!MOVES[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  onarrow(...MOVES[event.key]);
};

/**
 * A canvas of large pixels under an SVG for marks, operated by the arrow keys (onarrow(down, right)) and by
 * pointing and dragging (onpoint(row, column)).
 */
export function stage(label, onarrow, onpoint) {
  const canvas = h("canvas", { class: "cn-pixels", role: "img" });
  const marks = svg("svg", { "aria-hidden": "true" });
  const point = (event) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const inside = (share, cells) => Math.max(0, Math.min(cells - 1, Math.floor(share * cells)));
    onpoint(inside((event.clientY - top) / height, canvas.height), inside((event.clientX - left) / width, canvas.width));
  };
  const onpointermove = (event) => event.buttons && event.pointerType === "mouse" && point(event);
  const element = h("div", { class: "cn-stage", tabindex: "0", role: "application", "aria-label": label, onkeydown: arrowKeys(onarrow), onpointerdown: point, onpointermove }, canvas, marks);
  return { element, canvas, marks };
}

/** Paint a stage: pixel(row, column) returns red, green and blue, or null for nothing. */
export function paint({ canvas, marks }, height, width, pixel) {
  Object.assign(canvas, { height, width });
  const context = canvas.getContext("2d");
  const data = context.createImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    const rgb = pixel(Math.floor(i / width), i % width);
    if (rgb) data.data.set([...rgb, 255], 4 * i);
  }
  context.putImageData(data, 0, 0);
  marks.setAttribute("viewBox", `0 0 ${width} ${height}`);
}

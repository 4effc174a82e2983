import { follow, h, put, say, svg } from "./common.js";
import { slider, tick } from "./slider.js";
import { augment, moveBox } from "./augmentation_maths.js";

const percent = (value) => `${say(100 * value, 0)} %`;
const degrees = (value) => `${say(value)}°`;
const pixels = (value) => `${say(value)} px`;
const times = (value) => `× ${say(value)}`;

/** Sliders by group: what they set, label, step, and how a value is said. */
const SLIDERS = {
  Place: [["shortSide", "Short side L", 1, pixels], ["right", "Crop, across", 0.01, percent], ["down", "Crop, down", 0.01, percent]],
  Shape: [
    ["rotation", "Rotation", 1, degrees], ["shear", "Shear", 1, degrees], ["stretch", "Stretch", 0.05, times],
    ["moveX", "Translation x", 1, pixels], ["moveY", "Translation y", 1, pixels], ["lens", "Lens distortion", 0.01, say],
  ],
  Colour: [
    ["brightness", "Brightness", 0.05, times], ["contrast", "Contrast", 0.05, times], ["saturation", "Saturation", 0.05, times],
    ["pca0", "PCA colour 1", 0.05, say], ["pca1", "PCA colour 2", 0.05, say], ["pca2", "PCA colour 3", 0.05, say],
  ],
};
const CHANGES = {
  rotation: ["rotated by", degrees], shear: ["sheared by", degrees], stretch: ["stretched", times], moveX: ["moved right by", pixels, "moved left by"], moveY: ["moved down by", pixels, "moved up by"],
  lens: ["lens", say], brightness: ["brightness", times], contrast: ["contrast", times], saturation: ["saturation", times],
};

/** The settings as they are changed in the image: those of the colour components in one list. */
const grouped = ({ pca0, pca1, pca2, ...settings }) => ({ ...settings, pca: [pca0, pca1, pca2] });

/** What is done to the photograph and where the box is, in words. */
export function explain(settings, plain, image, rectangle, size) {
  const done = Object.keys(CHANGES).filter((name) => settings[name] !== plain[name]).map((name) => {
    const [words, text, opposite] = CHANGES[name];
    return opposite && settings[name] < 0 ? `${opposite} ${text(-settings[name])}` : `${words} ${text(settings[name])}`;
  });
  if (settings.cropped) done.unshift(`short side ${settings.shortSide} pixels, a square of ${size} cut out`);
  if (settings.flipped) done.unshift("flipped");
  if ([0, 1, 2].some((k) => settings[`pca${k}`])) done.push("a colour added");
  const [x1, y1, x2, y2] = moveBox(rectangle, image, grouped(settings), size);
  const where = x2 > x1 && y2 > y1 ? `The box is at ${[x1, y1, x2, y2].map((value) => say(value, 1)).join(", ")}.` : "The box has left the picture.";
  const words = done.join(", ") || "as it was taken";
  return `${words[0].toUpperCase()}${words.slice(1)}. ${where}`;
}

/** Settings drawn by lot; `chance()` is a number from 0 to 1. */
export function draw(ranges, chance) {
  const between = ([least, most]) => least + (most - least) * chance();
  const drawn = Object.fromEntries(Object.values(SLIDERS).flat().map(([name, , step]) => [name, Number((Math.round(between(ranges[name]) / step) * step).toFixed(2))]));
  return { ...drawn, flipped: chance() < 0.5, cropped: true };
}

function picture(name) {
  const canvas = h("canvas", { role: "img", "aria-label": name });
  const marks = svg("svg", { "aria-hidden": "true" });
  const caption = h("figcaption", { class: "cn-title" }, name);
  const element = h("figure", { class: "cn-figure" }, caption, h("div", { class: "cn-seen" }, canvas, marks));

  function show({ height, width, data }, [x1, y1, x2, y2], title, says) {
    Object.assign(canvas, { height, width });
    const context = canvas.getContext("2d");
    const drawn = context.createImageData(width, height);
    for (let at = 0, from = 0; at < drawn.data.length; at += 4, from += 3) {
      for (let c = 0; c < 3; c++) drawn.data[at + c] = Math.round(255 * data[from + c]);
      drawn.data[at + 3] = 255;
    }
    context.putImageData(drawn, 0, 0);
    marks.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const place = { x: x1, y: y1, width: x2 - x1, height: y2 - y1 };
    marks.replaceChildren(...(place.width > 0 && place.height > 0 ? ["cn-under", "cn-over"] : []).map((name) => svg("rect", { ...place, class: name })));
    caption.textContent = title;
    canvas.setAttribute("aria-label", says);
  }

  return { element, show };
}

/** The pixels of an image file, from 0 to 1. */
async function read(source) {
  const file = new Image();
  file.src = source;
  await file.decode();
  const { width, height } = file;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  context.drawImage(file, 0, 0);
  const data = Array.from(context.getImageData(0, 0, width, height).data.filter((_, at) => at % 4 < 3), (value) => value / 255);
  return { width, height, data };
}

function render({ model, el }) {
  const [ranges, plain, size] = ["ranges", "plain", "size"].map((name) => model.get(name));
  const set = (changes) => put(model, { settings: { ...model.get("settings"), ...changes } });
  const parts = [["flipped", tick({ label: "flip", onset: (flipped) => set({ flipped }) })], ["cropped", tick({ label: "scale and crop", onset: (cropped) => set({ cropped }) })]];
  const groups = Object.entries(SLIDERS).map(([group, all]) => {
    const own = all.map(([name, label, step, text]) => {
      const [least, most] = ranges[name];
      return [name, slider({ label, least, most, step, text, onset: (value) => set({ [name]: value }) })];
    });
    const ticks = group === "Place" ? [...parts] : [];
    parts.push(...own);
    return h("fieldset", { class: "cn-changes" }, h("legend", {}, group), h("div", { class: "cn-sliders" }, ...[...ticks, ...own].map(([, { element }]) => element)));
  });
  const buttons = h("div", { class: "cn-controls" },
    h("button", { type: "button", onclick: () => set(draw(model.get("drawn"), Math.random)) }, "Draw at random"),
    h("button", { type: "button", onclick: () => set(plain) }, "As it was"));
  const [before, after] = [picture("Photograph"), picture("Changed")];
  const said = h("output", { class: "cn-say" });
  el.append(buttons, h("div", { class: "cn-compared" }, before.element, after.element), said, ...groups);
  let image = null;

  function show() {
    const [settings, rectangle] = [model.get("settings"), model.get("rectangle")];
    for (const [name, { update, input }] of parts) {
      update(settings[name]);
      if (["shortSide", "right", "down"].includes(name)) input.disabled = !settings.cropped;
    }
    const sides = model.get("sides");
    said.textContent = explain(settings, plain, sides, rectangle, size);
    if (!image) return;
    const changed = augment(image, grouped(settings), model.get("components"), size);
    const box = moveBox(rectangle, sides, grouped(settings), size);
    before.show(image, rectangle, `Photograph, ${image.height} × ${image.width}`, `The photograph: ${model.get("shows")}`);
    after.show(changed, box, `Changed, ${changed.height} × ${changed.width}`, `The photograph changed: ${said.textContent}`);
  }

  read(model.get("photograph")).then((pixels) => {
    image = pixels;
    show();
  });
  return follow({ model, el }, ["settings"], show);
}

export default { render };

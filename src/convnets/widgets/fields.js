import { h } from "./common.js";

/** A list of `count` whole numbers from 0, or of what `make` makes of them. */
export const range = (count, make = (i) => i) => Array.from({ length: Math.max(0, count) }, (_, i) => make(i));

/** How many windows fit along one axis; 0 where none does. */
export function outputSize({ size, kernel, stride = 1, padding = 0, dilation = 1 }) {
  const room = size + 2 * padding - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : Math.floor(room / stride) + 1;
}

/** A number to be set, with its label; `update(value)` shows one that came from elsewhere. */
export function numberField({ label, name, least, most, onset }) {
  let isRead = false;
  const read = () => {
    if (input.value === "") return;
    isRead = true;
    onset(Math.max(least, Math.min(most, Math.round(Number(input.value)))));
    isRead = false;
  };
  const input = h("input", { type: "number", min: least, max: most, ...(name ? { "aria-label": name } : {}), oninput: read,
    onchange: () => {
      read();
      input.value = shown;
    } });
  let shown = least;
  const update = (value) => {
    shown = value;
    if (isRead && value > Number(input.value)) return; // "1" may still become "13"; `onchange` shows what was set
    if (Number(input.value) !== value || input.value === "") input.value = value;
  };
  return { element: h("label", { class: "cn-field" }, label, input), input, update };
}

/** Buttons that set several traits at once; `update(state)` marks the one that is set. */
export function presetButtons(presets, onpick) {
  const buttons = presets.map(({ name, ...values }) => h("button", { type: "button", "aria-pressed": "false", onclick: () => onpick(values) }, name));
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const update = (state) => presets.forEach(({ name, ...values }, i) =>
    buttons[i].setAttribute("aria-pressed", String(Object.entries(values).every(([key, value]) => same(state[key], value)))));
  return { element: h("div", { class: "cn-controls cn-presets", role: "group", "aria-label": "Examples" }, ...buttons), update };
}

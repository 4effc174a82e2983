import { h } from "./common.js";

/** A slider with its label and its value in words; `update(value)` shows one that came from elsewhere. */
export function slider({ label, least, most, step, onset, text = String }) {
  const shown = h("span", { class: "cn-value", "aria-hidden": "true" });
  const input = h("input", { type: "range", min: least, max: most, step, oninput: () => onset(Number(input.value)) });
  const update = (value) => {
    if (Number(input.value) !== value) input.value = value;
    shown.textContent = text(value);
    input.setAttribute("aria-valuetext", text(value));
  };
  return { element: h("label", { class: "cn-slider" }, h("span", {}, label, shown), input), input, update };
}

/** A ticked or unticked choice. */
export function tick({ label, onset }) {
  const input = h("input", { type: "checkbox", onchange: () => onset(input.checked) });
  const update = (value) => { input.checked = value; };
  return { element: h("label", { class: "cn-tick" }, input, label), input, update };
}

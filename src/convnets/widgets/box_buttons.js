import { h } from "./common.js";

/** Buttons that choose one of the boxes; `update(names, chosen)` shows which there are. */
export function boxButtons(onchoose) {
  const element = h("div", { class: "cn-controls cn-presets", role: "group", "aria-label": "Chosen box" });
  const update = (names, chosen) => {
    while (element.children.length > names.length) element.lastChild.remove();
    names.forEach((name, index) => {
      const button = element.children[index] ?? element.appendChild(h("button", { type: "button", onclick: () => onchoose(index) }));
      button.textContent = name;
      button.setAttribute("aria-pressed", String(index === chosen));
    });
  };
  return { element, update };
}

import { h } from "./common.js";

/** A table with a line of heads; rows are { name, head, cells }: a CSS class, the first cell, the others. */
export function table(heads, rows) {
  const lines = rows.map(({ name = "", head, cells }) => h("tr", { class: name }, h("th", { scope: "row" }, head), ...cells.map((cell) => h("td", {}, cell))));
  return h("table", { class: "cn-plain" }, h("thead", {}, h("tr", {}, ...heads.map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, ...lines));
}

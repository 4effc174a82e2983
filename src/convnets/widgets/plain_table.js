import { h } from "./common.js";

/** A table with a line of heads over the rows in `body`. */
export const headedTable = (heads, body, name = "") =>
  h("table", { class: `cn-plain ${name}` }, h("thead", {}, h("tr", {}, ...heads.map((text) => h("th", { scope: "col" }, text)))), body);

/** A table of texts; rows are { name, head, cells }: a CSS class, the first cell, the others. */
export const table = (heads, rows) => headedTable(heads, h("tbody", {}, ...rows.map(({ name = "", head, cells }) =>
  h("tr", { class: name }, h("th", { scope: "row" }, head), ...cells.map((cell) => h("td", {}, cell))))));

import { arrowKeys, h, say, svg } from "./common.js";
import { range } from "./fields.js";

const MARGIN = 0.08; // around a board, in cells, so that frames at its border are seen whole

/** A matrix of what `make(row, column)` returns. */
export const matrix = (rows, columns, make = () => 0) => range(rows, (i) => range(columns, (j) => make(i, j)));

/** Colour of a cell by sign and size: orange above 0, blue below, paper at 0. */
export function tint(value, limit) {
  const share = limit ? Math.min(1, Math.abs(value) / limit) : 0;
  return `--hue: var(--cn-${value < 0 ? "blue" : "orange"}); --share: ${Math.round(45 * share)}%`;
}

/** Cells for a matrix of numbers: each with its text and its colour. */
export const numberCells = (values, limit = Math.max(...values.flat().map(Math.abs))) =>
  (i, j) => ({ text: say(values[i][j]), style: tint(values[i][j], limit) });

/**
 * A board of square cells in SVG with a title. With `onpoint(row, column)` and `onarrow(down, right)` the
 * reader operates it by pointing, dragging and with the arrow keys; without them it is only looked at.
 * `draw({ rows, columns, cell, frames, title, says, largest })` draws it anew: `cell(row, column)` returns
 * { text, name, style } (a CSS class, a style; null leaves a hole), `frames` are [row, column, height, width,
 * class], `says` is what is read out for the picture, `largest` the side of a cell in rem at most.
 */
export function board({ label, onpoint, onarrow }) {
  const picture = svg("svg", { role: "img", "aria-label": label });
  const caption = h("figcaption", { class: "cn-title" });
  let shown = { rows: 1, columns: 1 };
  const point = (event) => {
    const { left, top, width, height } = picture.getBoundingClientRect();
    const place = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * (count + 2 * MARGIN) - MARGIN)));
    onpoint(place((event.clientY - top) / height, shown.rows), place((event.clientX - left) / width, shown.columns));
  };
  const operated = {
    tabindex: "0", role: "application", "aria-label": label, onpointerdown: point,
    onpointermove: (event) => event.buttons && event.pointerType === "mouse" && point(event),
    onkeydown: arrowKeys(onarrow),
  };
  const holder = h("div", onpoint ? { class: "cn-board cn-operated", ...operated } : { class: "cn-board" }, picture);

  function draw({ rows, columns, cell, frames = [], title = "", says = label, largest = 2.4 }) {
    shown = { rows, columns };
    const cells = range(rows * columns).flatMap((place) => {
      const [i, j] = [Math.floor(place / columns), place % columns];
      const { text = "", name = "", style = "" } = cell(i, j) ?? { name: "cn-hole" };
      const square = svg("rect", { x: j, y: i, width: 1, height: 1, class: `cn-cell ${name}`, style });
      if (text === "") return [square];
      const size = Math.min(0.42, 1.45 / String(text).length);
      return [square, svg("text", { x: j + 0.5, y: i + 0.5, "font-size": size, class: name }, text)];
    });
    const outlines = frames.map(([row, column, height, width, name]) =>
      svg("rect", { x: column, y: row, width, height, class: `cn-outline ${name}` }));
    picture.replaceChildren(...cells, ...outlines);
    picture.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${columns + 2 * MARGIN} ${rows + 2 * MARGIN}`);
    picture.setAttribute("aria-label", says);
    holder.style.width = `${(columns + 2 * MARGIN) * largest}rem`;
    caption.textContent = title;
  }

  return { element: h("figure", { class: "cn-figure" }, caption, holder), draw };
}

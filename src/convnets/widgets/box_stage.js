import { arrowKeys, h, svg } from "./common.js";
import { areaOf } from "./box_maths.js";

const REACH = { mouse: 8, pen: 12, touch: 20 }; // how far from a corner it is still taken hold of, in pixels
const HANDLE = 9; // side of a handle, in pixels
const CORNERS = [[0, 0], [1, 0], [0, 1], [1, 1]];

const between = (value, least, most) => Math.max(least, Math.min(most, value));

/** A box moved as a whole, inside a field of [width, height]. */
export function movedBox([x1, y1, x2, y2], right, down, [width, height]) {
  const [dx, dy] = [between(right, -x1, width - x2), between(down, -y1, height - y2)];
  return [x1 + dx, y1 + dy, x2 + dx, y2 + dy];
}

/** A box with one corner moved: [0 or 1 for left or right, 0 or 1 for upper or lower]; no side under `least`. */
export function stretchedBox(old, corner, right, down, limits, least) {
  const changed = [...old];
  for (const [axis, by] of [[0, right], [1, down]]) {
    const [end, opposite] = [axis + 2 * corner[axis], old[axis + 2 * (1 - corner[axis])]];
    changed[end] = corner[axis] ? between(old[end] + by, opposite + least, limits[axis]) : between(old[end] + by, 0, opposite - least);
  }
  return changed;
}

/** A box of `length` about a point, as far as the field allows. */
export const boxAbout = ([x, y], length, limits) => movedBox([0, 0, length, length], x - length / 2, y - length / 2, limits);

const corner = ([x1, y1, x2, y2], [right, low]) => [right ? x2 : x1, low ? y2 : y1];
const isInside = ([x1, y1, x2, y2], [x, y]) => x >= x1 && x <= x2 && y >= y1 && y <= y2;

/** How near to a corner counts along an axis: inside a small box less, so that it can be moved. */
const reachOf = (place, point, axis, reach) => (isInside(place, point) ? Math.min(reach, (place[axis + 2] - place[axis]) / 4) : reach);

/** What is taken hold of at a point: { index, corner }, the whole box without corner; null where nothing is. */
export function holdAt(boxes, chosen, point, reach) {
  const byArea = (a, b) => areaOf(boxes[a]) - areaOf(boxes[b]);
  const order = boxes.map((_, index) => index).sort((a, b) => (b === chosen) - (a === chosen) || byArea(a, b));
  for (const index of order) {
    const box = boxes[index];
    const near = CORNERS.find((each) => corner(box, each).every((value, axis) => Math.abs(value - point[axis]) <= reachOf(box, point, axis, reach)));
    if (near && (index === chosen || !isInside(boxes[chosen] ?? [1, 1, 0, 0], point))) return { index, corner: near };
  }
  const inside = order.filter((index) => isInside(boxes[index], point)).sort(byArea);
  return inside.length ? { index: inside[0], corner: null } : null;
}

const inHue = (hue) => ({ style: `--hue: var(--cn-${hue})` });

/** Attributes of a rectangle that shows a box. */
export const placeOf = ([x1, y1, x2, y2]) => ({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 });

/**
 * A field in SVG with boxes that the reader moves by their inside and stretches by their corners, with the mouse
 * or a finger; the arrow keys move the chosen box, with Shift its lower right corner. Boxes are multiples of
 * `grain`, their sides at least `least`. `onchoose(index)`, `onchange(index, box)`; with `onnew(box)` a box is
 * drawn, or put down by a touch, where none is.
 * `draw({ boxes, chosen, under, over, says, title })`: boxes are { place, name, hue }, the rest SVG elements.
 */
export function boxStage({ label, size, grain = 1, least = grain, fresh = 4 * grain, onchoose, onchange, onnew }) {
  const picture = svg("svg", { role: "img", "aria-label": label, viewBox: `0 0 ${size.join(" ")}` });
  const caption = h("figcaption", { class: "cn-title" });
  let [shown, chosen, drag] = [[], 0, null];
  const scale = () => size[0] / (picture.clientWidth || 600); // units of the field in a pixel
  const round = (value) => Math.round(value / grain) * grain;
  const pointOf = (event) => {
    const { left, top, width, height } = picture.getBoundingClientRect();
    return [((event.clientX - left) / width) * size[0], ((event.clientY - top) / height) * size[1]];
  };

  const heldAt = (point, pointer) => holdAt(shown, chosen, point, REACH[pointer] * scale());

  /** A finger on a box moves the box, elsewhere it scrolls the page; SVG elements have no touch-action of their own. */
  function ontouchstart(event) {
    if (event.touches.length === 1 && heldAt(pointOf(event.touches[0]), "touch")) event.preventDefault();
  }

  function onpointerdown(event) {
    if (event.button !== 0 || drag) return;
    const point = pointOf(event);
    const hold = heldAt(point, event.pointerType);
    if (!hold && !onnew) return;
    drag = { from: point, pointer: event.pointerId, isTouch: event.pointerType === "touch", ...(hold ? { ...hold, old: shown[hold.index] } : {}) };
    if (hold || !drag.isTouch) holder.setPointerCapture(event.pointerId); // a finger may scroll the page instead
    if (hold && hold.index !== chosen) onchoose(hold.index);
  }

  /** The box between where the drawing began and a point, once it is large enough. */
  function drawTo(point) {
    const ends = [0, 1].map((axis) => [drag.from[axis], point[axis]].map((value) => between(round(value), 0, size[axis])));
    if (ends.some(([a, b]) => Math.abs(a - b) < least)) return;
    const drawn = [Math.min, Math.max].flatMap((end) => ends.map((pair) => end(...pair)));
    if (drag.index !== undefined) return change(drawn);
    const before = shown.length;
    onnew(drawn);
    drag = shown.length > before ? { ...drag, index: before } : null; // null: there was no room for another
  }

  function change(next) {
    if (next.some((value, at) => value !== shown[drag.index][at])) onchange(drag.index, next);
  }

  function onpointermove(event) {
    if (event.pointerId !== drag?.pointer || (drag.isTouch && !drag.old)) return;
    const point = pointOf(event);
    if (!drag.old) return drawTo(point);
    const [right, down] = point.map((value, axis) => round(value - drag.from[axis]));
    change(drag.corner ? stretchedBox(drag.old, drag.corner, right, down, size, least) : movedBox(drag.old, right, down, size));
  }

  function onpointerup({ pointerId }) {
    if (pointerId !== drag?.pointer) return;
    if (drag.index === undefined) onnew(boxAbout(drag.from.map(round), fresh, size));
    drag = null;
  }

  const onpointercancel = ({ pointerId }) => {
    if (pointerId === drag?.pointer) drag = null;
  };
  const onlostpointercapture = (event) => event.target === holder && onpointercancel(event);
  const onkeydown = (event) => arrowKeys((down, right) => {
    const old = shown[chosen];
    if (!old) return;
    const by = [right * grain, down * grain];
    onchange(chosen, event.shiftKey ? stretchedBox(old, [1, 1], ...by, size, least) : movedBox(old, ...by, size));
  })(event);
  const holder = h("div", { class: "cn-box-stage", tabindex: "0", role: "application", "aria-label": label, ontouchstart, onpointerdown, onpointermove, onpointerup, onpointercancel, onlostpointercapture, onkeydown }, picture);

  const boundOf = ({ place, hue }, index) =>
    svg("rect", { ...placeOf(place), class: `cn-bound ${index === chosen ? "cn-chosen" : ""}`, ...inHue(hue) });
  const nameOf = ({ place, name, hue }, unit) =>
    svg("text", { x: place[0] + 6 * unit, y: place[1] + 18 * unit, "font-size": 14 * unit, ...inHue(hue) }, name);

  const handlesOf = ({ place, hue }, unit) => CORNERS.map((each) => {
    const [x, y] = corner(place, each).map((value) => value - (HANDLE * unit) / 2);
    return svg("rect", { x, y, width: HANDLE * unit, height: HANDLE * unit, class: "cn-handle", ...inHue(hue) });
  });

  function draw({ boxes, chosen: index = 0, under = [], over = [], says = label, title = "" }) {
    [shown, chosen] = [boxes.map(({ place }) => place), index];
    const unit = scale();
    const handles = boxes[index] ? handlesOf(boxes[index], unit) : [];
    picture.replaceChildren(...under, ...boxes.map(boundOf), ...over, ...boxes.map((each) => nameOf(each, unit)), ...handles);
    picture.setAttribute("aria-label", says);
    caption.textContent = title;
  }

  return { element: h("figure", { class: "cn-figure" }, caption, holder), draw, scale };
}

/** Lines of a grid over a field of [width, height], every `step`. */
export function gridLines([width, height], step) {
  const places = (length) => Array.from({ length: Math.floor(length / step) + 1 }, (_, i) => i * step);
  const d = [...places(width).map((x) => `M${x} 0V${height}`), ...places(height).map((y) => `M0 ${y}H${width}`)].join("");
  return svg("path", { d, class: "cn-rule" });
}

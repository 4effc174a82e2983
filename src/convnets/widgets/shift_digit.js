import { box, choice, colour, follow, frame, grey, h, inkOn, paint, put, say, stage, svg } from "./common.js";

/** The image moved down and right by whole pixels; zeros move in. */
export const moved = (image, down, right) =>
  image.map((row, i) => row.map((_, j) => image[i - down]?.[j - right] ?? 0));

/** The largest of the probabilities: which digit the network names. */
export const named = (percents) => percents.indexOf(Math.max(...percents));

const way = (amount, forth, back) => (amount ? [`${Math.abs(amount)} ${amount > 0 ? forth : back}`] : []);

/** Where the digit has gone, in words. */
export const sayShift = (down, right) => [...way(down, "down", "up"), ...way(right, "to the right", "to the left")].join(", ") || "in the middle";

function bars(percents, label) {
  const best = named(percents);
  return h("div", { class: "cn-bars", "aria-hidden": "true" }, ...percents.map((percent, digit) =>
    h("div", { class: `${digit === label ? "cn-right" : "cn-wrong"} ${digit === best ? "cn-best" : ""}` },
      h("span", { class: "cn-percent" }, digit === best ? say(percent, 0) : ""),
      h("span", { class: "cn-column", style: `height: ${0.04 * percent}rem` }),
      h("span", { class: "cn-digit" }, String(digit)))));
}

function panel(name, reach, go) {
  const verdict = h("p", { class: "cn-say" });
  const chart = h("div");
  const share = h("p", { class: "cn-note" });
  const map = stage(`Shifts tried with the ${name} network; the arrow keys move the digit`, go.by, (row, column) => go.to(row - reach, column - reach));
  const element = h("div", { class: "cn-card" }, h("p", { class: "cn-title" }, `${name} network`), verdict, chart, share, h("div", { class: "cn-map" }, map.element));
  const draw = ({ label, percents, accuracy, down, right }) => {
    const best = named(percents);
    verdict.replaceChildren("says ", h("strong", {}, String(best)), ` (${percents[best]} % sure), `, best === label ? "✓ right" : "✗ wrong");
    chart.replaceChildren(bars(percents, label));
    share.textContent = `Of all test digits moved like this it names ${say(accuracy[down + reach][right + reach], 1)} % rightly. For all moves:`;
    const [paper, full] = [colour(element, "bg"), colour(element, "blue")];
    const tint = (percent) => paper.map((from, i) => Math.round(from + (percent / 100) * (full[i] - from)));
    const size = 2 * reach + 1;
    paint(map, size, size, (i, j) => tint(accuracy[i][j]));
    map.marks.replaceChildren(box(0, 0, size, size, "cn-edge"), ...frame(right + reach, down + reach, 1, 1));
    if (map.element.clientWidth / size > 20) map.marks.append(...accuracy.flatMap((row, i) => row.map((percent, j) => svg("text", { x: j + 0.5, y: i + 0.5, fill: inkOn(tint(percent)) }, say(percent, 0)))));
    map.canvas.setAttribute("aria-label", `Accuracy in per cent for each shift, rows from ${reach} up to ${reach} down: ${accuracy.map((row) => row.map((percent) => say(percent, 0)).join(" ")).join("; ")}`);
  };
  return { element, draw };
}

function slider(label, name, model, reach, go) {
  const input = h("input", { type: "range", min: -reach, max: reach, oninput: () => go.to(...(name === "down" ? [Number(input.value), model.get("right")] : [model.get("down"), Number(input.value)])) });
  return { input, element: h("label", { class: "cn-field" }, label, input) };
}

function render({ model, el }) {
  const reach = (Object.values(model.get("accuracy"))[0].length - 1) / 2;
  const clamp = (value) => Math.max(-reach, Math.min(reach, value));
  const go = {
    to: (down, right) => put(model, { down: clamp(down), right: clamp(right) }),
    by: (down, right) => go.to(model.get("down") + down, model.get("right") + right),
  };
  const side = model.get("images")[0].length;
  const digit = stage("The digit; the arrow keys move it", go.by, (row, column) => go.to(row - Math.floor(side / 2), column - Math.floor(side / 2)));
  const labels = model.get("labels");
  const pick = choice("Digit", labels.map((label, i) => [String(i), String(label)]), String(model.get("digit")), (value) => put(model, { digit: Number(value) }));
  const down = slider("Up or down", "down", model, reach, go);
  const right = slider("Left or right", "right", model, reach, go);
  const back = h("button", { type: "button", onclick: () => go.to(0, 0) }, "Back to the middle");
  const panels = Object.keys(model.get("answers")).map((name) => [name, panel(name, reach, go)]);
  const said = h("output", { class: "cn-say" });
  el.append(h("div", { class: "cn-digits" },
    h("div", { class: "cn-mover" }, digit.element, pick, right.element, down.element, back), ...panels.map(([, { element }]) => element)), said);

  return follow({ model, el }, ["digit", "down", "right"], () => {
    const [which, dy, dx] = ["digit", "down", "right"].map((name) => model.get(name));
    const image = moved(model.get("images")[which], dy, dx);
    paint(digit, side, side, (i, j) => grey(image[i][j]));
    digit.canvas.setAttribute("aria-label", `A written ${labels[which]}, ${sayShift(dy, dx)}`);
    const verdicts = panels.map(([name, { draw }]) => {
      const percents = model.get("answers")[name][which][dy + reach][dx + reach];
      draw({ label: labels[which], percents, accuracy: model.get("accuracy")[name], down: dy, right: dx });
      return `the ${name} network says ${named(percents)}`;
    });
    pick.querySelector("select").value = String(which);
    [down.input.value, right.input.value] = [dy, dx];
    for (const [{ input }, text] of [[down, sayShift(dy, 0)], [right, sayShift(0, dx)]]) input.setAttribute("aria-valuetext", text);
    said.textContent = `A written ${labels[which]}, ${sayShift(dy, dx)}: ${verdicts.join(", ")}.`;
  });
}

export default { render };

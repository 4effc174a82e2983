import { choice, h, put } from "./common.js";
import { numberField } from "./fields.js";

/** Fill an element anew; the focus stays on what has the same `data-key`. */
export function refill(element, ...children) {
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  element.replaceChildren(...children);
  if (key) element.querySelector(`[data-key="${key}"]`)?.focus();
}

/** A button in a table that chooses the layer to be edited. */
export const layerButton = (model, index, text) =>
  h("button", { type: "button", class: "cn-layer-name", "data-key": `layer ${index}`, "aria-pressed": String(index === model.get("layer")),
    onclick: () => put(model, { layer: index }) }, text);

/**
 * Editor of one layer of the trait `layers`, the one whose number is in the trait `layer`. `kinds` are by
 * name { label, fresh (a layer of that kind) }; `labels` are those of the fields, by name; `ranges(kind)` are
 * [least, most] by field. Fields of the range 0 to 1 are ticked. At most `most` layers.
 */
export function layerEditor({ model, kinds, labels, ranges, most }) {
  const layers = () => model.get("layers");
  const index = () => Math.min(model.get("layer"), layers().length - 1);
  const replace = (changed) => put(model, { layers: layers().map((layer, i) => (i === index() ? changed : layer)) });
  const set = (name, value) => value !== layers()[index()][name] && replace({ ...layers()[index()], [name]: value });
  const fields = Object.entries(labels).map(([name, label]) => ({ name, ...editorField(name, label) }));

  function editorField(name, label) {
    const of = Object.keys(kinds).map((kind) => ranges(kind)[name]).filter(Boolean);
    const [least, most] = [Math.min(...of.map(([low]) => low)), Math.max(...of.map(([, high]) => high))];
    if (most > 1) return numberField({ label, least, most, onset: (value) => set(name, Math.min(value, ranges(layers()[index()].kind)[name][1])) });
    const tick = h("input", { type: "checkbox", onchange: () => set(name, Number(tick.checked)) });
    return { element: h("label", { class: "cn-tick" }, tick, label), update: (value) => { tick.checked = Boolean(value); } };
  }

  const kind = choice("Kind", Object.entries(kinds).map(([name, { label }]) => [name, label]), layers()[index()].kind,
    (value) => replace({ ...kinds[value].fresh }));
  const button = (text, onclick, name = text) => h("button", { type: "button", "aria-label": name, onclick }, text);
  const add = button("Add a layer", () => {
    const at = index() + 1;
    put(model, { layers: [...layers().slice(0, at), { ...layers()[index()] }, ...layers().slice(at)], layer: at });
  });
  const remove = button("Remove", () => {
    const at = index();
    put(model, { layers: layers().filter((_, i) => i !== at), layer: Math.min(at, layers().length - 2) });
    if (remove.disabled) add.focus();
  });
  const move = (text, step) => button(text, () => {
    const [at, changed] = [index(), [...layers()]];
    changed.splice(at + step, 0, ...changed.splice(at, 1));
    put(model, { layers: changed, layer: at + step });
    if (document.activeElement.disabled) moves.find((each) => !each.disabled).focus();
  }, `Move ${text.toLowerCase()}`);
  const moves = [move("Up", -1), move("Down", 1)];
  const legend = h("legend");
  const element = h("fieldset", { class: "cn-editor-of-layer" }, legend, kind, ...fields.map((field) => field.element), h("div", { class: "cn-add" }, add, remove, ...moves));

  function update() {
    const layer = layers()[index()];
    legend.textContent = `Change layer ${index() + 1} of ${layers().length}`;
    kind.querySelector("select").value = layer.kind;
    for (const field of fields) {
      field.element.hidden = !(field.name in layer);
      if (field.name in layer) field.update(layer[field.name]);
    }
    add.disabled = layers().length >= most;
    remove.disabled = layers().length === 1;
    moves[0].disabled = index() === 0;
    moves[1].disabled = index() === layers().length - 1;
  }

  return { element, update };
}

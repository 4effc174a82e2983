// Brings the explorers of convnets.widgets to life without a kernel: the part of anywidget's model that
// they use, and a mount as soon as an explorer is about to be seen.
(() => {
  class Model {
    #state;
    #handlers = new Map();
    #changed = false;

    constructor(state) {
      this.#state = state;
    }

    get(name) {
      return this.#state[name];
    }

    set(name, value) {
      if (Object.is(this.#state[name], value)) return;
      this.#state[name] = value;
      this.#changed = true;
      this.#emit(`change:${name}`);
    }

    save_changes() {
      if (!this.#changed) return;
      this.#changed = false;
      this.#emit("change");
    }

    on(event, handler) {
      this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
    }

    off(event, handler) {
      const kept = handler ? (this.#handlers.get(event) ?? []).filter((each) => each !== handler) : [];
      if (event) this.#handlers.set(event, kept);
      else this.#handlers.clear();
    }

    #emit(event) {
      for (const handler of this.#handlers.get(event) ?? []) handler();
    }
  }

  const modules = new Map();

  function load(source) {
    if (!modules.has(source)) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(source, import(url));
    }
    return modules.get(source);
  }

  async function mount(root) {
    const { state, esm, css } = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    if (css) root.append(Object.assign(document.createElement("style"), { textContent: css }));
    const widget = (await load(esm)).default;
    const model = new Model(state);
    const el = root.appendChild(document.createElement("div"));
    await widget.initialize?.({ model });
    await widget.render({ model, el });
    root.dataset.ready = "1";
  }

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        mount(target).catch((error) => {
          console.error(error);
          target.append("This explorer could not start.");
        });
      }
    },
    { rootMargin: "400px" },
  );

  function start() {
    for (const root of document.querySelectorAll("[data-bookwidget]")) observer.observe(root);
    new MutationObserver(() => window.dispatchEvent(new Event("cn-theme"))).observe(document.documentElement, {
      attributeFilter: ["data-theme"],
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

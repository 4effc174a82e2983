// What the theme leaves to do for people who read by keyboard or by ear.
(() => {
  // A formula that is wider than the page scrolls; it must then be reachable by keyboard.
  function markScrolling() {
    for (const box of document.querySelectorAll("div.math, .bd-article pre, .cn-scroll")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else if (!box.classList.contains("cn-scroll")) box.removeAttribute("tabindex");
    }
  }

  addEventListener("DOMContentLoaded", () => {
    markScrolling();
    addEventListener("resize", markScrolling);
  });
})();

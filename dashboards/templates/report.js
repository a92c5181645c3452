// Plotly bakes colours in: give each figure the page's, now and whenever the page turns light or dark.
(function () {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const figures = document.querySelectorAll(".plotly-graph-div");

  function paint() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const change = {
      "font.color": colour("--ink"),
      "hoverlabel.bgcolor": colour("--raised"),
      "hoverlabel.bordercolor": colour("--line"),
      "hoverlabel.font.color": colour("--ink"),
    };
    figures.forEach((figure) => Plotly.relayout(figure, change));
  }

  // A closed table cannot be printed: open them all for the printer, and close them after.
  const closed = [];
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details:not([open])").forEach((one) => { closed.push(one); one.open = true; });
    figures.forEach((figure) => Plotly.Plots.resize(figure));
  });
  window.addEventListener("afterprint", () => { closed.splice(0).forEach((one) => { one.open = false; }); });

  dark.addEventListener("change", paint);
  paint();
})();

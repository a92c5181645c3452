// Figures stand in the page as JSON with the colours of light screens. Each is drawn when it can be seen: at once, or
// when the part that it is folded into opens; and anew in the other colours when the reader's scheme changes.
(function () {
  const DARK = JSON.parse(document.getElementById("colours").textContent);
  const NARROW = 560; // pixels of a figure without room for names beside its lines
  const CONFIG = {
    displaylogo: false, showSendToCloud: false, responsive: true, displayModeBar: "hover",
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"], toImageButtonOptions: { format: "svg" },
  };
  const [dark, print] = ["(prefers-color-scheme: dark)", "print"].map((query) => matchMedia(query));
  const plots = [...document.querySelectorAll("div.plot")];

  function assign(layout, address, value) {
    const steps = address.split(".");
    const last = steps.pop();
    steps.reduce((place, step) => (place[step] ??= {}), layout)[last] = value;
  }

  // A layout may hold what is different on a narrow screen, in `meta`.
  function fitted(layout, width) {
    const { hide, ...changes } = (width < NARROW && layout.meta && layout.meta.narrow) || {};
    Object.entries(changes).forEach(([address, value]) => assign(layout, address, value));
    if (hide) layout.annotations = layout.annotations.filter((note) => note.name !== hide);
    return layout;
  }

  function draw(plot) {
    const text = document.getElementById(`data-${plot.id}`).textContent;
    const dim = dark.matches && !print.matches;
    const { data, layout } = JSON.parse(dim ? text.replace(/#[0-9A-F]{6}/g, (colour) => DARK[colour] || colour) : text);
    const isNew = !plot.dataset.drawn;
    const drawing = Plotly.react(plot, data, fitted(layout, plot.clientWidth), CONFIG);
    if (isNew) plot.on("plotly_afterplot", () => named(plot)); // Plotly draws anew by itself where the window changes
    return drawing.then(() => named(plot));
  }

  // Plotly's drawings have no name of their own; what lies over them (hover labels, handles) says nothing by itself.
  // With a view box they shrink to the width of a printed page, where nothing is drawn anew.
  function named(plot) {
    const [width, height] = ["width", "height"].map((side) => plot.querySelector(".main-svg").getAttribute(side));
    plot.style.setProperty("--ratio", `${width} / ${height}`);
    plot.querySelectorAll(".main-svg").forEach((svg, layer) => {
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      if (layer > 0) return svg.setAttribute("aria-hidden", "true");
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", plot.dataset.label);
    });
    plot.dataset.drawn = plot.clientWidth < NARROW ? "narrow" : "wide";
  }

  const isOpen = (plot) => !plot.closest("details:not([open])");
  plots.filter(isOpen).forEach(draw);
  document.querySelectorAll("details").forEach((fold) => fold.addEventListener("toggle", () => {
    if (fold.open) fold.querySelectorAll("div.plot:not([data-drawn])").forEach((plot) => isOpen(plot) && draw(plot));
  }));
  const again = () => plots.filter((plot) => plot.dataset.drawn).forEach(draw);
  [dark, print].forEach((query) => query.addEventListener("change", again));
  const room = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const width = target.clientWidth < NARROW ? "narrow" : "wide";
    if (target.clientWidth && target.dataset.drawn && target.dataset.drawn !== width) draw(target);
  }));
  plots.forEach((plot) => room.observe(plot));

  document.querySelectorAll("button[data-picture]").forEach((button) => button.addEventListener("click", () => {
    const plot = document.getElementById(button.dataset.of);
    const { clientWidth: width, clientHeight: height } = plot;
    Plotly.downloadImage(plot, { format: button.dataset.picture, filename: plot.id, width, height, scale: 2 });
  }));
})();

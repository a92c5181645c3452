// Plotly's drawings have no name of their own; what lies over them (hover labels, handles) says nothing by itself.
document.querySelectorAll("figure").forEach((figure) => {
  figure.querySelectorAll(".main-svg").forEach((svg, layer) => {
    if (layer > 0) return svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", "The drawing; its numbers stand in the table below.");
  });
});

// A closed table cannot be printed everywhere: open them all for the printer, and close them after.
(function () {
  const opened = [];
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details:not([open])").forEach((one) => { opened.push(one); one.open = true; });
  });
  window.addEventListener("afterprint", () => { opened.splice(0).forEach((one) => { one.open = false; }); });
})();

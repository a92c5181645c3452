// Tables sort by their headers: up, down, and back to the page's own order. Each group is sorted by itself.
(function () {
  const NEXT = { none: "ascending", ascending: "descending", descending: "none" };
  const NUMBER = /[−+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[−+-]?\d+)?/i;
  const words = new Intl.Collator("en", { numeric: true });

  // The first number in a field, whatever stands around it; NaN for a dash.
  function number(text) {
    const [found] = text.match(NUMBER) || [NaN];
    return Number(String(found).replaceAll(",", "").replaceAll("−", "-"));
  }

  // Rows without a number stand last, upwards and downwards.
  function byNumber(a, b, sign) {
    const [x, y] = [number(a), number(b)];
    return Number.isNaN(x) - Number.isNaN(y) || sign * (x - y) || 0;
  }

  function order(column, isWords, sign) {
    const text = (row) => row.cells[column].textContent;
    const compare = isWords ? (a, b) => sign * words.compare(a, b) : (a, b) => byNumber(a, b, sign);
    return (one, other) => compare(text(one), text(other));
  }

  document.querySelectorAll("div.table table").forEach((table) => {
    const headers = [...table.tHead.rows[0].cells];
    const own = [...table.tBodies].map((body) => [body, [...body.querySelectorAll("tr:not(.group)")]]);

    function sort(column) {
      const header = headers[column];
      const direction = NEXT[header.getAttribute("aria-sort") || "none"];
      headers.forEach((one) => one.removeAttribute("aria-sort"));
      if (direction !== "none") header.setAttribute("aria-sort", direction);
      const compare = order(column, header.classList.contains("words"), direction === "ascending" ? 1 : -1);
      own.forEach(([body, rows]) => body.append(...(direction === "none" ? rows : [...rows].sort(compare))));
    }

    headers.forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(column));
      header.append(button);
    });
  });
})();

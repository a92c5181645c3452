// Tables are copied as they stand, sorted as they are: as CSV for a program, as Markdown, or as LaTeX with booktabs.
(function () {
  const NOTHING = "–";
  const LATEX = {
    "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "\\textless{}",
    ">": "\\textgreater{}", "|": "\\textbar{}", "[": "{[}", "*": "{*}", "−": "$-$", "–": "--", "±": "$\\pm$",
    "≤": "$\\leq$", "≥": "$\\geq$", "×": "$\\times$",
  };

  // A list of columns: title, whether they hold words, and fields. The name of a group stands in front of its rows.
  function columns(table) {
    const text = (cell) => cell.textContent.replace(/\s+/g, " ").trim();
    const shown = [...table.tHead.rows[0].cells].map((cell) => (
      { title: text(cell), words: cell.classList.contains("words"), fields: [] }
    ));
    const groups = { title: table.dataset.group, words: true, fields: [] };
    for (const body of table.tBodies) {
      const group = body.querySelector("tr.group");
      for (const row of body.querySelectorAll("tr:not(.group)")) {
        if (group) groups.fields.push(text(group));
        shown.forEach((column, index) => column.fields.push(text(row.cells[index])));
      }
    }
    return groups.title ? [groups, ...shown] : shown;
  }

  function lines(all) {
    return all[0].fields.map((_, row) => all.map((column) => column.fields[row]));
  }

  // Numbers as programs read them: no thousands separators, a plain minus, the unit in the title.
  function plain(column) {
    const fields = column.fields.map((field) => (field === NOTHING ? "" : field));
    if (column.words) return { ...column, fields };
    const numbers = fields.map((field) => field.replaceAll("−", "-").replace(/(?<=\d),(?=\d{3})/g, ""));
    const unit = new Set(numbers.filter(Boolean).map((field) => (field.match(/ (%|pp)$/) || [""])[0]));
    const [only] = unit.size === 1 ? unit : [""];
    if (!only) return { ...column, fields: numbers };
    return { ...column, title: `${column.title} [${only.trim()}]`, fields: numbers.map((f) => f.replace(only, "")) };
  }

  const FORMATS = {
    csv(all) {
      const quoted = (field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
      const plainly = all.map(plain);
      const rows = [plainly.map((column) => column.title), ...lines(plainly)];
      return rows.map((row) => row.map(quoted).join(",") + "\n").join("");
    },
    markdown(all) {
      const rules = all.map((column) => (column.words ? ":--" : "--:"));
      const rows = [all.map((column) => column.title), rules, ...lines(all)];
      return rows.map((row) => `| ${row.map((field) => field.replaceAll("|", "\\|")).join(" | ")} |\n`).join("");
    },
    latex(all) {
      const escaped = (text) => text.replace(/[\\{}$&#_%~^<>|[*−–±≤≥×]/g, (one) => LATEX[one] || `\\${one}`);
      const row = (fields) => `${fields.map(escaped).join(" & ")} \\\\\n`;
      const sides = all.map((column) => (column.words ? "l" : "r")).join("");
      const [head, body] = [row(all.map((column) => column.title)), lines(all).map(row).join("")];
      return `\\begin{tabular}{${sides}}\n\\toprule\n${head}\\midrule\n${body}\\bottomrule\n\\end{tabular}\n`;
    },
  };

  // Where the page may not write to the clipboard (some browsers forbid it to files), the reader copies by hand.
  async function copy(text, shown, said) {
    try {
      await navigator.clipboard.writeText(text);
      shown.hidden = true;
      said.textContent = "Copied.";
    } catch {
      shown.hidden = false;
      shown.value = text;
      shown.select();
      said.textContent = "Press Ctrl+C or ⌘C: this browser lets no page copy by itself.";
    }
  }

  document.querySelectorAll("div.table").forEach((place) => {
    const table = place.querySelector("table");
    const tools = document.getElementById("copying").content.firstElementChild.cloneNode(true);
    tools.setAttribute("aria-label", `Copy the table “${table.caption.textContent}”`);
    tools.querySelectorAll("button").forEach((button) => button.addEventListener("click", () => {
      const text = FORMATS[button.dataset.format](columns(table));
      copy(text, tools.querySelector("textarea"), tools.querySelector("output"));
    }));
    place.append(tools);
  });
})();

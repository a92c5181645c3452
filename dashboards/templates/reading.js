// The rail marks the section that is read; a link into a folded part opens it; the ranking shows the chosen level.
(function () {
  const links = new Map([...document.querySelectorAll(".rail a")].map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const watcher = new IntersectionObserver((entries) => {
    entries.forEach(({ target, isIntersecting }) => (isIntersecting ? seen.add(target.id) : seen.delete(target.id)));
    const places = [...links.keys()].filter((id) => seen.has(id)).map((id) => document.getElementById(id));
    const current = places.find((place) => !places.some((other) => other !== place && place.contains(other)))?.id;
    links.forEach((link, id) => (id === current ? link.setAttribute("aria-current", "true")
      : link.removeAttribute("aria-current")));
  }, { rootMargin: "-10% 0px -60% 0px" });
  links.forEach((_, id) => { const part = document.getElementById(id); if (part) watcher.observe(part); });

  function open() {
    const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let fold = place && place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (place) place.scrollIntoView();
  }
  addEventListener("hashchange", open);
  addEventListener("click", ({ target }) => { // the address stays where the reader comes back to the same place
    const link = target.closest("a[href^='#']");
    if (link && link.hash === location.hash) open();
  });
  open();
  document.querySelectorAll(".jump a").forEach((link) => link.addEventListener("click", () => {
    link.closest("details").open = false;
  }));

  document.querySelectorAll("fieldset.choice").forEach((choice) => {
    const show = () => choice.querySelectorAll("input").forEach((input) => {
      document.getElementById(input.value).hidden = !input.checked;
    });
    choice.hidden = false;
    choice.addEventListener("change", show);
    show();
  });
})();

"use strict";
(() => {
  const body = document.querySelector("tbody");
  const heads = [...document.querySelectorAll("th")];
  const rows = [...body.rows];
  const form = document.querySelector("form");
  const input = form.querySelector("input");
  const output = form.querySelector("output");
  const language = document.documentElement.lang;
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const number = new Intl.NumberFormat(language);

  // Small letters without accents, so that "cafe" finds "Café".
  const bare = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const texts = rows.map((row) => bare([1, 2, 3].map((at) => row.cells[at].textContent).join(" ")));

  const search = () => {
    const words = bare(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, at) => {
      row.hidden = !words.every((word) => texts[at].includes(word));
      shown += !row.hidden;
    });
    const count = output.dataset.text
      .replace("{shown}", number.format(shown))
      .replace("{all}", number.format(rows.length));
    output.textContent = words.length ? (shown ? count : output.dataset.none) : "";
  };

  // What is empty comes last, whichever way is sorted.
  const sort = (head) => {
    const column = heads.indexOf(head);
    const isNumber = "number" in head.dataset;
    const descending = head.getAttribute("aria-sort") === "ascending";
    const key = (row) => {
      const cell = row.cells[column];
      return isNumber ? cell.dataset.key : cell.textContent.trim();
    };
    const compare = (one, other) =>
      isNumber ? Number(one) - Number(other) : collator.compare(one, other);
    const keyed = rows.map((row) => [key(row), row]);
    keyed.sort(([one], [other]) => {
      if (!one || !other) return Boolean(other) - Boolean(one);
      return descending ? compare(other, one) : compare(one, other);
    });
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    body.replaceChildren(...keyed.map(([, row]) => row));
  };

  heads.forEach((head) => head.firstElementChild.addEventListener("click", () => sort(head)));
  input.addEventListener("input", search);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  search();
})();

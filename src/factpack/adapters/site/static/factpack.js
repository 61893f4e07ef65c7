"use strict";
// What stands in a cell is text: it reaches the page through textContent alone.
(() => {
  const PAGE = 50;
  const MOST = 500;
  const SHOWN = ["fact_id", "subject", "predicate", "object", "value", "date", "phrase", "source_id"];
  const data = self.FACTPACK;
  const table = document.getElementById("table");

  function make(tag, text, attributes) {
    const element = document.createElement(tag);
    if (text !== undefined && text !== "") element.textContent = text;
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    return element;
  }

  async function copy(text, button) {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page from a disk may have no clipboard; a selection can be copied by hand.
      const area = make("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  for (const button of document.querySelectorAll(".copy")) {
    button.addEventListener("click", () => copy(button.parentElement.querySelector("code").textContent, button));
  }
  if (!data || !table) return;

  const ids = data.plain.fact_id;
  const total = ids.length;
  const at = new Map(ids.map((id, row) => [id, row]));
  const coded = Object.entries(data.coded).filter(([column]) => column !== "tables");

  function cell(row, column) {
    const plain = data.plain[column];
    if (plain) return plain[row];
    const one = data.coded[column];
    return one ? one.values[one.rows[row]] : "";
  }

  // Names of the vocabulary, as words.
  function words(row, column) {
    return cell(row, column).replaceAll("_", " ");
  }

  function value(row) {
    return ["modifier", "value", "unit"].map((column) => words(row, column)).filter(Boolean).join(" ");
  }

  // What a source denies is never shown as what it says.
  function denied(row, word) {
    return cell(row, "polarity") ? word : "";
  }

  // Searching one text a fact is faster than searching its cells; it is made when it is first asked for.
  let haystack = null;
  function texts() {
    if (haystack) return haystack;
    haystack = new Array(total);
    const named = coded.map(([, one]) => one.values.map((value) => `${value} ${data.names[value] || ""}`.toLowerCase()));
    for (let row = 0; row < total; row++) {
      let text = `${ids[row]} ${data.plain.value[row]} ${data.plain.date ? data.plain.date[row] : ""} ${data.plain.phrase[row]}`.toLowerCase();
      for (let index = 0; index < coded.length; index++) text += ` ${named[index][coded[index][1].rows[row]]}`;
      haystack[row] = text;
    }
    return haystack;
  }

  function state() {
    return new URLSearchParams(location.hash.slice(1));
  }

  function go(changes, replace) {
    const next = state();
    for (const [name, value] of Object.entries(changes)) value ? next.set(name, value) : next.delete(name);
    const hash = `#${next}`;
    if (replace) {
      history.replaceState(null, "", hash);
      show();
    } else {
      location.hash = hash;
    }
  }

  const form = document.getElementById("filter");
  const pages = document.getElementById("pages");
  const count = document.getElementById("count");
  const panel = document.getElementById("panel");

  function chosen(wanted) {
    let rows = null;
    for (const column of ["predicate", "source_id"]) {
      const value = wanted.get(column);
      if (!value) continue;
      const one = data.coded[column];
      const code = one.values.indexOf(value);
      rows = (rows || [...ids.keys()]).filter((row) => one.rows[row] === code);
    }
    const asked = (wanted.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
    if (asked.length) {
      const all = texts();
      rows = (rows || [...ids.keys()]).filter((row) => asked.every((word) => all[row].includes(word)));
    }
    rows = rows || [...ids.keys()];
    const sort = wanted.get("sort");
    if (sort) {
      const column = sort.replace(/^-/, "");
      const sign = sort.startsWith("-") ? -1 : 1;
      const keys = new Map(rows.map((row) => [row, cell(row, column)]));
      const numeric = column === "value";
      const order = new Intl.Collator("en", { numeric });
      rows = [...rows].sort((one, other) => sign * order.compare(keys.get(one), keys.get(other)));
    }
    return rows;
  }

  function draw(wanted) {
    const rows = chosen(wanted);
    const last = Math.max(1, Math.ceil(rows.length / PAGE));
    const page = Math.min(last, Math.max(1, Number(wanted.get("page")) || 1));
    const body = document.createDocumentFragment();
    for (const row of rows.slice((page - 1) * PAGE, page * PAGE)) {
      const line = make("tr");
      for (const column of SHOWN) {
        const text = column === "value" ? value(row) : cell(row, column);
        if (column === "fact_id") {
          const head = make("th", "", { scope: "row" });
          const next = new URLSearchParams(wanted);
          next.set("fact", text);
          head.append(make("a", text, { href: `#${next}` }));
          line.append(head);
        } else {
          line.append(make("td", column === "predicate" ? denied(row, "not ") + words(row, column) : data.names[text] || text));
        }
      }
      body.append(line);
    }
    table.tBodies[0].replaceChildren(body);
    count.textContent = `${rows.length.toLocaleString("en")} of ${total.toLocaleString("en")} fact${total === 1 ? "" : "s"}`;
    pages.hidden = last === 1;
    pages.querySelector("span").textContent = `page ${page} of ${last}`;
    pages.querySelector("[data-step='-1']").disabled = page === 1;
    pages.querySelector("[data-step='1']").disabled = page === last;
    for (const head of table.tHead.rows[0].cells) {
      const sort = wanted.get("sort") || "";
      const own = sort.replace(/^-/, "") === head.dataset.column;
      head.setAttribute("aria-sort", own ? (sort.startsWith("-") ? "descending" : "ascending") : "none");
    }
  }

  function phrase(row) {
    const text = [...data.plain.phrase[row]];
    const quoted = make("span");
    let from = 0;
    for (const [start, end] of data.marks[ids[row]] || []) {
      if (start < from) continue;
      quoted.append(text.slice(from, start).join(""), make("mark", text.slice(start, end).join("")));
      from = end;
    }
    quoted.append(text.slice(from).join(""));
    return quoted;
  }

  function link(id) {
    return make("a", id, { href: `#fact=${encodeURIComponent(id)}` });
  }

  function tell(row) {
    const id = ids[row];
    const source = data.sources[cell(row, "source_id")] || {};
    const list = make("dl");
    const say = (name, ...parts) => {
      if (!parts.some((part) => part && (part.nodeType || String(part).trim()))) return;
      const told = make("dd");
      told.append(...parts);
      list.append(make("dt", name), told);
    };
    const name = (column) => data.names[cell(row, column)] || cell(row, column);
    say("claim", `${denied(row, "not: ")}${name("subject")} ${words(row, "predicate")} ${name("object")}`.trim());
    say("value", value(row));
    say("date", cell(row, "date"));
    say("as of", cell(row, "as_of"));
    const note = source.text_kind === "note";
    const quoted = make(note ? "span" : "q");
    quoted.append(phrase(row));
    say(note ? "from our note on the article" : "the words", quoted);
    const place = data.plain.paragraph && data.plain.paragraph[row] ? `, paragraph ${data.plain.paragraph[row]}` : "";
    const title = source.title || cell(row, "source_id");
    const url = /^https?:\/\//.test(source.url || "") ? source.url : "";
    say("source", url ? make("a", title, { href: url, rel: "noopener noreferrer external" }) : title,
      [source.publisher && `, ${source.publisher}`, source.published && `, ${source.published}`, place].filter(Boolean).join(""));
    say("said by", name("attributed_to"));
    say("verdict", words(row, "verdict"));
    for (const [status, values, others] of data.together[id] || []) {
      const told = [`${status}: ${values.map((value) => data.names[value] || value).join(", ")}; see `];
      others.forEach((other, index) => told.push(index ? ", " : "", link(other)));
      say("other sources", ...told);
    }
    for (const [version, was] of data.history[id] || []) say(`in ${version}`, was);
    say("checked in", cell(row, "tables"));
    say("proof", make("code", `factpack prove ${id}`), data.root ? " against the root " : "", data.root ? make("code", data.root, { class: "hash" }) : "");
    say("note", cell(row, "note"));
    const close = make("button", "Close", { type: "button", class: "close" });
    close.addEventListener("click", () => go({ fact: "" }));
    const cite = make("button", "Copy citation", { type: "button" });
    cite.addEventListener("click", () => copy(data.citation.replaceAll(data.fact, id), cite));
    const own = make("a", "Link to this fact", { href: `#fact=${encodeURIComponent(id)}` });
    panel.replaceChildren(close, make("h2", id), list, cite, " ", own);
    panel.hidden = false;
    panel.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  }

  let told = null;
  let drawn = null;
  let opener = null;
  function show() {
    // A plain anchor, such as #sources, is the browser's own business.
    const raw = location.hash.slice(1);
    const wanted = raw.includes("=") ? state() : new URLSearchParams();
    const fact = wanted.get("fact");
    wanted.delete("fact");
    for (const field of form.elements) if (field.name) field.value = wanted.get(field.name) || "";
    // Opening a fact leaves the table as it is, so that who closes it is back where he was.
    if (drawn !== wanted.toString()) draw(wanted);
    drawn = wanted.toString();
    if (fact !== null) {
      if (panel.hidden) opener = document.activeElement;
      if (at.has(fact)) tell(at.get(fact));
      else panel.replaceChildren(make("p", `There is no fact ${fact} in version ${data.version}.`));
      panel.hidden = false;
    } else if (!panel.hidden) {
      panel.hidden = true;
      if (opener && opener.isConnected) opener.focus();
    }
    if (wanted.get("source_id") && told !== wanted.get("source_id")) document.getElementById("facts").scrollIntoView();
    told = wanted.get("source_id");
  }

  for (const column of ["predicate", "source_id"]) {
    let select = form.elements[column];
    const values = data.coded[column].values;
    if (values.length > MOST) {
      // Nobody picks from so many; the value is typed.
      const typed = make("input", "", { type: "search", name: column, autocomplete: "off" });
      select.replaceWith(typed);
      select = typed;
    } else {
      for (const value of values) select.append(make("option", value, { value }));
    }
    select.addEventListener("change", () => go({ [column]: select.value, page: "", fact: "" }));
  }
  let waiting = 0;
  form.elements.q.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => go({ q: form.elements.q.value, page: "", fact: "" }, true), 120);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of pages.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      const page = (Number(state().get("page")) || 1) + Number(button.dataset.step);
      go({ page: page > 1 ? String(page) : "" });
    });
  }
  for (const head of table.tHead.rows[0].cells) {
    const button = make("button", head.textContent, { type: "button" });
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const column = head.dataset.column;
      go({ sort: state().get("sort") === column ? `-${column}` : column, page: "" });
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) go({ fact: "" });
  });
  addEventListener("hashchange", show);
  form.hidden = false;
  show();
})();

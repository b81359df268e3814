"use strict";
// Steps through the passes of one compilation. All text goes into the page as text, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const CHUNK = 200; // lines that are made at once; more come as they scroll into view
const SIGNS = [" ", "-", "+", " "], CLASSES = ["", "minus", "plus", "skip"];
const PIECES = new RegExp([
  "(?<comment>//.*)",
  "(?<operation>\"[\\w.$]+\"(?=\\())",
  "(?<string>\"(?:[^\"\\\\]|\\\\.)*\")",
  "(?<value>%[\\w$.-]+)",
  "(?<block>\\^[\\w$.-]+)",
  "(?<symbol>@(?:[\\w$.-]+|\"(?:[^\"\\\\]|\\\\.)*\"))",
  "(?<attribute>#[\\w$.-]+)",
  "(?<type>![\\w$.-]+|\\b(?:tensor|array|dense|dense_resource|index|none|unit|bf16|f16|f32|f64|i[0-9]+)\\b)",
  "(?<number>(?<![\\w.])-?(?:0x[0-9A-Fa-f]+|[0-9]+(?:\\.[0-9]*(?:[eE][-+]?[0-9]+)?)?)(?![\\w.]))",
].join("|"), "g");
const state = { step: 0, diff: true, filter: "", line: null };
const by = (id) => document.getElementById(id);

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// ---- rows: [sign, depth, string, place] each

function rowsOf(step) {
  const rows = [];
  if (state.diff && step.diff) {
    for (let i = 0; i < step.diff.length; i += 4) rows.push(step.diff.slice(i, i + 4));
  } else {
    const flat = data.steps[step.text].lines;
    for (let i = 0; i < flat.length; i += 3) rows.push([0, flat[i], flat[i + 1], flat[i + 2]]);
  }
  return rows;
}

function isAt(place, file, line) {
  return place >= 0 && data.places[place].some((p) => p[0] === file && p[1] === line);
}

function visibleRows(step) {
  let rows = rowsOf(step);
  if (state.line) rows = rows.filter((row) => isAt(row[3], state.line[0], state.line[1]));
  const wanted = state.filter.toLowerCase();
  return wanted ? rows.filter((row) => data.strings[row[2]].toLowerCase().includes(wanted)) : rows;
}

function colored(text) {
  const parts = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(PIECES)) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    parts.append(text.slice(end, match.index), element("span", kind, match[0]));
    end = match.index + match[0].length;
  }
  parts.append(text.slice(end));
  return parts;
}

function placeLink(index) {
  const places = data.places[index];
  const [file, line, column] = places[0];
  const name = `${data.files[file].name}:${line}` + (places.length > 1 ? ` +${places.length - 1}` : "");
  const link = element(data.files[file].lines.length ? "a" : "span", "place", name);
  link.title = places.map((p) => `${data.files[p[0]].name}:${p[1]}:${p[2]}`).join("\n");
  if (data.files[file].lines.length) {
    link.href = `#line-${file}-${line}`;
    link.addEventListener("click", (event) => { event.preventDefault(); markSource(places, true); });
  }
  return link;
}

function rowElement(row) {
  const [sign, depth, string, place] = row;
  const made = element("div", `row ${CLASSES[sign]}`);
  const text = element("span", "text");
  text.append("  ".repeat(depth), colored(data.strings[string]));
  made.append(element("span", "sign", SIGNS[sign]), text);
  if (place >= 0 && data.places[place].length) {
    made.append(placeLink(place));
    made.addEventListener("mouseenter", () => markSource(data.places[place], false));
    made.addEventListener("mouseleave", () => markSource([], false));
  }
  return made;
}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) entry.target.dispatchEvent(new Event("seen"));
}, { root: by("code"), rootMargin: "800px" });

function showRows(rows, start) {
  const chunk = element("div", "chunk");
  const end = Math.min(start + CHUNK, rows.length);
  for (let i = start; i < end; i++) chunk.append(rowElement(rows[i]));
  by("code").append(chunk);
  if (end === rows.length) return;
  const more = element("div", "more", `${(rows.length - end).toLocaleString("en")} more lines`);
  by("code").append(more);
  more.addEventListener("seen", () => { watcher.unobserve(more); more.remove(); showRows(rows, end); });
  watcher.observe(more);
}

// ---- one pass

function counts(step) {
  const made = element("span", "counts");
  const signs = { erased: ["−", "gone"], inserted: ["+", "new"], changed: ["~", "odd"], moved: ["↷", "odd"] };
  for (const [kind, [sign, className]] of Object.entries(signs)) {
    const number = step.counts[kind];
    if (!number) continue;
    const part = element("span", className, sign + number.toLocaleString("en"));
    part.title = `${number.toLocaleString("en")} ${kind}`;
    made.append(part);
  }
  return made;
}

function notice(step) {
  const whole = "; the file has them";
  const parts = [];
  const left = state.diff && step.diff ? step.diff_left_out : data.steps[step.text].left_out;
  if (left) parts.push(`${left.toLocaleString("en")} lines are left out here to keep the page small${whole}`);
  if (state.line) parts.push(`only operations from ${data.files[state.line[0]].name}:${state.line[1]}`);
  if (state.filter) parts.push(`only lines with “${state.filter}”`);
  return parts.join(" · ");
}

function show() {
  const step = data.steps[state.step];
  by("heading").textContent = step.title;
  by("summary").textContent = step.summary;
  by("file").textContent = step.file;
  by("file").setAttribute("href", step.file);
  by("previous").disabled = state.step === 0;
  by("next").disabled = state.step === data.steps.length - 1;
  by("as-diff").disabled = !step.diff;
  const isDiff = state.diff && Boolean(step.diff);
  by("as-diff").setAttribute("aria-pressed", isDiff);
  by("as-text").setAttribute("aria-pressed", !isDiff);
  by("notice").textContent = notice(step);
  by("code").replaceChildren();
  watcher.disconnect();
  by("code").scrollTo(0, 0);
  const rows = visibleRows(step);
  if (rows.length) showRows(rows, 0);
  else by("code").append(element("div", "more", isDiff && !state.line && !state.filter ? "no change" : "no lines"));
  document.querySelectorAll("#steps button").forEach((button, index) => {
    if (index === state.step) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
  document.querySelector("[aria-current]").scrollIntoView({ block: "nearest" });
  history.replaceState(null, "", `#${state.step}${isDiff || !step.diff ? "" : "-text"}`);
  showUsedLines(step);
}

function go(step) {
  if (step < 0 || step >= data.steps.length || step === state.step) return;
  state.step = step;
  show();
}

function goChanged(direction) {
  for (let i = state.step + direction; i >= 0 && i < data.steps.length; i += direction)
    if (data.steps[i].changed) return go(i);
}

function change(settings) {
  Object.assign(state, settings);
  show();
}

// ---- the model

function showSources() {
  data.files.forEach((file, index) => {
    if (!file.lines.length) return;
    if (data.files.filter((other) => other.lines.length).length > 1)
      by("source").append(element("div", "file-name", file.name));
    file.lines.forEach((text, number) => {
      const row = element("div", "source-line");
      row.id = `line-${index}-${number + 1}`;
      row.append(element("span", "line-number", number + 1), element("span", "source-text", text));
      row.addEventListener("click", () => {
        if (!row.classList.contains("used") && !row.classList.contains("chosen")) return;
        const same = state.line && state.line[0] === index && state.line[1] === number + 1;
        change({ line: same ? null : [index, number + 1] });
      });
      by("source").append(row);
    });
  });
  const shown = data.files.filter((file) => file.lines.length).map((file) => file.name);
  by("source-name").textContent = shown.join(", ");
  const narrow = window.innerWidth < 960; // no room for it beside the code; `s` shows it
  document.body.classList.toggle("no-model", shown.length === 0 || narrow);
}

function showUsedLines(step) {
  const used = new Map();
  for (const row of rowsOf(step)) {
    if (row[3] < 0) continue;
    for (const [file, line] of data.places[row[3]]) {
      const id = `line-${file}-${line}`;
      used.set(id, (used.get(id) || 0) + 1);
    }
  }
  document.querySelectorAll(".source-line").forEach((row) => {
    const number = used.get(row.id);
    row.classList.toggle("used", number !== undefined);
    row.title = number === undefined ? "" : `${number} operations here; click for only these`;
    row.classList.toggle("chosen", Boolean(state.line) && row.id === `line-${state.line[0]}-${state.line[1]}`);
  });
  by("source-note").textContent = "click a line for its operations";
}

function markSource(places, scroll) {
  document.querySelectorAll(".source-line.marked").forEach((row) => row.classList.remove("marked"));
  places.forEach(([file, line], index) => {
    const row = by(`line-${file}-${line}`);
    if (!row) return;
    row.classList.add("marked");
    if (scroll && index === 0) row.scrollIntoView({ block: "center" });
  });
}

// ---- all passes

function showSteps() {
  data.steps.forEach((step, index) => {
    const item = element("li", step.when === "failed" ? "failed" : step.changed ? "" : "same");
    const button = element("button");
    button.append(
      element("span", "number", index), element("span", "name", step.name),
      element("span", "operations", step.operations.toLocaleString("en")),
    );
    button.title = `${step.title}: ${step.summary}`;
    if (step.changed) button.append(counts(step));
    button.addEventListener("click", () => go(index));
    item.append(button);
    by("steps").append(item);
  });
}

function highlightValue(event) {
  document.querySelectorAll(".same-value").forEach((span) => span.classList.remove("same-value"));
  if (!event.target.classList.contains("value")) return;
  document.querySelectorAll("#code .value").forEach((span) => {
    if (span.textContent === event.target.textContent) span.classList.add("same-value");
  });
}

const KEYS = {
  j: () => go(state.step + 1), ArrowRight: () => go(state.step + 1),
  k: () => go(state.step - 1), ArrowLeft: () => go(state.step - 1),
  J: () => goChanged(1), K: () => goChanged(-1),
  d: () => change({ diff: !state.diff }),
  w: () => document.body.classList.toggle("wrap"),
  s: () => document.body.classList.toggle("no-model"),
  "/": () => by("filter").focus(),
  Escape: () => { by("filter").value = ""; change({ filter: "", line: null }); },
};
document.addEventListener("keydown", (event) => {
  const typing = event.target === by("filter");
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  if (typing && event.key !== "Escape") return;
  event.preventDefault();
  if (typing) by("filter").blur();
  KEYS[event.key]();
});
by("previous").addEventListener("click", KEYS.k);
by("next").addEventListener("click", KEYS.j);
by("as-diff").addEventListener("click", () => change({ diff: true }));
by("as-text").addEventListener("click", () => change({ diff: false }));
by("filter").addEventListener("input", () => change({ filter: by("filter").value }));
by("code").addEventListener("mouseover", highlightValue);
const asked = /^#(\d+)(-text)?$/.exec(location.hash);
if (asked) {
  state.step = Math.min(Number(asked[1]), data.steps.length - 1);
  state.diff = !asked[2];
}
by("elided").textContent = `Constants of more than ${data.elide_large} elements are shown without them; `
  + "the files have all.";
showSources();
showSteps();
show();

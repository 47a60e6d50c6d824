"""How a page looks: light and dark, on a phone, and on paper. It names no font that has to be fetched."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1b1d21; --soft: #565b64; --line: #d5d8de; --box: #f6f7f9; --link: #0b4fae;
  --proved: #0b5a2c; --proved-box: #e2f4e8; --refuted: #94191c; --refuted-box: #fde9e8;
  --unknown: #664a00; --unknown-box: #fdf2cf;
  --blue: #0072b2; --red: #d55e00; --green: #00795a; --orange: #e69f00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #e7e9ec; --soft: #b3b8c0; --line: #3a3f47; --box: #1c2026; --link: #8cb8ff;
    --proved: #92e0ad; --proved-box: #12331f; --refuted: #ffb7b3; --refuted-box: #451a1b;
    --unknown: #ffdc82; --unknown-box: #3a2f0b;
    --blue: #6db9f0; --red: #ff9a5a; --green: #4fd1a8; --orange: #f2b84b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem clamp(0.8rem, 4vw, 2.5rem) 3rem; max-width: 60rem;
  background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif;
}
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: 1.7rem; margin: 0.6rem 0; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 0.6rem; padding-bottom: 0.2rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.4rem 0 0.4rem; }
p { margin: 0.5rem 0; }
a { color: var(--link); }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 0.5rem; top: 0.5rem; background: var(--paper); padding: 0.4rem; }
nav ul { padding-left: 1.2rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.9rem; }
math, var { font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math", "Libertinus Math", math;
  font-size: 1.1em; }
math[display="block"] { width: max-content; margin: 0.35rem 0; }
mtable.cases mtd { text-align: left; padding: 0.15em 0.4em; }
mfrac { padding-inline: 0.1em; }
annotation { display: none; }
code, .said { font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace; font-size: 0.92em; }
.said { white-space: pre-wrap; }
.formula, .wide { overflow-x: auto; overflow-y: hidden; max-width: 100%; padding: 0.15rem 0.1rem; }
.formula .more { padding-left: 1.5rem; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.steps, .statements, .plain { list-style: none; padding: 0; margin: 0; }
.steps > li, .statements > li, .plain > li { margin: 0 0 1.1rem; }
.steps > li { border-left: 3px solid var(--line); padding-left: 0.8rem; }
details { background: var(--box); border: 1px solid var(--line); border-radius: 6px; margin: 0.3rem 0; }
summary { cursor: pointer; padding: 0.35rem 0.7rem; }
.inside { padding: 0 0.8rem 0.6rem; }
dl { margin: 0; display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.25rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
dd ul, .inside ul { margin: 0; padding-left: 1.2rem; }
.verdict {
  display: inline-block; border: 1px solid; border-radius: 4px; padding: 0 0.45em;
  font-weight: 600; white-space: nowrap;
}
.proved { color: var(--proved); background: var(--proved-box); }
.refuted { color: var(--refuted); background: var(--refuted-box); }
.unknown { color: var(--unknown); background: var(--unknown-box); }
figure { margin: 0 0 1.6rem; }
.panels { display: flex; flex-wrap: wrap; gap: 0.6rem; justify-content: center; }
.panels svg { flex: 1 1 17rem; min-width: 0; max-width: 34rem; height: auto; }
figcaption { color: var(--soft); font-size: 0.95rem; margin-top: 0.4rem; }
.note { color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-size: 0.95rem; overflow-wrap: normal; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.3rem; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.7rem 0.3rem 0; border-bottom: 1px solid var(--line); }
th[scope="row"] { font-weight: normal; min-width: 3rem; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
@media (max-width: 36rem) {
  body { font-size: 0.97rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.5rem; }
  .formula .more { padding-left: 0.6rem; }
}
@page { margin: 18mm; }
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --box: #fff; --link: #000;
    --proved: #063; --proved-box: #fff; --refuted: #900; --refuted-box: #fff; --unknown: #530; --unknown-box: #fff;
    --blue: #0072b2; --red: #d55e00; --green: #00795a; --orange: #e69f00;
  }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav, .skip { display: none; }
  h2, h3, summary { break-after: avoid; }
  .steps > li > .formula, tr, figure { break-inside: avoid; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  summary { list-style: none; }
  /* nothing scrolls on paper: what is wider than a line of 62 letters is set smaller */
  .formula { overflow: visible; }
  .formula math { font-size: calc(1.1em * min(1, 62 / var(--letters))); }
  .wide { overflow: visible; }
  .panels { flex-wrap: nowrap; }
}
"""

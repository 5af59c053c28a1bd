/**
 * The style of the page, in both colour schemes. ASCII alone: one character beyond Latin 1 would double what the page
 * takes in memory, and the time to write it. No element has a style attribute: the policy would refuse it.
 */
export const pageStyle: string = /* css */ `
:root {
  color-scheme: light dark;
  --back: #fcfcfb; --raised: #fff; --text: #1d2025; --dim: #5b626c; --line: #dfe1e5; --link: #0a56c2;
  --red: #b3202a; --tint: #fdeceb; --mark: #ffd0cc; --warn: #fff4e0; --warn-line: #c77700; --good: #17663a;
  --comment: #616a75; --string: #17663a; --keyword: #8527a3; --number: #0b57a8;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #15171b; --raised: #1b1e23; --text: #e1e4e9; --dim: #a0a8b3; --line: #31363e; --link: #8bb8ff;
    --red: #ff8a84; --tint: #35211f; --mark: #6f2f2c; --warn: #2b2416; --warn-line: #e0a23c; --good: #84d6a3;
    --comment: #97a0ab; --string: #8fd6a6; --keyword: #d6b0ff; --number: #93c0ff;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 1rem; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 2rem 4rem; max-width: 80rem;
  background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
pre, code, textarea, .mono, .fn, .at, .tree, .line, .name, table { font-family: var(--mono); font-size: 13px; }
h1, h2, p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
ol, ul { list-style: none; }
a { color: var(--link); text-underline-offset: 2px; }
a:not(:hover) { text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .3rem .6rem; background: var(--raised); z-index: 1; }
.why, .where, dt { color: var(--dim); }
.why { font: 13px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }

.top { margin-bottom: 2rem; }
.where { overflow-wrap: anywhere; }
.where code { color: var(--text); }
h1 { margin: .9rem 0 0; max-width: 64rem; font-weight: 600; overflow-wrap: anywhere; }
h1 .name { display: block; font-size: 15px; font-weight: 700; color: var(--red); }
h1 .message { display: block; margin-top: .15rem; font-size: 26px; line-height: 1.3; letter-spacing: -.01em; }
h1 .message.wordy { font-size: 18px; font-weight: 600; letter-spacing: 0; }
.code { font-weight: 400; color: var(--dim); }
.code::before { content: "["; } .code::after { content: "]"; }
.whole { margin-top: .8rem; max-width: 64rem; }
.whole pre { margin-top: .4rem; max-height: 20rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.lines { margin-top: .5rem; max-width: 64rem; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; }
.chain { margin-top: 1rem; }
.chain li { padding-left: 1.4rem; overflow-wrap: anywhere; }
.chain li::before { content: "\\2514\\20"; margin-left: -1.2rem; color: var(--dim); }
.chain a { text-decoration: none; color: inherit; } .chain a:hover { text-decoration: underline; }
.chain a b { color: var(--red); font-weight: 600; }
.d2 { margin-left: 1.4rem; } .d3 { margin-left: 2.8rem; } .d4 { margin-left: 4.2rem; }
.d5 { margin-left: 5.6rem; } .d6 { margin-left: 7rem; }
.tools { margin-top: 1.1rem; display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; font-size: 13px; }
.tools nav { display: flex; gap: 1rem; } .tools nav a { color: var(--dim); }
.copy { display: flex; gap: .4rem; align-items: center; } .copy a { text-decoration: none; }
button, .copy a {
  padding: .25rem .7rem; border: 1px solid var(--line); border-radius: 6px; background: var(--raised);
  color: inherit; font: inherit; font-size: 13px; cursor: pointer;
}
button:hover, .copy a:hover { border-color: var(--dim); }
.tag {
  padding: 0 .45em; border: 1px solid var(--line); border-radius: 1em;
  font: 12px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--dim); white-space: nowrap;
}

.box { margin-bottom: 2rem; padding: .8rem 1.1rem; border-left: 3px solid var(--line); background: var(--raised); }
.box.bad { border-color: var(--warn-line); background: var(--warn); }
.box h2 { font-size: 15px; font-weight: 650; }
.box .fix { margin-top: .35rem; overflow-wrap: anywhere; }
.notes { margin-bottom: 1.5rem; color: var(--dim); }

details > summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before {
  content: ""; display: inline-block; flex: none; width: .42em; height: .42em; margin: 0 .7em .12em .15em;
  border: solid var(--dim); border-width: 0 1.5px 1.5px 0; transform: rotate(-45deg);
}
[open] > summary::before { transform: rotate(45deg); }
summary:hover::before { border-color: var(--text); }

.error { margin-bottom: 2.5rem; }
.error > header { margin-bottom: .5rem; }
.folded { margin-bottom: 1rem; }
.folded > details > summary { display: flex; align-items: baseline; }
.folded h2 { min-width: 0; font-size: 15px; font-weight: 500; }
h2 { font-size: 17px; font-weight: 650; line-height: 1.35; overflow-wrap: anywhere; }
h2 .name { font-size: 14px; color: var(--red); }
.pager { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .6rem; margin-bottom: .1rem; }
.pager a { font-size: 13px; }
.error:target > header h2 { text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: .3em; }
#frames:focus { outline: none; }

.frames > li { border-top: 1px solid var(--line); }
.error > .frames { border-bottom: 1px solid var(--line); }
.frame { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .6rem; padding: .42rem 0; }
summary.frame::before { margin-right: .1em; align-self: center; margin-bottom: 0; }
div.frame { padding-left: 1.25rem; }
.editable { position: relative; } .editable .frame { padding-right: 3.2rem; }
.edit { position: absolute; top: .42rem; right: 0; font-size: 13px; }
.fn { overflow-wrap: anywhere; }
.app .fn { font-weight: 650; }
.anon { font-weight: 400; font-style: italic; color: var(--dim); }
.at { margin-left: auto; color: var(--dim); overflow-wrap: anywhere; text-align: right; }
.at b { font-weight: 400; color: var(--text); }
.dependency .fn, .node .fn, .dependency .at b, .node .at b { color: var(--dim); }
.fold > details > summary, .fold.why { padding: .3rem 0; font-size: 13px; color: var(--dim); }
.fold .frames { padding-left: 1.25rem; }
.body { padding: .1rem 0 1rem 1.25rem; display: grid; gap: .8rem 1.6rem; grid-template-columns: minmax(0, 1fr); }
.src, .long, .stack pre, .whole pre, textarea {
  border: 1px solid var(--line); border-radius: 6px; background: var(--raised); padding: .55rem .8rem;
}
.src { padding: .5rem 0; overflow-x: auto; line-height: 1.6; tab-size: 2; }
.src code { display: block; width: max-content; min-width: 100%; }
.l { display: block; padding-right: 1rem; }
.l::before {
  content: attr(data-n); display: inline-block; width: 3.4rem; margin-right: 1rem; padding-right: .6rem;
  text-align: right; color: var(--dim); border-right: 1px solid var(--line);
}
.cur { background: var(--tint); }
.cur::before { color: var(--red); font-weight: 700; border-color: var(--red); }
mark {
  background: var(--mark); color: inherit; border-radius: 2px;
  text-decoration: underline; text-decoration-color: var(--red); text-decoration-thickness: 2px; text-underline-offset: 3px;
}
.src .c { color: var(--comment); } .src .s { color: var(--string); }
.src .k { color: var(--keyword); } .src .n { color: var(--number); }
.body > div > .why { margin-top: .4rem; }

.scope { margin-top: .5rem; }
.vars > .scope:first-child { margin-top: 0; }
.scope > summary { font-size: 13px; font-weight: 600; }
.scope > summary .why { font-weight: 400; }
.scope > .tree, .scope > table, .scope > .why { margin: .2rem 0 .6rem 1.25rem; }
.tree { line-height: 1.6; }
.tree .tree { margin-left: .3rem; padding-left: 1rem; border-left: 1px solid var(--line); }
.row { overflow-wrap: anywhere; white-space: pre-wrap; padding-left: 1.15rem; text-indent: -1.15rem; }
div.row { text-indent: 0; }
summary.row::before { margin-right: .55em; }
.row .k { color: var(--text); font-weight: 600; }
.row .k, .row .s, .fn, .at, .message, .src .s, .src .c, dd, td { unicode-bidi: isolate; }
.row .s { color: var(--string); } .row .n { color: var(--number); } .row .z { color: var(--dim); }
.k2 { color: var(--keyword); font-weight: 400; }
.long { margin: .2rem 0 .5rem 1.15rem; max-height: 24rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.stack > summary { font-weight: 400; color: var(--dim); }
.stack pre { margin-top: .4rem; overflow-x: auto; }

.columns { display: grid; gap: 2.2rem 3rem; grid-template-columns: minmax(0, 1fr); border-top: 1px solid var(--line); padding-top: 2rem; }
.other { margin-top: .6rem; overflow-wrap: anywhere; }
.facts h2 { margin-bottom: .4rem; }
.line { overflow-wrap: anywhere; }
.line b { font-weight: 700; }
dl { margin-top: .4rem; }
dl div { display: flex; gap: 1rem; padding: .1rem 0; }
dt { flex: none; width: 9.5rem; overflow-wrap: anywhere; }
dd { min-width: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: calc(100% - 1.25rem); table-layout: fixed; }
th, td { padding: .12rem 0; text-align: left; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
th { width: 38%; padding-right: 1rem; color: var(--dim); }
textarea { display: block; width: 100%; margin: .4rem 0; color: inherit; resize: vertical; line-height: 1.5; }

@media (min-width: 62rem) {
  .columns, .two { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .two { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); }
}
@media (max-width: 40rem) {
  body { padding: 1.2rem 1rem 3rem; }
  h1 .message { font-size: 21px; }
  .at { margin-left: 1.25rem; flex-basis: 100%; text-align: left; }
  div.frame .at { margin-left: 0; }
  .body, .fold .frames { padding-left: 0; }
  .l::before { width: 2.6rem; margin-right: .6rem; padding-right: .5rem; }
  dt { width: 6.5rem; }
  .d2, .d3, .d4, .d5, .d6 { margin-left: 1rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 11px; }
  .tools, .skip, .edit, .pager a { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .src, .src code { overflow: visible; white-space: pre-wrap; width: auto; }
  .frames > li, .box, tr { break-inside: avoid; }
}
`
  .trim()
  .replaceAll(/\n\s*/g, '\n')

// The style sheet of the generated documentation.
#pragma once

namespace reel::cli {

inline constexpr const char* docs_style = R"css(:root {
  color-scheme: light dark;
  --ink: #1c2024; --soft: #60646c; --line: #d9d9e0; --faint: #ececf0; --paper: #fff; --bar: #f9f9fb; --chip: #eef0f3;
  --link: #0d47a1; --red: #b71c1c; --orange: #bf360c; --green: #1b5e20;
  --red-paper: #ffebee; --orange-paper: #fff3e0; --green-paper: #e8f5e9; --blue-paper: #e3f2fd;
  --stroke: #3a3f45; --red-stroke: #c62828; --orange-stroke: #d84315; --green-stroke: #2e7d32; --blue-stroke: #1565c0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6e8eb; --soft: #a0a6ae; --line: #3a3f45; --faint: #2b2f33; --paper: #16181a; --bar: #1e2124;
    --chip: #2f3439; --link: #8ab4f8; --red: #ff8a80; --orange: #ffab91; --green: #a5d6a7;
    --red-paper: #3b1d1d; --orange-paper: #3a2a1a; --green-paper: #1b331d; --blue-paper: #17293b;
    --stroke: #c3c7cd; --red-stroke: #ef5350; --orange-stroke: #ff8a65; --green-stroke: #66bb6a; --blue-stroke: #64b5f6;
  }
  .graph svg { filter: invert(0.9) hue-rotate(180deg); }
}
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, "Liberation Sans", sans-serif; color: var(--ink);
  background: var(--paper); }
nav { padding: 10px 24px; border-bottom: 1px solid var(--line); background: var(--bar); }
nav a { margin-left: 18px; }
main { max-width: 1100px; margin: 0 auto; padding: 8px 24px 64px; }
h1 { font-size: 26px; margin: 20px 0 4px; }
h2 { font-size: 19px; margin: 32px 0 8px; padding-top: 8px; border-top: 1px solid var(--line); }
h2 small { color: var(--soft); font-weight: normal; }
h3 { font-size: 14px; font-weight: 600; margin: 24px 0 6px; line-height: 1.4; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
a.failure { color: var(--red); }
a.compensation { color: var(--orange); }
a.terminal { color: var(--green); }
a.internal { color: var(--soft); }
code { font: 13px ui-monospace, "Liberation Mono", monospace; }
table { border-collapse: collapse; width: 100%; margin: 8px 0 16px; }
th { text-align: left; color: var(--soft); font-weight: normal; font-size: 13px; }
th, td { padding: 5px 16px 5px 0; border-bottom: 1px solid var(--faint); vertical-align: top; overflow-wrap: anywhere; }
td p { margin: 0; }
table.events td:first-child { width: 38%; }
table.reactions td:first-child { width: 26%; }
table.reactions td:nth-child(2) { width: 28%; }
tr.undo td:nth-child(2)::before { content: "\21B6\00A0"; color: var(--orange); }
.name { margin-top: 0; overflow-wrap: anywhere; }
.tag { font-size: 12px; padding: 1px 7px; border-radius: 9px; background: var(--chip); color: var(--soft);
  white-space: nowrap; }
.tag.failure, .tag.personal { background: var(--red-paper); color: var(--red); }
.tag.compensation { background: var(--orange-paper); color: var(--orange); }
.tag.terminal { background: var(--green-paper); color: var(--green); }
.key { font-weight: 600; }
.key.failing { color: var(--red); }
.key.undoing { color: var(--orange); }
.wide { overflow-x: auto; }
.graph { margin-left: calc(50% - 50vw + 16px); width: calc(100vw - 48px); }
.graph svg { width: 100%; height: auto; }
ul.paths { list-style: none; padding-left: 0; }
ul.paths li { margin-bottom: 4px; }
svg.sequence { font: 13px system-ui, "Liberation Sans", sans-serif; }
.sequence path { fill: none; stroke: var(--stroke); stroke-width: 1.3; }
.sequence path.head { fill: var(--stroke); stroke: none; }
.sequence text { fill: var(--ink); }
.sequence rect { fill: var(--chip); stroke: var(--soft); }
.sequence .lifeline path { stroke: var(--line); stroke-width: 1; }
.sequence .lifeline rect { fill: var(--blue-paper); stroke: var(--blue-stroke); }
.sequence .lifeline text { font-weight: 600; }
.sequence .failing path { stroke: var(--red-stroke); }
.sequence .failing text { fill: var(--red); }
.sequence .failing rect { fill: var(--red-paper); stroke: var(--red-stroke); }
.sequence .undoing path { stroke: var(--orange-stroke); stroke-dasharray: 5 4; }
.sequence .undoing path.head { fill: var(--orange-stroke); stroke: none; }
.sequence .undoing text { fill: var(--orange); }
.sequence .undoing rect { fill: var(--orange-paper); stroke: var(--orange-stroke); stroke-dasharray: 4 3; }
.sequence .ending rect { fill: var(--green-paper); stroke: var(--green-stroke); stroke-width: 2; }
.sequence .ending text { fill: var(--green); }
)css";

} // namespace reel::cli

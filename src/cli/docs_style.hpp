// The style sheet of the generated documentation.
#pragma once

namespace reel::cli {

inline constexpr const char* docs_style = R"css(:root {
  --ink: #1c2024; --soft: #60646c; --line: #d9d9e0; --red: #b71c1c; --orange: #bf360c; --green: #1b5e20;
}
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, "Liberation Sans", sans-serif; color: var(--ink); background: #fff; }
nav { padding: 10px 24px; border-bottom: 1px solid var(--line); background: #f9f9fb; }
nav a { margin-left: 18px; }
main { max-width: 1100px; margin: 0 auto; padding: 8px 24px 64px; }
h1 { font-size: 26px; margin: 20px 0 4px; }
h2 { font-size: 19px; margin: 32px 0 8px; padding-top: 8px; border-top: 1px solid var(--line); }
h2 small { color: var(--soft); font-weight: normal; }
h3 { font-size: 14px; font-weight: 600; margin: 24px 0 6px; line-height: 1.4; }
a { color: #0d47a1; text-decoration: none; }
a:hover { text-decoration: underline; }
a.failure { color: var(--red); }
a.compensation { color: var(--orange); }
a.terminal { color: var(--green); }
a.internal { color: var(--soft); }
code { font: 13px ui-monospace, "Liberation Mono", monospace; }
table { border-collapse: collapse; width: 100%; margin: 8px 0 16px; }
th { text-align: left; color: var(--soft); font-weight: normal; font-size: 13px; }
th, td { padding: 5px 16px 5px 0; border-bottom: 1px solid #ececf0; vertical-align: top; }
td p { margin: 0; }
table.events td:first-child { width: 34%; white-space: nowrap; }
table.reactions td:first-child { width: 26%; }
table.reactions td:nth-child(2) { width: 28%; }
tr.undo td:nth-child(2)::before { content: "\21B6\00A0"; color: var(--orange); }
.name { margin-top: 0; }
.tag { font-size: 12px; padding: 1px 7px; border-radius: 9px; background: #eef0f3; color: var(--soft); }
.tag.failure, .tag.personal { background: #ffebee; color: var(--red); }
.tag.compensation { background: #fff3e0; color: var(--orange); }
.tag.terminal { background: #e8f5e9; color: var(--green); }
.key { font-weight: 600; }
.key.failing { color: var(--red); }
.key.undoing { color: var(--orange); }
.wide { overflow-x: auto; }
.graph { margin-left: calc(50% - 50vw + 16px); padding-right: 16px; width: calc(100vw - 32px); overflow-x: auto; }
ul.paths { list-style: none; padding-left: 0; }
ul.paths li { margin-bottom: 4px; }
svg.sequence { font: 13px system-ui, "Liberation Sans", sans-serif; }
.sequence path { fill: none; stroke: #3a3f45; stroke-width: 1.3; }
.sequence path.head { fill: #3a3f45; stroke: none; }
.sequence text { fill: var(--ink); }
.sequence rect { fill: #f4f6f8; stroke: #9aa0a8; }
.sequence .lifeline path { stroke: #c3c7cd; stroke-width: 1; }
.sequence .lifeline rect { fill: #e3f2fd; stroke: #1565c0; }
.sequence .lifeline text { font-weight: 600; }
.sequence .failing path { stroke: #c62828; }
.sequence .failing text { fill: var(--red); }
.sequence .failing rect { fill: #ffebee; stroke: #c62828; }
.sequence .undoing path { stroke: #d84315; stroke-dasharray: 5 4; }
.sequence .undoing path.head { fill: #d84315; stroke: none; }
.sequence .undoing text { fill: var(--orange); }
.sequence .undoing rect { fill: #fff3e0; stroke: #d84315; stroke-dasharray: 4 3; }
.sequence .ending rect { fill: #e8f5e9; stroke: #2e7d32; stroke-width: 2; }
.sequence .ending text { fill: var(--green); }
)css";

} // namespace reel::cli

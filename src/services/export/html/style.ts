/** Ice and ink: one set of colours for light, one for dark, as the reader's system asks. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f8fb; --paper: #ffffff; --ink: #17212e; --soft: #5b6b7e; --line: #dfe6ee; --hover: #eaf1f8;
  --ice: #0b6fb8; --ice-soft: #e2f0fa; --good: #1a7f4b; --good-soft: #e2f4ea; --bad: #b42318; --bad-soft: #fdebe9;
  --held: #8a5a00; --held-soft: #fdf2d8; --keyword: #7a3ea8; --string: #1a7f4b; --number: #a8480b; --comment: #6b7a8c;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d131b; --paper: #141c26; --ink: #e4ebf3; --soft: #93a3b5; --line: #263342; --hover: #1c2733;
    --ice: #6cbdf5; --ice-soft: #12304a; --good: #5fd39a; --good-soft: #12331f; --bad: #ff8f85; --bad-soft: #3d1a18;
    --held: #f0c063; --held-soft: #3a2c0c; --keyword: #cda4f4; --string: #7fd8a8; --number: #f2ac79; --comment: #8093a6;
  }
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
button, input, select { font: inherit; color: inherit; }
button, select, .tools input { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 4px 10px; }
button { cursor: pointer; }
button:hover { background: var(--hover); }
button:disabled { opacity: .45; cursor: default; }
:focus-visible { outline: 2px solid var(--ice); outline-offset: 1px; }
.top { display: flex; align-items: center; gap: 16px; padding: 10px 18px; background: var(--paper); border-bottom: 1px solid var(--line); }
.brand { display: flex; align-items: center; gap: 7px; color: var(--ice); white-space: nowrap; }
.top h1 { flex: 1; margin: 0; font-size: 15px; font-weight: 500; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.middle { flex: 1; display: flex; min-height: 0; }
nav { width: 320px; flex: none; display: flex; flex-direction: column; border-right: 1px solid var(--line); background: var(--paper); }
.tools { display: grid; gap: 8px; padding: 12px; border-bottom: 1px solid var(--line); }
.tools input { width: 100%; background: var(--ground); }
#found:empty { display: none; }
#found { color: var(--bad); font-size: 13px; }
#board { list-style: none; margin: 0; padding: 6px; overflow: auto; flex: 1; }
#board li { content-visibility: auto; contain-intrinsic-size: auto 34px; }
.card { display: flex; width: 100%; gap: 8px; align-items: baseline; padding: 6px 8px; border: 0; border-left: 3px solid transparent;
  border-radius: 6px; background: none; text-align: left; font-size: 13px; }
.card .number { min-width: 2.2em; text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
.card .what { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-family: var(--mono); font-size: 12px; }
.card .when { color: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.card.bad { border-left-color: var(--bad); } .card.held { border-left-color: var(--held); }
.card[aria-current] { background: var(--ice-soft); }
#stage { flex: 1; min-width: 0; overflow: auto; padding: 22px 28px; outline: none; }
.title { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 4px 16px; margin-bottom: 14px; }
.title h2 { margin: 0; font-size: 20px; font-weight: 650; }
.title time { color: var(--soft); font-variant-numeric: tabular-nums; }
.scene + .scene { margin-top: 14px; }
.sql { margin: 0; padding: 14px 16px; background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
  font: 13.5px/1.6 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 50vh; overflow: auto; }
.sql-keyword { color: var(--keyword); font-weight: 600; } .sql-string { color: var(--string); }
.sql-number { color: var(--number); } .sql-comment { color: var(--comment); font-style: italic; }
.note, .running, .beside { color: var(--soft); font-size: 13.5px; margin: 6px 2px; overflow-wrap: anywhere; }
.outcome { display: flex; gap: 10px; align-items: baseline; margin: 0; }
.outcome .beside { margin: 0; font-variant-numeric: tabular-nums; }
.badge { padding: 2px 10px; border-radius: 99px; font-size: 12.5px; font-weight: 650; background: var(--hover); white-space: nowrap; }
.badge.good { background: var(--good-soft); color: var(--good); } .badge.bad { background: var(--bad-soft); color: var(--bad); }
.badge.held { background: var(--held-soft); color: var(--held); }
.message { margin-top: 10px; padding: 12px 16px; border-left: 3px solid var(--line); border-radius: 0 10px 10px 0; background: var(--paper); }
.message.bad { border-left-color: var(--bad); } .message.held { border-left-color: var(--held); }
.line { white-space: pre-wrap; overflow-wrap: anywhere; min-height: 1.5em; }
.machine { margin-top: 8px; color: var(--soft); font: 12px/1.5 var(--mono); }
.facts, dialog dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 18px; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.frame { max-height: 60vh; overflow: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); }
table { border-collapse: separate; border-spacing: 0; font: 13px/1.45 var(--mono); font-variant-numeric: tabular-nums; }
th { position: sticky; top: 0; background: var(--paper); text-align: left; font-weight: 650; }
th, td { padding: 6px 14px; border-bottom: 1px solid var(--line); white-space: pre; max-width: 42ch; overflow: hidden; text-overflow: ellipsis; }
tbody tr:last-child td { border-bottom: 0; } tbody tr:hover td { background: var(--hover); white-space: pre-wrap; overflow-wrap: anywhere; }
.right { text-align: right; } .null { color: var(--soft); font-style: italic; }
footer { background: var(--paper); border-top: 1px solid var(--line); padding: 8px 18px 12px; }
footer .line { position: relative; min-height: 0; }
#slider { width: 100%; margin: 0; accent-color: var(--ice); }
#marks { position: absolute; left: 8px; right: 8px; top: -2px; height: 6px; pointer-events: none; }
#marks i { position: absolute; width: 4px; height: 6px; margin-left: -2px; border-radius: 2px; background: var(--bad); }
.transport { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; }
.transport .main { min-width: 46px; background: var(--ice); border-color: var(--ice); color: var(--paper); }
#idle { color: var(--soft); flex: 1; } #clock { color: var(--soft); font-variant-numeric: tabular-nums; }
dialog { max-width: 34em; border: 1px solid var(--line); border-radius: 14px; background: var(--paper); color: var(--ink); padding: 20px 26px; }
dialog h2 { margin: 0 0 12px; } dialog::backdrop { background: rgb(5 12 20 / .5); }
dialog dt { font-family: var(--mono); }
@media (max-width: 760px) {
  .middle { flex-direction: column; } nav { width: auto; max-height: 34vh; border-right: 0; border-bottom: 1px solid var(--line); }
  .tools { grid-template-columns: 1fr 1fr; } #stage { padding: 14px; }
}
@media print { nav, footer, #explain { display: none; } }
`

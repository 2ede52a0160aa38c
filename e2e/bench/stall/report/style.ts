/** Colours of players and marks: told apart by eyes that see red and green alike, on light and on dark. */
const LIGHT = `--ink:#1c2128;--soft:#59636e;--line:#d1d9e0;--paper:#ffffff;--card:#f6f8fa;
--one-element:#b35900;--two-elements:#6f42c1;--throughline:#0b7285;--stall:#cf222e`;
const DARK = `--ink:#e6edf3;--soft:#9198a1;--line:#3d444d;--paper:#0d1117;--card:#161b22;
--one-element:#f0a04b;--two-elements:#b794f6;--throughline:#4cc9e0;--stall:#ff7b72`;

/** What charts need, in a page or in a file of their own. */
export const CHART_STYLE = `:root{${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
svg{font:11px system-ui,sans-serif;fill:var(--ink)}
.soft{fill:var(--soft)}.axis{stroke:var(--line);stroke-width:1}.zero{stroke:var(--soft);stroke-width:1}
.one-element{fill:var(--one-element)}.two-elements{fill:var(--two-elements)}.throughline{fill:var(--throughline)}
.dot{fill-opacity:.65}.stall{fill:var(--stall)}.wait{fill:var(--stall);fill-opacity:.35}.cut{fill:var(--line)}
.buffer{fill:var(--soft);fill-opacity:.25}.release{stroke:var(--soft);stroke-width:1}`;

export const PAGE_STYLE = `*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1100px;margin:0 auto;padding:16px}
h1{font-size:24px;line-height:1.2;margin:8px 0}h2{font-size:18px;margin:32px 0 8px}h3{font-size:15px;margin:16px 0 4px}
p{max-width:75ch}.soft-text{color:var(--soft)}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:6px 10px;text-align:left;white-space:nowrap;border-bottom:1px solid var(--line)}
tbody tr:last-child td{border-bottom:0}tbody th{font-weight:600}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr));gap:12px}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px}
figcaption{font-size:13px;font-weight:600;padding:0 4px 4px}
figure svg{display:block;width:100%;height:auto}
.timeline{overflow-x:auto}.timeline svg{min-width:860px}
details{margin:4px 0}summary{cursor:pointer}
.key{display:inline-block;width:10px;height:10px;border-radius:2px;margin:0 4px 0 12px}
a{color:inherit}`;

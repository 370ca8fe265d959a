#include "page/style.hpp"

namespace gannet::page {

constinit const Markup style = R"(
:root {
  --paper: #faf9f6; --ink: #1d2125; --soft: #565e66; --faint: #737b83; --line: #e3e0d9; --wash: #efece6; --tile: #fff;
  --ok: #1c7c6c; --failed: #c2452b; --skipped: #b27f14; --invalid: #868c94; --plain: #3d6396; --pale: #b9cbe2;
  --serif: Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, "Noto Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121518; --ink: #e7e5e0; --soft: #a7aeb5; --faint: #868e96; --line: #2c3238;
    --wash: #252a30; --tile: #c8ccd1; --ok: #45ad9b; --failed: #ec7558; --skipped: #d8ad4b; --invalid: #858c95; --plain: #7ba3dc;
    --pale: #35506f;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 var(--sans); font-variant-numeric: tabular-nums; }
header, main, footer { max-width: 70rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
header { padding-top: clamp(1.5rem, 5vw, 3.5rem); }
ul { list-style: none; margin: 0; padding: 0; }
figure, h1, h2, h3, p { margin: 0; }
code { font-family: var(--mono); font-size: .875em; }
svg { display: block; width: 100%; overflow: visible; }
svg.bar, svg.share, svg.columns, svg.track { overflow: hidden; }

.ok { fill: var(--ok); } .failed { fill: var(--failed); } .skipped { fill: var(--skipped); }
.invalid { fill: var(--invalid); } .plain { fill: var(--plain); } .wide { fill: var(--pale); } .median { fill: var(--ink); }
.ground { fill: var(--wash); } .hit { fill: transparent; }
.grid { stroke: var(--line); vector-effect: non-scaling-stroke; }
.base { stroke: var(--faint); vector-effect: non-scaling-stroke; }
g:hover .hit { fill: var(--wash); }

.brand { color: var(--soft); font-size: .8125rem; letter-spacing: .08em; text-transform: uppercase; }
.state { margin-left: .5em; padding: .15em .7em; border: 1px solid currentColor; border-radius: 1em; letter-spacing: .04em; text-transform: none; }
.state.ok { color: var(--ok); } .state.failed { color: var(--failed); } .state.plain { color: var(--plain); }
h1 { margin-top: .5rem; font-size: 1.125rem; font-weight: 600; overflow-wrap: anywhere; }
.lead { max-width: 46rem; margin-top: .5rem; font: 400 clamp(1.375rem, 1.05rem + 1.5vw, 2.125rem)/1.3 var(--serif); letter-spacing: -.005em; text-wrap: pretty; }
.trouble { margin-top: 1rem; padding: .75rem 1rem; border-left: 3px solid var(--failed); background: var(--wash); overflow-wrap: anywhere; }
.note { max-width: 46rem; color: var(--soft); font-size: .875rem; }

.outcomes { margin-top: 2rem; }
svg.share { height: 1rem; border-radius: .25rem; }
.legend { display: grid; grid-template-columns: repeat(4, 1fr); gap: .5rem 1.5rem; margin-top: .875rem; font-size: .875rem; }
.legend li { position: relative; padding-left: 1.125rem; }
.legend i { position: absolute; left: 0; top: .4em; width: .625rem; height: .625rem; border-radius: .125rem; }
.legend i.ok { background: var(--ok); } .legend i.failed { background: var(--failed); }
.legend i.skipped { background: var(--skipped); } .legend i.invalid { background: var(--invalid); }
.legend b { font-weight: 600; } .legend span { display: block; color: var(--soft); }
.legend .none { opacity: .55; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); margin-top: 2rem; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.figures li { padding: 1rem .75rem 1rem 0; }
.figures b { display: block; font: 400 1.5rem/1.2 var(--serif); white-space: nowrap; }
.figures span { color: var(--soft); font-size: .8125rem; }

section { margin-top: clamp(2.5rem, 6vw, 4rem); }
h2 { margin-bottom: .25rem; font: 400 1.5rem/1.25 var(--serif); }
h3 { font-size: 1rem; font-weight: 600; }
figcaption { display: flex; flex-wrap: wrap; gap: 0 .4em; margin-bottom: .75rem; font-size: .875rem; }
figcaption span { margin-left: auto; color: var(--soft); }
section > figure { margin-top: 1.5rem; }
.plot { display: grid; grid-template-columns: 3.75rem 1fr; gap: .625rem; height: 11rem; }
.plot.low { height: 9rem; }
.plot svg { height: 100%; }
.scale { display: flex; flex-direction: column; justify-content: space-between; margin: -.6em 0; color: var(--faint); font-size: .75rem; line-height: 1.2; text-align: right; white-space: nowrap; }
.ticks { display: flex; justify-content: space-between; margin: .375rem 0 0 4.375rem; color: var(--faint); font-size: .75rem; }

.reasons { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1.75rem 3rem; margin-top: 1.25rem; align-items: start; }
.reasons h3 { display: flex; justify-content: space-between; gap: 1rem; font-weight: 400; }
.reasons h3 code { font-weight: 600; } .reasons h3 span { color: var(--soft); font-size: .875rem; white-space: nowrap; }
.reasons h3 b { color: var(--ink); font-weight: 600; }
.reasons p { margin-top: .375rem; font-size: .9375rem; }
.reasons .hint { margin-top: .125rem; color: var(--soft); font-size: .8125rem; }
svg.bar { height: .5rem; border-radius: .125rem; }
.reasons svg.bar { margin-top: .375rem; }
details { margin-top: .25rem; font-size: .8125rem; }
summary { color: var(--soft); cursor: pointer; }
details li { margin-top: .375rem; padding-left: .75rem; border-left: 2px solid var(--line); overflow-wrap: anywhere; }
.url { font-family: var(--mono); font-size: .75rem; } details em { display: block; color: var(--soft); font-style: normal; }

.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 2.25rem 3rem; margin-top: 1.25rem; align-items: start; }
.panels.three { grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); }
.panel { min-width: 0; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th { padding: .4rem .75rem .4rem 0; text-align: left; font-weight: 400; }
td { padding: .4rem 0 .4rem .75rem; text-align: right; white-space: nowrap; }
thead th { color: var(--faint); font-size: .75rem; } thead th + th { padding: .4rem 0 .4rem .75rem; text-align: right; }
tbody tr { border-top: 1px solid var(--line); }
.hosts { margin-top: .5rem; }
.hosts tbody th { font-family: var(--mono); font-size: .8125rem; overflow-wrap: anywhere; }
.bars { margin-top: .5rem; } .bars .bar-cell { width: 35%; }
.latency { margin-top: 1rem; }
.latency th span { color: var(--faint); font-size: .8125rem; }
.latency .track-cell { width: 38%; padding-right: 1rem; } .latency thead th:nth-child(2) { padding-right: 1rem; }
.latency .ticks { margin: 0; } .latency .ticks span { width: 0; display: flex; justify-content: center; white-space: nowrap; }
#largest { grid-column: 1 / -1; }
svg.track { height: 1.25rem; }
#phase-total th { font-weight: 600; } #phase-total th span { font-weight: 400; }

.map { display: grid; grid-template-columns: 3.75rem minmax(0, 15rem); gap: 0 .625rem; margin-top: 1rem; }
.map .ticks { grid-column: 2; margin-left: 0; }
.panel figure { margin-top: 1rem; }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.5rem, 1fr)); gap: .5rem; margin-top: 1.25rem; }
.sheet li { display: grid; place-items: center; aspect-ratio: 1; padding: .5rem; border-radius: .25rem; background: var(--tile); border: 1px solid var(--line); }
.sheet img { max-width: 100%; max-height: 100%; min-height: 0; object-fit: contain; }
footer { margin-top: 4rem; padding-top: 1.5rem; padding-bottom: 3rem; color: var(--soft); font-size: .8125rem; }
footer dl { display: flex; flex-wrap: wrap; gap: .75rem 2rem; margin: 0 0 1rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
footer dt { color: var(--faint); font-size: .75rem; } footer dd { margin: 0; overflow-wrap: anywhere; }
footer dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
footer p { max-width: 46rem; margin-top: .75rem; }

@media (max-width: 40rem) {
  .legend { grid-template-columns: 1fr 1fr; }
  .figures { grid-template-columns: 1fr 1fr; }
  .ticks span:nth-child(2):nth-last-child(4), .ticks span:nth-child(4):nth-last-child(2) { display: none; }
  .hosts thead, .latency thead { display: none; }
  .hosts tr, .latency tr { display: grid; grid-template-columns: repeat(5, 1fr); gap: .125rem .5rem; padding: .5rem 0; }
  .hosts th, .latency th { grid-column: 1 / -1; padding: 0; }
  .hosts td[data-name=mostly] { grid-column: span 3; }
  .hosts td, .latency td { padding: 0; text-align: left; }
  .hosts td::before, .latency td[data-name]::before { content: attr(data-name); display: block; color: var(--faint); font-size: .6875rem; }
  .latency .track-cell { grid-column: 1 / -1; width: 100%; padding: 0; }
}
@media print {
  body { background: none; font-size: 12px; } section { break-inside: avoid; }
}
)"_html;

}  // namespace gannet::page

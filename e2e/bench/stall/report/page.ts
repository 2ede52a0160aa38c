import type { StallEvidence } from '../analyse/evidence.ts';
import { PLAYER_TITLES, type PlayerName } from '../run/players.ts';
import type { LinkProfile } from '../shaper/profiles.ts';
import { DEFINITIONS } from './definitions-text.ts';
import { type DotRow, dotChart } from './dot-chart.ts';
import type { RunResult, StallResults } from './results.ts';
import { CHART_STYLE, PAGE_STYLE } from './style.ts';
import { escaped } from './svg.ts';
import { COLUMNS, cellsOf } from './table.ts';
import { timeline } from './timeline.ts';

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

/** The report: one file, nothing to fetch, readable on a phone, light or dark as the reader likes it. */
export function reportPage(results: StallResults): string {
  const { script, form, machine, browser, at } = results;
  const intro = `${script.sentences} sentences in ${script.turns} answers, ${script.speechSeconds.toFixed(0)} s of speech,
    ${script.clipKilobitsPerSecond.toFixed(0)} kbit/s. ${form} form; ${machine}; ${browser}; ${at}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Stall benchmark</title>
<style>${CHART_STYLE}
${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>Stall benchmark</h1>
<p class="soft-text">${escaped(intro)}</p>
${legend(results)}
<h2>Players and links</h2>
${linkList(results)}
${table(results)}
<h2>Joins: picture</h2>
<p class="soft-text">Time without the next picture, beyond one frame, at joins where the next sentence was ready. One dot per join.</p>
${charts(results, 'ms', (run) => known(run.joins.map(({ pictureGapMs }) => pictureGapMs)))}
<h2>Joins: sound</h2>
<p class="soft-text">Above 0: silence put in. Below 0: the end of one sentence sounds together with the beginning of the next.</p>
${charts(results, 'ms', (run) => known(run.joins.map(({ soundGapSamples }) => soundGapSamples)).map((samples) => samples / 48))}
<h2>Latency</h2>
<p class="soft-text">From the generator's release to the first picture on screen; the first sentence of each answer.</p>
${charts(results, 's', latencies)}
<h2>Runs</h2>
<p class="soft-text">Ticks: releases. Bars: sentences on screen (grey: interrupted). Red: standing still; pale red: began late. Below:
the buffer of the element in front, full height 10 s.</p>
${results.links.map((link) => runs(results, link)).join('\n')}
<h2>What the figures mean</h2>
${DEFINITIONS}
</main>
</body>
</html>
`;
}

function latencies({ sentences }: RunResult): number[] {
  const first = sentences.filter(({ kind, isCut }) => kind === 'first' && !isCut);
  return known(first.map(({ latencyMs }) => latencyMs)).map((ms) => ms / 1000);
}

function playersOf({ cells }: StallResults): readonly PlayerName[] {
  return [...new Set(cells.map(({ player }) => player))];
}

function legend(results: StallResults): string {
  const keys = playersOf(results).map(
    (player) => `<span class="key" style="background:var(--${player})"></span>${escaped(PLAYER_TITLES[player])}`,
  );
  return `<p>${keys.join('')}</p>`;
}

function linkList({ links }: StallResults): string {
  const items = links.map(({ title, down, up, oneConnectionMegabits, busyConnections }) => {
    const rate = (bits: number): string => `${bits / 1e6}`;
    const busy = busyConnections === true ? ', five of six connections busy by turns' : '';
    return `<li><b>${escaped(title)}</b>: ${rate(down.bitsPerSecond)}/${rate(up.bitsPerSecond)} Mbit/s, round trip
      ${down.delayMs + up.delayMs} ms, jitter ${down.jitterMs} ms, loss ${down.lossRate * 100} %; one connection carries
      ${oneConnectionMegabits.toFixed(2)} Mbit/s${busy}</li>`;
  });
  return `<ul>${items.join('')}</ul>`;
}

function table(results: StallResults): string {
  const head = ['link', 'player', ...COLUMNS.map(({ title }) => title)].map((title) => `<th>${escaped(title)}</th>`);
  const rows = results.links.flatMap(({ name, title }) =>
    cellsOf(results, name).map(({ player, summary }) => {
      const cells = COLUMNS.map(({ text }) => `<td>${escaped(text(summary))}</td>`);
      return `<tr><td>${escaped(title)}</td><th>${escaped(PLAYER_TITLES[player])}</th>${cells.join('')}</tr>`;
    }),
  );
  return `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** A chart for each link, a row in it for each player. */
function charts(results: StallResults, unit: string, valuesOf: (run: RunResult) => readonly number[]): string {
  const figures = results.links.map(({ name, title }) => {
    const rows = playersOf(results).map((player): DotRow => {
      const own = results.runs.filter((run) => run.link === name && run.player === player);
      return { title: PLAYER_TITLES[player], className: player, values: own.flatMap(valuesOf) };
    });
    return `<figure><figcaption>${escaped(title)}</figcaption>${dotChart(rows, { unit, title })}</figure>`;
  });
  return `<div class="grid">${figures.join('')}</div>`;
}

function runs(results: StallResults, { name, title }: LinkProfile): string {
  const own = results.runs.filter((run) => run.link === name);
  const endMs = Math.max(1, ...own.flatMap(({ sentences }) => sentences.map(({ lastFrameMs }) => lastFrameMs ?? 0)));
  const lines = own.map((run) => `<figure class="timeline">${timeline(run, endMs)}</figure>${evidence(run)}`);
  return `<h3>${escaped(title)}</h3>${lines.join('')}`;
}

function evidence(run: RunResult): string {
  const { network, otherCores, droppedFrames } = run;
  const facts = `${network.requests} requests, ${(network.mediaBytes / 1e6).toFixed(1)} MB of media; ${network.fastRetransmits}
    fast retransmits, ${network.timeouts} timeouts; ${droppedFrames} pictures dropped by the browser; other work on the machine
    ${otherCores.toFixed(2)} cores; the relay was late by ${network.latestMs.toFixed(0)} ms at worst`;
  const items = run.evidence.map((stall) => `<li>${stallText(stall)}</li>`);
  return `<details><summary class="soft-text">${escaped(facts)}; ${run.evidence.length} stalls and late starts</summary>
    <ol>${items.join('')}</ol></details>`;
}

function stallText({ clip, kind, atMs, ms, aheadSeconds, requests, fastRetransmits, timeouts }: StallEvidence): string {
  const what = kind === 'within' ? 'stood still' : 'began late';
  const buffers = aheadSeconds.map((seconds) => (seconds === null ? '–' : seconds.toFixed(1))).join(', ');
  const waits = requests.map(
    ({ path, startMs, queuedMs, firstByteMs, restMs }) =>
      `<li><code>${escaped(path)}</code> at ${(startMs / 1000).toFixed(2)} s: ${queuedMs} ms queued, ${firstByteMs} ms to the first
      byte, ${restMs} ms for the rest</li>`,
  );
  return `sentence ${clip} ${what} at ${(atMs / 1000).toFixed(2)} s for ${ms.toFixed(0)} ms; buffer 3, 2, 1, 0 s before: ${buffers} s;
    ${fastRetransmits} fast retransmits, ${timeouts} timeouts in the 4 s before<ul>${waits.join('')}</ul>`;
}

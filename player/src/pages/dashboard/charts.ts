import type { ChartSpec } from './chart.ts';
import { number, percent, seconds, times } from './format.ts';
import { rebufferRatios } from './series.ts';

const whole = (value: number | null | undefined): string =>
  value !== null && value !== undefined && !Number.isInteger(value) ? '' : number(value);

const some = (values: readonly number[]): boolean => values.some((value) => value > 0);

const DASHED = [7, 4];
const DOTTED = [2, 3];
const MIXED = [9, 3, 2, 3];

/** What the page draws, in order of interest. */
export const CHARTS: readonly ChartSpec[] = [
  {
    title: 'Viewers and sessions',
    least: 4,
    empty: 'Nothing has run in the last 15 minutes.',
    hasAny: (of) => some(of.viewers) || some(of.talking),
    lines: [
      {
        label: 'Viewers',
        color: '--series-1',
        shape: 'steps',
        isFilled: true,
        values: (of) => of.viewers,
        format: whole,
      },
      {
        label: 'Sessions talking',
        color: '--series-2',
        shape: 'steps',
        dash: DASHED,
        values: (of) => of.talking,
        format: whole,
      },
    ],
  },
  {
    title: 'Stalls and rebuffering',
    least: 4,
    leastOnRight: 0.02,
    empty: 'Nobody watched in the last 15 minutes.',
    hasAny: (of) => some(of.watchSeconds) || some(of.stalls),
    lines: [
      { label: 'Stalls', color: '--series-4', shape: 'bars', values: (of) => of.stalls, format: whole },
      {
        label: 'Rebuffering, share of a minute',
        color: '--series-2',
        dash: DASHED,
        isOnRight: true,
        values: rebufferRatios,
        format: percent,
      },
    ],
  },
  {
    title: 'Behind live',
    least: 2,
    empty: 'No player told how far behind live it is.',
    lines: [
      { label: 'Half of the viewers', color: '--series-1', values: (of) => of.latencyP50, format: seconds },
      { label: '95 %', color: '--series-2', dash: DASHED, values: (of) => of.latencyP95, format: seconds },
    ],
  },
  {
    title: 'Encoder',
    least: 4,
    leastOnRight: 2,
    empty: 'Nothing has run in the last 15 minutes.',
    lines: [
      {
        label: 'Places taken',
        color: '--series-1',
        shape: 'steps',
        isFilled: true,
        values: (of) => of.encodesActive,
        format: whole,
      },
      {
        label: 'Waiting',
        color: '--series-4',
        shape: 'steps',
        dash: DOTTED,
        values: (of) => of.encodesWaiting,
        format: whole,
      },
      {
        label: 'Speed, of real time',
        color: '--series-2',
        dash: DASHED,
        isOnRight: true,
        values: (of) => of.encodeSpeed,
        format: times,
      },
    ],
  },
  {
    title: 'Stage times, median (95 %)',
    least: 0.5,
    empty: 'No chunk was published in the last 15 minutes.',
    lines: [
      {
        label: 'Accepted to on air',
        color: '--series-1',
        values: (of) => of.firstPartP50,
        upper: (of) => of.firstPartP95,
        format: seconds,
      },
      {
        label: 'Voice',
        color: '--series-2',
        dash: DASHED,
        values: (of) => of.ttsP50,
        upper: (of) => of.ttsP95,
        format: seconds,
      },
      {
        label: 'Face',
        color: '--series-3',
        dash: DOTTED,
        values: (of) => of.avatarP50,
        upper: (of) => of.avatarP95,
        format: seconds,
      },
      {
        label: 'Encode',
        color: '--series-4',
        dash: MIXED,
        values: (of) => of.encodeP50,
        upper: (of) => of.encodeP95,
        format: seconds,
      },
    ],
  },
  {
    title: 'Parts published late by',
    least: 0.1,
    empty: 'No part was published in the last 15 minutes.',
    lines: [
      { label: 'Half of the parts', color: '--series-1', values: (of) => of.publishLagP50, format: seconds },
      { label: '95 %', color: '--series-2', dash: DASHED, values: (of) => of.publishLagP95, format: seconds },
    ],
  },
];

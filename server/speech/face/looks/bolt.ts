import type { Look } from '../look.ts';

export const BOLT: Look = {
  name: 'bolt',
  title: 'Bolt, a friendly robot',
  revision: 1,
  backdrop: {
    wall: ['#d9d6ee', '#b3aedb', '#7c78b4'],
    light: '246,244,255',
    accent: '128,206,236',
    dark: '34,28,84',
  },
  figure: {
    kind: 'robot',
    shell: ['#ffffff', '#e4e8f2', '#a2abc4'],
    screen: ['#1d2748', '#0a1024'],
    glow: '94,236,255',
    trim: ['#ffb27a', '#e0663c'],
  },
};

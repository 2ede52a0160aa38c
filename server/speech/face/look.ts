import type { Stops } from './face-paint.ts';

/** A straight gradient, in design pixels. */
export type Shade = { readonly line: readonly [x0: number, y0: number, x1: number, y1: number]; readonly stops: Stops };

/** A soft round spot of light or shadow; `rgb` is `r,g,b`. */
export type Spot = readonly [rgb: string, alpha: number, x: number, y: number, rx: number, ry: number];

/** A stroke along an SVG path. */
export type Line = { readonly path: string; readonly paint: string | Shade; readonly width: number };

/** One filled part of hair or clothes. `outline` and `path` are SVG path data in design pixels. */
export type Piece = {
  readonly outline: string;
  readonly paint: string | Shade;
  /** Shadows this part throws on what is below it. */
  readonly under?: readonly Spot[];
  /** Light and shadow inside the outline. */
  readonly spots?: readonly Spot[];
  /** Strands, seams and ribs, cut at the outline. */
  readonly lines?: readonly Line[];
  /** Strokes on top that may leave the outline. */
  readonly edges?: readonly Line[];
};

export type Backdrop = {
  /** From the top left to the bottom. */
  readonly wall: readonly [string, string, string];
  /** The light behind the head, the coloured light in the corner, the dark of the corners: each `r,g,b`. */
  readonly light: string;
  readonly accent: string;
  readonly dark: string;
};

export type Skin = {
  /** From the lit forehead to the shaded jaw. */
  readonly face: readonly [string, string, string];
  /** Across the neck, from the lit side to the shaded. */
  readonly neck: readonly [string, string, string, string];
  readonly ears: readonly [lit: string, dim: string];
  readonly lids: readonly [string, string];
  /** What follows is `r,g,b`. Soft light, and how strong it is, 0 to 1. */
  readonly light: string;
  readonly shine: number;
  /** Soft shade at the sides of the face, below the lip. */
  readonly shade: string;
  /** Under the hair and the chin. */
  readonly deep: string;
  /** Beside the nose, round the eyes. */
  readonly crease: string;
  readonly blush: string;
  /** Lines of nose, ears and lids. */
  readonly line: string;
};

/** Outline of the face: half widths in design pixels, and the y of the chin. */
export type FaceShape = {
  readonly cheek: number;
  readonly jaw: number;
  /** Half width of the flat of the chin. */
  readonly chin: number;
  readonly bottom: number;
  /** Width of the neck, 1 as drawn. */
  readonly neck: number;
  /** Width of the nose, 1 as drawn. */
  readonly nose: number;
  /** Lines of age, 0 to 1. */
  readonly age: number;
};

export type Eyes = {
  /** Iris, light to dark; its rim. */
  readonly iris: readonly [string, string, string];
  readonly rim: string;
  /** Height of the upper lid over the corners, and of the lower lid below them, in design pixels. */
  readonly upper: number;
  readonly lower: number;
  /** How far the outer corner is up. */
  readonly slant: number;
  readonly lashes: { readonly color: string; readonly weight: number };
  readonly brows: { readonly color: string; readonly weight: number; readonly arch: number };
};

/** `full`: how thick lips are, 1 as drawn. */
export type LipColors = {
  readonly base: string;
  readonly light: string;
  readonly dark: string;
  readonly line: string;
  readonly full: number;
};

export type Glasses = { readonly frame: string; readonly width: number; readonly round: number; readonly tint: string };

export type Beard = { readonly rgb: string; readonly light: string };

/** A person as data: what the painters draw. */
export type PersonLook = {
  readonly kind: 'person';
  readonly skin: Skin;
  readonly face: FaceShape;
  readonly eyes: Eyes;
  readonly lips: LipColors;
  /** Behind the head, and over it. */
  readonly hairBack: readonly Piece[];
  readonly hairFront: readonly Piece[];
  /** From the neck down. */
  readonly clothes: readonly Piece[];
  readonly earrings?: 'pearl' | 'hoop';
  readonly glasses?: Glasses;
  readonly beard?: Beard;
};

/** A machine with a screen for a face. */
export type RobotLook = {
  readonly kind: 'robot';
  readonly shell: readonly [light: string, base: string, dark: string];
  readonly screen: readonly [string, string];
  /** `r,g,b` of what the screen shows. */
  readonly glow: string;
  readonly trim: readonly [light: string, dark: string];
};

export type Look = {
  /** What callers ask for. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Counts changes of this look alone. */
  readonly revision: number;
  readonly backdrop: Backdrop;
  readonly figure: PersonLook | RobotLook;
};

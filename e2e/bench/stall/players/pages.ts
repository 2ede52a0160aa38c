import { bundle } from './bundle.ts';

/** The two per-clip players, and one that plays a file with faults in it, to see whether they are found. */
export const PAGES = {
  'one-element': { title: 'one element', elements: 1 },
  'two-elements': { title: 'two elements', elements: 2 },
  'plain-file': { title: 'one file', elements: 1 },
} as const;

export type PageName = keyof typeof PAGES;

const STYLE = `body { margin: 0; background: #000 }
main { position: relative; width: 512px; height: 512px }
video { position: absolute; inset: 0; width: 512px; height: 512px }`;

/** A page in one file: nothing has to be fetched before its player runs. */
export async function makePage(name: PageName): Promise<string> {
  const { title, elements } = PAGES[name];
  const script = name === 'plain-file' ? '' : await bundle(`players/${name}.ts`);
  const attributes = name === 'plain-file' ? 'src="/clips/file.mp4" autoplay' : 'preload="auto"';
  const videos = `<video ${attributes} playsinline></video>`.repeat(elements);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>per-clip player, ${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<main>${videos}</main>
<script type="module">${script.replaceAll('</script', '<\\/script')}</script>
</html>
`;
}

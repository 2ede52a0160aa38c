import 'media-chrome/media-controller';
import 'media-chrome/media-control-bar';
import 'media-chrome/media-play-button';
import 'media-chrome/media-mute-button';
import 'media-chrome/media-volume-range';
import 'media-chrome/media-time-range';
import 'media-chrome/media-time-display';
import 'media-chrome/media-live-button';
import 'media-chrome/media-captions-button';
import 'media-chrome/media-pip-button';
import 'media-chrome/media-fullscreen-button';
import css from './player.css?inline';

/** What `throughline-player` is made of. */
export type Parts = {
  readonly controller: HTMLElement;
  readonly video: HTMLVideoElement;
  readonly sound: HTMLButtonElement;
  readonly soundText: HTMLElement;
  readonly notice: HTMLElement;
  readonly noticeText: HTMLElement;
  readonly replay: HTMLButtonElement;
  readonly toast: HTMLElement;
};

const HTML = `
<media-controller part="controller" noautoseektolive nomutedpref nosubtitleslangpref>
  <video slot="media" part="video" playsinline></video>
  <div class="skeleton" slot="poster" aria-hidden="true"><span></span></div>
  <div class="top" slot="top-chrome" noautohide>
    <media-live-button part="live"></media-live-button>
  </div>
  <div class="spinner" slot="centered-chrome" noautohide aria-hidden="true"></div>
  <button class="sound" slot="centered-chrome" part="sound" type="button" noautohide hidden>
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4Z" /><path d="m16 9.5 5 5m0-5-5 5" />
    </svg>
    <span></span>
  </button>
  <div class="notice" slot="centered-chrome" part="notice" noautohide hidden>
    <p role="status"></p>
    <div class="actions">
      <button class="replay" part="replay" type="button" hidden>Play again</button>
      <slot name="ended"></slot>
    </div>
  </div>
  <p class="toast" slot="centered-chrome" part="toast" role="status" noautohide></p>
  <media-control-bar part="bar">
    <media-play-button></media-play-button>
    <media-mute-button></media-mute-button>
    <media-volume-range></media-volume-range>
    <media-time-range></media-time-range>
    <media-time-display showduration></media-time-display>
    <span class="space"></span>
    <media-captions-button></media-captions-button>
    <media-pip-button></media-pip-button>
    <media-fullscreen-button></media-fullscreen-button>
  </media-control-bar>
</media-controller>`;

let template: HTMLTemplateElement | undefined;
let sheet: CSSStyleSheet | undefined;

/** Fills a shadow root. */
export function render(root: ShadowRoot): Parts {
  if (template === undefined) {
    template = document.createElement('template');
    template.innerHTML = HTML;
  }
  // Allowed by every content security policy, unlike a style element.
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  root.adoptedStyleSheets = [sheet];
  root.append(template.content.cloneNode(true));
  customElements.upgrade(root);
  return {
    controller: find(root, 'media-controller', HTMLElement),
    video: find(root, 'video', HTMLVideoElement),
    sound: find(root, '.sound', HTMLButtonElement),
    soundText: find(root, '.sound span', HTMLElement),
    notice: find(root, '.notice', HTMLElement),
    noticeText: find(root, '.notice p', HTMLElement),
    replay: find(root, '.replay', HTMLButtonElement),
    toast: find(root, '.toast', HTMLElement),
  };
}

function find<T extends Element>(root: ShadowRoot, selector: string, type: new () => T): T {
  const element = root.querySelector(selector);
  if (!(element instanceof type)) {
    throw new Error(`the template has no ${selector}`);
  }
  return element;
}

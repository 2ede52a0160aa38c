import type { Player } from '../player.ts';

/** media-chrome 4.19 says "checked" of a plain button, which has no such state (ARIA 1.2, 6.6); to be called once it is in the document. */
export function mendRoles(controller: HTMLElement): void {
  controller.querySelector('media-captions-button')?.setAttribute('role', 'switch');
}

/**
 * Takes over what media-chrome's buttons and keys would do to a live stream: to live is where a new viewer would start, not the very
 * end, where nothing is left to play; and nobody gets past it.
 */
export function guardSeeks(
  controller: HTMLElement,
  { video, player }: { readonly video: HTMLVideoElement; readonly player: () => Player | undefined },
): void {
  const take = (type: string, handle: (event: Event) => boolean): void => takeRequest(controller, type, handle);
  take('mediaseektoliverequest', () => {
    player()?.seekToLive();
    return true;
  });
  take('mediaseekrequest', (event) => {
    const wanted = (event as CustomEvent<number>).detail;
    const { latency, targetLatency } = player()?.figures() ?? {};
    if (latency === undefined || targetLatency === undefined || wanted <= video.currentTime + latency - targetLatency) {
      return false;
    }
    player()?.seekToLive();
    return true;
  });
}

/** Takes over clicks and taps on the picture, or what stands in its place. @param onTap - True: it meant more than to play or pause. */
export function hearTaps(controller: HTMLElement, onTap: () => boolean): void {
  const root = controller.getRootNode();
  const onClick = (event: Event): void => {
    const path = event.composedPath();
    const isControl = path
      .slice(0, path.indexOf(controller))
      .some((part) => part instanceof Element && part.matches(CONTROLS));
    if (path.includes(controller) && !isControl && onTap()) {
      event.stopPropagation();
    }
  };
  root.addEventListener('click', onClick, { capture: true });
}

const CONTROLS = 'button, a, media-control-bar, media-live-button';

/** Asks before media-chrome's controller, at which a request is aimed. @param handle - True: it was handled. */
function takeRequest(controller: HTMLElement, type: string, handle: (event: Event) => boolean): void {
  const onRequest = (event: Event): void => {
    if (handle(event)) {
      event.stopPropagation();
    }
  };
  controller.getRootNode().addEventListener(type, onRequest, { capture: true });
}

import type { OpenedSession } from '../session/api.ts';
import { codeBlock } from './code-block.ts';
import { find, setText } from './dom.ts';
import { embedCodes } from './embed-code.ts';

const WITH_TOKEN =
  'These addresses carry a token for this conversation alone, which expires. Your back end gets fresh ones with its API key, from GET /v1/sessions/ID. The API key itself never belongs in a page.';
const WITHOUT_TOKEN =
  'Whoever knows these addresses can watch. If the server has an API key, keep it in your back end: it never belongs in a page. With PLAYBACK_SECRET set, addresses carry a token that expires.';

/** Where else the conversation can be shown, as code to copy. */
export class ShareDialog {
  readonly #dialog = find('share-dialog', HTMLDialogElement);
  readonly #codes = find('share-codes', HTMLElement);
  readonly #advice = find('share-advice', HTMLElement);

  open(session: OpenedSession): void {
    const { playlist, tag, frame, hasToken } = embedCodes(session, location.href);
    this.#codes.replaceChildren(
      ...entry('In a web page, as a tag', tag),
      ...entry('In a web page, as a frame', frame),
      ...entry('In any HLS player: VLC, Safari, a TV', playlist),
    );
    setText(this.#advice, hasToken ? WITH_TOKEN : WITHOUT_TOKEN);
    this.#dialog.showModal();
  }
}

function entry(label: string, text: string): HTMLElement[] {
  const title = document.createElement('h3');
  title.textContent = label;
  return [title, codeBlock(label, text)];
}

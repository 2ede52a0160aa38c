import { setOrRemove } from './attributes.ts';
import { MediaElement } from './media-element.ts';

/** Properties that are attributes. */
export abstract class ReflectingElement extends MediaElement {
  /** Address of a multivariant playlist. */
  get src(): string {
    return this.getAttribute('src') ?? '';
  }

  set src(src: string) {
    setOrRemove(this, 'src', src);
  }

  get poster(): string {
    return this.getAttribute('poster') ?? '';
  }

  set poster(url: string) {
    setOrRemove(this, 'poster', url);
  }

  get autoplay(): string {
    return this.getAttribute('autoplay') ?? '';
  }

  set autoplay(how: string | boolean) {
    setOrRemove(this, 'autoplay', how === true ? '' : how === false ? null : how);
  }

  /** Whether captions are shown, where there are any. */
  get captions(): boolean {
    return this.hasAttribute('captions');
  }

  set captions(shown: boolean) {
    this.toggleAttribute('captions', shown);
  }
}

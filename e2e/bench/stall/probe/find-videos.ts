/** Calls `found` once for each `<video>` of the page, also in open shadow roots, as soon as it is in the document. */
export function findVideos(found: (video: HTMLVideoElement) => void): void {
  const seen = new WeakSet<Node>();
  const take = (video: HTMLVideoElement): void => {
    if (seen.has(video)) return;
    seen.add(video);
    found(video);
  };
  const search = (root: Document | ShadowRoot | Element): void => {
    if (root instanceof HTMLVideoElement) take(root);
    for (const video of root.querySelectorAll('video')) take(video);
  };
  const watch = (root: Document | ShadowRoot): void => {
    new MutationObserver((records) => {
      for (const record of records) for (const node of record.addedNodes) if (node instanceof Element) search(node);
    }).observe(root, { childList: true, subtree: true });
    search(root);
  };
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (this: Element, init: ShadowRootInit): ShadowRoot {
    const root = attachShadow.call(this, init);
    watch(root);
    return root;
  };
  watch(document);
}

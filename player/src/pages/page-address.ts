/** The session that the address bar names. */
export function sessionInAddress(): string | undefined {
  return new URLSearchParams(location.search).get('session') ?? undefined;
}

/** Names a session in the address bar. Where another was named before, that is one step back. */
export function nameInAddress(id: string): void {
  const named = sessionInAddress();
  const url = `?session=${encodeURIComponent(id)}`;
  if (named === undefined) {
    history.replaceState(null, '', url);
  } else if (named !== id) {
    history.pushState(null, '', url);
  }
}

import { EVENT_TYPES, type PlayerEvent, parseEvent } from './session-event.ts';

export type EventsOptions = {
  /** The session's eventsUrl. */
  readonly url: string;
  readonly onEvent: (event: PlayerEvent) => void;
  /** True once the connection stands, false when it is lost; it comes back by itself. */
  readonly onConnected?: (connected: boolean) => void;
};

export type EventStream = { close(): void };

/** EventSource gives up for good on an HTTP error; this is how long until it is asked again. */
const REOPEN_MS = 1_500;

/** Follows a session's events over one connection, each event once and in order, for as long as it is not closed. */
export function followEvents(options: EventsOptions): EventStream {
  const { url, onEvent, onConnected } = options;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastSeq = 0;

  const onMessage = (message: MessageEvent<string>): void => {
    const event = parseEvent(message.data);
    // A reconnection may repeat what was seen.
    if (event !== undefined && event.seq > lastSeq) {
      lastSeq = event.seq;
      if (event.type === 'session.ended') {
        // Nothing follows: the server hangs up now, and would again.
        source?.close();
        removeEventListener('online', reopen);
      }
      onEvent(event);
    }
  };

  const open = (): void => {
    source = new EventSource(url);
    source.onopen = () => onConnected?.(true);
    source.onmessage = onMessage;
    for (const type of EVENT_TYPES) {
      source.addEventListener(type, onMessage);
    }
    source.onerror = () => {
      onConnected?.(false);
      if (source?.readyState === EventSource.CLOSED) {
        timer = setTimeout(open, REOPEN_MS);
      }
    };
  };
  open();
  // The browser would wait out its own delay first.
  const reopen = (): void => {
    if (source?.readyState !== EventSource.OPEN) {
      clearTimeout(timer);
      source?.close();
      open();
    }
  };
  addEventListener('online', reopen);

  return {
    close() {
      removeEventListener('online', reopen);
      clearTimeout(timer);
      source?.close();
    },
  };
}

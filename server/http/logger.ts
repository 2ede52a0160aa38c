import type { Logger } from 'pino';

/** What the HTTP layer writes to the log. */
export type HttpLogger = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

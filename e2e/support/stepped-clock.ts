import { evaluate, INSPECTED } from './inspector.ts';

/** Runs in the server, and so uses nothing from outside. The monotonic clock stays: no system moves that. */
function installSteps(startMs: number): void {
  const { now } = Date;
  const { timeOrigin } = performance;
  let stepMs = startMs;
  Date.now = () => now() + stepMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, given: unknown[], self) =>
      Reflect.construct(target, given.length > 0 ? given : [Date.now()], self),
  });
  Object.defineProperty(performance, 'timeOrigin', { value: timeOrigin + startMs });
  Object.assign(globalThis, { stepClock: (ms: number) => (stepMs = ms) });
}

/** Environment of a server whose system clock is off by so many milliseconds when it starts, and can be set. */
export function clockOff(ms: number): Record<string, string> {
  const code = encodeURIComponent(`(${installSteps})(${ms})`);
  return { NODE_OPTIONS: `${INSPECTED.NODE_OPTIONS} --import data:text/javascript,${code}` };
}

/** Sets a server's system clock, to so many milliseconds off the right time. @param log - Of a server that was started with `clockOff`. */
export async function setClock(log: readonly string[], ms: number): Promise<void> {
  await evaluate(log, `stepClock(${ms})`);
}

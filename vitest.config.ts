import { defineConfig } from 'vitest/config';

/** Where the machine is shared, somebody else's burst is not our fault; one that comes twice is told. By hand nothing is tried again. */
const RETRIES = process.env.CI ? 1 : 0;

/** Limits end what would hang: no test is about how fast this machine is, and it may be busy with something else. */
const PATIENT = { expect: { poll: { timeout: 60_000, interval: 20 } } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{server,player,scripts,e2e}/**/*.test.ts'],
          retry: RETRIES,
          ...PATIENT,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // Half of their time is spent waiting for ffmpeg and clocks.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.spec.ts'],
          retry: RETRIES,
          ...PATIENT,
          testTimeout: 400_000,
          hookTimeout: 240_000,
          // What is said takes its time, and leaves the machine idle.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'timed',
          include: ['e2e/**/*.timed.ts'],
          retry: RETRIES,
          ...PATIENT,
          testTimeout: 400_000,
          hookTimeout: 600_000,
          // Pictures and sound are measured to the millisecond here: these have the machine to themselves, one after another.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'long',
          include: ['e2e/**/*.long.ts'],
          ...PATIENT,
          testTimeout: 700_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

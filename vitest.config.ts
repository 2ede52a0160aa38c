import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{server,player,scripts,e2e}/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.spec.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          // Real browsers and encoders measure time: files take turns, so that they do not starve each other.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'long',
          include: ['e2e/**/*.long.ts'],
          testTimeout: 420_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

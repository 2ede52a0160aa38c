import { z } from 'zod';

/** How many checks ended how, and which were skipped: their titles say why. */
export type Tally = { readonly passed: number; readonly failed: number; readonly skipped: readonly string[] };

/** The part of vitest's JSON report that is read. */
const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

/** What vitest's reports call a test that did not run. */
const SKIPPED = ['skipped', 'pending', 'todo', 'disabled'];

/** Style and types count as one check each. */
export function tallyOfCheck(exitCode: number): Tally {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: [] } : { passed: 0, failed: 1, skipped: [] };
}

/**
 * Counts tests. A file that could not be loaded has no tests and counts as one failure, and so does a run that failed
 * without a failed test (an unhandled rejection, no tests at all) or without a report.
 *
 * @param report - vitest's JSON report; absent when vitest died before it wrote one.
 */
export function tallyOfVitest(report: string | undefined, exitCode: number): Tally {
  if (report === undefined) return tallyOfCheck(exitCode === 0 ? 1 : exitCode);
  const results = vitestReport.parse(JSON.parse(report));
  const brokenFiles = results.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length;
  const failed = results.numFailedTests + brokenFiles;
  return {
    passed: results.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: results.testResults.flatMap(({ assertionResults }) =>
      assertionResults.flatMap(({ status, fullName }) => (SKIPPED.includes(status) ? fullName : [])),
    ),
  };
}

export function addTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce((sum, { passed, failed, skipped }) => ({
    passed: sum.passed + passed,
    failed: sum.failed + failed,
    skipped: [...sum.skipped, ...skipped],
  }));
}

/** `12 passed, 0 failed`, behind lines for what was skipped when something was. */
export function lastLines({ passed, failed, skipped }: Tally): string {
  const lines = skipped.length > 0 ? [`${skipped.length} skipped:`, ...skipped.map((title) => `  ${title}`)] : [];
  return [...lines, `${passed} passed, ${failed} failed`].join('\n');
}

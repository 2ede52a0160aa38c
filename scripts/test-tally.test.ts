import { expect, test } from 'vitest';
import { addTallies, lastLines, tallyOfCheck, tallyOfVitest } from './test-tally.ts';

function report(counts: { passed?: number; failed?: number }, files: unknown[] = []) {
  return JSON.stringify({
    numPassedTests: counts.passed ?? 0,
    numFailedTests: counts.failed ?? 0,
    testResults: files,
  });
}

const result = (status: string, fullName: string) => ({ status, fullName });

test('counts tests that passed or failed, and names those that were skipped or are to do', () => {
  const assertionResults = [result('passed', 'a'), result('failed', 'b'), result('skipped', 'c'), result('todo', 'd')];
  const counts = report({ passed: 5, failed: 2 }, [{ status: 'failed', assertionResults }]);
  expect(tallyOfVitest(counts, 1)).toEqual({ passed: 5, failed: 2, skipped: ['c', 'd'] });
});

test('counts a file that could not be loaded as one failure', () => {
  const broken = { status: 'failed', assertionResults: [] };
  const counted = { status: 'failed', assertionResults: [result('failed', 'a')] };
  expect(tallyOfVitest(report({ failed: 1 }, [broken, counted]), 1).failed).toBe(2);
});

test('counts a run that failed without a failed test, or left no report, as one failure', () => {
  expect(tallyOfVitest(report({ passed: 3 }), 1)).toEqual({ passed: 3, failed: 1, skipped: [] });
  expect(tallyOfVitest(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: [] });
  expect(tallyOfVitest(undefined, 137)).toEqual({ passed: 0, failed: 1, skipped: [] });
});

test('says the sum in the last line, and names skipped tests before it when there are some', () => {
  const sum = addTallies([tallyOfCheck(0), tallyOfCheck(2), { passed: 7, failed: 0, skipped: [] }]);
  expect(lastLines(sum)).toBe('8 passed, 1 failed');
  const some = addTallies([sum, { passed: 1, failed: 0, skipped: ['the edge (skipped without nginx)'] }]);
  expect(lastLines(some)).toBe('1 skipped:\n  the edge (skipped without nginx)\n9 passed, 1 failed');
});

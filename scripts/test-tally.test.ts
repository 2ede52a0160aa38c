import { expect, test } from 'vitest';
import { addTallies, lastLines, tallyOfCheck, tallyOfVitest } from './test-tally.ts';

function report(counts: { passed?: number; failed?: number; pending?: number; todo?: number }, files: unknown[] = []) {
  return JSON.stringify({
    numPassedTests: counts.passed ?? 0,
    numFailedTests: counts.failed ?? 0,
    numPendingTests: counts.pending ?? 0,
    numTodoTests: counts.todo ?? 0,
    testResults: files,
  });
}

test('counts tests that passed, failed, were skipped or are to do', () => {
  const counts = report({ passed: 5, failed: 2, pending: 1, todo: 1 });
  expect(tallyOfVitest(counts, 1)).toEqual({ passed: 5, failed: 2, skipped: 2 });
});

test('counts a file that could not be loaded as one failure', () => {
  const broken = { status: 'failed', assertionResults: [] };
  const counted = { status: 'failed', assertionResults: [{ status: 'failed' }] };
  expect(tallyOfVitest(report({ failed: 1 }, [broken, counted]), 1).failed).toBe(2);
});

test('counts a run that failed without a failed test, or left no report, as one failure', () => {
  expect(tallyOfVitest(report({ passed: 3 }), 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  expect(tallyOfVitest(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(tallyOfVitest(undefined, 137)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('says the sum in the last line, and skipped tests in one before when there are some', () => {
  const sum = addTallies([tallyOfCheck(0), tallyOfCheck(2), { passed: 7, failed: 0, skipped: 0 }]);
  expect(lastLines(sum)).toBe('8 passed, 1 failed');
  expect(lastLines({ passed: 1, failed: 0, skipped: 3 })).toBe('3 skipped\n1 passed, 0 failed');
});

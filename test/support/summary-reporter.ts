import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Says why tests were skipped, and closes the run with one line that people and machines can read. */
export default class SummaryReporter implements Reporter {
  #lines: readonly string[] = [];

  onInit(): void {
    // Vitest may still print after onTestRunEnd (a slow teardown, for example); the summary comes after that too.
    process.once('exit', () => process.stdout.write(this.#lines.map((line) => `${line}\n`).join('')));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts = count(modules);
    counts.failed += unhandledErrors.length;
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    this.#lines = [...skipReasons(modules), `${counts.passed} passed, ${counts.failed} failed${skipped}`];
  }
}

function count(modules: readonly TestModule[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // A test that never came to an end (its worker died) has not passed.
      counts[state === 'pending' ? 'failed' : state] += 1;
    }
    // A file that does not load and a hook that throws fail no test of their own.
    for (const suite of [module, ...module.children.allSuites()]) {
      if (suite.errors().length > 0) counts.failed += 1;
    }
  }
  return counts;
}

function skipReasons(modules: readonly TestModule[]): string[] {
  const reasons = new Map<string, number>();
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state !== 'skipped') continue;
      const reason = `${module.relativeModuleId}: ${result.note ?? 'no reason given'}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  return [...reasons].map(([reason, tests]) => `skipped ${tests} of ${reason}`);
}

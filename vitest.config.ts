import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const project = (
  name: string,
  options: Omit<NonNullable<TestProjectInlineConfiguration['test']>, 'name' | 'include'> = {},
): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, include: [`test/${name}/**/*.test.ts`], sequence: { groupOrder: 1 }, ...options },
});

// No process and no file to isolate; a virtual clock that runs away meets the heap's limit early.
const PURE = { isolate: false, execArgv: ['--max-old-space-size=512'] };
const SLOW = { testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: '100%',
    reporters: ['default', './test/support/summary-reporter.ts'],
    projects: [
      project('unit', PURE),
      project('marble', PURE),
      project('cli', SLOW),
      project('native', SLOW),
      // Real processes and real time: after the others, so that nothing of ours disturbs the clock.
      project('kernel', { testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 2, sequence: { groupOrder: 2 } }),
    ],
  },
});

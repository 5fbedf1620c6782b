import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { FakeContainer } from './cgroup.ts';
import { Daemon, type DaemonOptions } from './daemon.ts';
import { inPidNamespace } from './namespaces.ts';
import { type Program, Stage } from './program.ts';

interface Fixtures {
  /** The process tree of this test; closed afterwards, whatever is left in it. */
  readonly stage: Stage;
  /** The same in a pid namespace of its own, where it is pid 1. */
  readonly nestedStage: Stage;
  /** A container's cgroup, empty; afterwards it is removed, with what runs in it. */
  readonly container: FakeContainer;
  /** Starts a daemon that may touch this tree only; stopped afterwards, and checked for a clean end. */
  readonly reapd: (options?: Partial<DaemonOptions>) => Promise<Daemon>;
  /** Writes a configuration file; returns its path. */
  readonly configFile: (yaml: string) => string;
}

export const kernelTest = test.extend<Fixtures>({
  // biome-ignore-start lint/correctness/noEmptyPattern: vitest wants the pattern
  container: async ({}, use) => {
    const container = new FakeContainer();
    await use(container);
    await container.remove();
  },
  stage: async ({}, use) => {
    const stage = await Stage.open();
    await use(stage);
    await stage.close();
  },
  nestedStage: async ({}, use) => {
    const stage = await Stage.open(inPidNamespace);
    await use(stage);
    await stage.close();
  },
  configFile: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'reapd-test-'));
    await use((yaml) => {
      const path = join(folder, 'reapd.yaml');
      writeFileSync(path, yaml);
      return path;
    });
    rmSync(folder, { recursive: true });
  },
  // biome-ignore-end lint/correctness/noEmptyPattern: as above
  reapd: async ({ stage }, use) => {
    const daemons: Daemon[] = [];
    await use(async (options) => {
      const daemon = await Daemon.start({ scope: `tree:${stage.pid}`, ...options });
      daemons.push(daemon);
      return daemon;
    });
    const stops = await Promise.allSettled(daemons.map((daemon) => daemon.stop()));
    for (const stop of stops) if (stop.status === 'rejected') throw stop.reason;
  },
});

/**
 * The barrier for "nobody is touched": a plain offender in the same tree, made later than what is under test. When the
 * daemon has signalled it, it has also had its chance at everything before.
 */
export async function awaitControl(daemon: Daemon, stage: Stage): Promise<Program> {
  const control = await stage.start('never-waits');
  await daemon.sent(control.pid, 'SIGTERM');
  return control;
}

/** The longer barrier: as long as the whole ladder, so that a wrong SIGKILL would have been sent before. */
export async function awaitControlKill(daemon: Daemon, stage: Stage): Promise<Program> {
  const control = await stage.start('ignores-term', 'ignore');
  await daemon.sent(control.pid, 'SIGKILL');
  return control;
}

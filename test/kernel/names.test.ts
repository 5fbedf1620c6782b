import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kernelTest } from '../support/kernel-test.ts';
import { describeKernel } from '../support/needs.ts';
import { programPath } from '../support/paths.ts';

const variants = 12;
const protectedName = 'containerd-shim-runc-v2';

// Validity is checked for every line of every test (support/contract.ts); here the names try to break it.
describeKernel('hostile names', () => {
  kernelTest('do not break the log, and the offender is found', async ({ stage, reapd }) => {
    const daemon = await reapd({ args: ['--budget', '1000/m'] });
    const leakers = [];
    for (let variant = 0; variant < variants; variant++) leakers.push(await stage.start('hostile-names', variant));
    for (const [variant, leaker] of leakers.entries()) {
      const signal = await daemon.sent(leaker.pid, 'SIGTERM');
      expect(signal.parent?.cmdline, `variant ${variant}`).toHaveLength(3);
      expect(signal.parent?.cmdline[2]).toBe('--threshold=0');
      expect((await leaker.exited()).signal).toBe(15);
    }
  });

  kernelTest('come out as they are when they are harmless', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('hostile-names', 7);
    const signal = await daemon.sent(leaker.pid, 'SIGTERM');
    expect(signal.parent?.comm).toBe('a) Z 1 (b');
    expect(signal.zombies?.sample[0]?.comm).toBe('a) Z 1 (b');
  });
});

describeKernel('a tenant that calls itself a container runtime', () => {
  const home = mkdtempSync('/tmp/reapd-test-');
  const shim = join(home, protectedName);
  test.beforeAll(() => {
    chmodSync(home, 0o755);
    copyFileSync(programPath('never-waits'), shim);
  });
  test.afterAll(() => rmSync(home, { recursive: true }));

  kernelTest('by its thread name only', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('never-waits', 1, 'containerd-shim');
    await daemon.sent(leaker.pid, 'SIGTERM');
    expect((await leaker.exited()).signal).toBe(15);
  });

  kernelTest('by its executable too, as an ordinary user', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start(shim, 1, 'containerd-shim', 65534);
    await daemon.sent(leaker.pid, 'SIGTERM');
    expect((await leaker.exited()).signal).toBe(15);
  });

  kernelTest('by its executable too, as root', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start(shim, 1, 'containerd-shim');
    await daemon.sent(leaker.pid, 'SIGTERM');
    expect((await leaker.exited()).signal).toBe(15);
  });

  kernelTest('in a container', async ({ stage, reapd, container }) => {
    const daemon = await reapd();
    const leaker = await stage.start(...container.run(shim, 1, 'containerd-shim'));
    await daemon.sent(leaker.pid, 'SIGTERM');
    expect((await leaker.exited()).signal).toBe(15);
  });

  kernelTest('as the init of a pid namespace', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const program = await stage.start('pidns-init', 'handler', 1, 'systemd');
    await daemon.sent(program.fact('init'), 'SIGTERM');
    await program.said('init-ended');
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { describeKernel } from '../support/needs.ts';
import { reapdPath } from '../support/paths.ts';
import { eventually } from '../support/proc.ts';
import { Stage } from '../support/program.ts';

/** Runs the demo; `then` is called when its output first matches `pattern`. */
async function runDemo(args: readonly string[] = [], pattern?: RegExp, then: (demo: ChildProcess) => void = () => {}) {
  const demo = spawn(reapdPath, ['demo', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let seen = '';
  demo.stdout.on('data', (chunk: Buffer) => {
    const before = pattern?.test(seen);
    seen += chunk;
    if (before === false && pattern?.test(seen) === true) {
      then(demo);
    }
  });
  const startedMs = Date.now();
  const [[code], stderr] = await Promise.all([once(demo, 'close'), text(demo.stderr)]);
  return { code: code as number, stdout: seen, stderr, tookMs: Date.now() - startedMs };
}

describeKernel('reapd demo', () => {
  test('tells of a leak, TERM, KILL and the result, in under 10 s', async () => {
    const { code, stdout, stderr, tookMs } = await runDemo();
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^ +\d\.\d s {2}in a pid namespace of its own.*\n( +\d\.\d s {2}.*\n)*.* the kernel tells of a zombie: sleep\[\d+\].*\n(.*\n)*.* over the threshold: sleep\[\d+\] has 3 zombies.*\n.* SIGTERM to sleep\[\d+\]: sent \(it ignores SIGTERM\)\n.* SIGKILL to sleep\[\d+\]: sent .*\n.* resolved: parent-exited.*\n.* result: the parent is gone, all 3 zombies are reaped, nothing else was touched\n$/,
    );
    expect(stdout).not.toContain('\u001b');
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(10_000);
  });

  test('does not tell of zombies elsewhere', async () => {
    const stage = await Stage.open();
    const { stdout } = await runDemo([], /watching by kernel event/, () => void stage.start('never-waits', 50));
    await stage.close();
    expect(stdout.match(/the kernel tells of a zombie/g)).toHaveLength(3);
  });

  test('leaves nothing behind when it is interrupted', async () => {
    const { code, stdout } = await runDemo([], /tells of a zombie/, (demo) => demo.kill('SIGINT'));
    expect(code).toBe(1);
    const zombie = Number(/sleep\[(\d+)\]/.exec(stdout)?.[1]);
    const parentIsGone = () => !existsSync(`/proc/${zombie}`);
    await eventually('the leaking parent has ended, and its zombies with it', parentIsGone);
  });

  test('refuses what it does not know', async () => {
    const { code, stdout, stderr } = await runDemo(['--slow']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^reapd: [^\n]*--slow[^\n]*\n$/);
  });
});

import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type BpfKind, bpfObjectsOf, stillInKernel } from '../support/bpf-objects.ts';
import { runReapd } from '../support/daemon.ts';
import { kernelTest } from '../support/kernel-test.ts';
import { inUserNamespace, userNamespaceRefusal, withForeignProc, withoutBtf } from '../support/namespaces.ts';
import { describeKernel } from '../support/needs.ts';
import { eventually, isAlive } from '../support/proc.ts';
import { expectTimely, expectTrueAge } from '../support/timing.ts';

const kinds: BpfKind[] = ['prog', 'map', 'link'];

async function expectGone(held: Record<BpfKind, number[]>): Promise<void> {
  for (const kind of kinds) {
    await eventually(`no ${kind} left in the kernel`, () => stillInKernel(kind, held[kind]).length === 0);
  }
}

describeKernel('start', () => {
  kernelTest('zombies over the threshold are acted on at once, with their true age', async ({ stage, reapd }) => {
    const leaker = await stage.start('never-waits', 2);
    await sleep(1_500);
    const daemon = await reapd();
    const signal = await daemon.sent(leaker.pid, 'SIGTERM');
    expectTrueAge(signal, leaker.ready);
    const started = await daemon.event('started', () => true);
    // At once: not after one more threshold.
    expect(Date.parse(signal.time) - Date.parse(started.time)).toBeLessThan(900);
    expect(Number(started.zombies)).toBeGreaterThanOrEqual(2);
  });

  kernelTest('younger ones get the rest of the threshold', async ({ stage, reapd }) => {
    const leaker = await stage.start('never-waits', 2);
    const daemon = await reapd({ threshold: '3s' });
    const signal = await daemon.sent(leaker.pid, 'SIGTERM');
    expectTimely(signal, leaker.ready.leakedMs, 3_000);
    expectTrueAge(signal, leaker.ready);
  });

  kernelTest('after a SIGKILL it goes on where it was', async ({ stage, reapd }) => {
    const first = await reapd({ threshold: '2s' });
    const held = bpfObjectsOf(first.pid);
    const leaker = await stage.start('never-waits', 2);
    await sleep(500);
    await first.kill();
    await expectGone(held);
    await sleep(leaker.ready.leakedMs + 2_300 - Date.now());
    const second = await reapd({ threshold: '2s' });
    const signal = await second.sent(leaker.pid, 'SIGTERM');
    expectTrueAge(signal, leaker.ready);
    const started = await second.event('started', () => true);
    // At once: not after one more threshold.
    expect(Date.parse(signal.time) - Date.parse(started.time)).toBeLessThan(900);
    expect(Number(started.zombies)).toBeGreaterThanOrEqual(2);
    expect((await leaker.exited()).signal).toBe(15);
  });
});

describeKernel('stop', () => {
  kernelTest.for(['SIGTERM', 'SIGINT'] as const)('on %s nothing is left in the kernel', async (signal, { reapd }) => {
    const daemon = await reapd();
    const held = bpfObjectsOf(daemon.pid);
    expect(held.link.length).toBeGreaterThanOrEqual(2);
    for (const kind of kinds) expect(stillInKernel(kind, held[kind])).toEqual(held[kind]);
    await daemon.stop(signal); // also insists on exit code 0, the line `stopped`, and silence on stderr
    await expectGone(held);
  });

  kernelTest('in the middle of a ladder it does not wait, and does not kill', async ({ stage, reapd }) => {
    const daemon = await reapd();
    const leaker = await stage.start('ignores-term', 'ignore');
    await daemon.sent(leaker.pid, 'SIGTERM');
    const before = performance.now();
    await daemon.stop();
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(daemon.sentSignals()).toEqual([`SIGTERM ${leaker.pid}`]);
    expect(isAlive(leaker.pid)).toBe(true);
  });
});

describeKernel('reload', () => {
  kernelTest('takes a good file and refuses a bad one', async ({ stage, reapd, configFile }) => {
    const config = configFile('threshold: 60s\nsettle: 200ms\n');
    const daemon = await reapd({ threshold: null, settle: null, args: ['--config', config] });
    const first = await stage.start('never-waits', 1);
    expect(isAlive(first.pid)).toBe(true);
    expect(daemon.lines.map((line) => line.event)).toEqual(['started']);

    writeFileSync(config, 'threshold: 1s\nsettle: 200ms\n');
    daemon.hangUp();
    await daemon.event('reloaded', () => true);
    await daemon.sent(first.pid, 'SIGTERM');

    writeFileSync(config, 'threshold: soon\n');
    daemon.hangUp();
    const refused = await daemon.event('reload-refused', () => true);
    expect(refused.level).toBe('error');
    expect(JSON.stringify(refused)).toContain('threshold');
    const second = await stage.start('never-waits', 1);
    expectTimely(await daemon.sent(second.pid, 'SIGTERM'), second.ready.leakedMs);
  });
});

describeKernel('without what it needs it says so in one line', () => {
  const cases = {
    'no capabilities': ['setpriv', '--bounding-set=-all', '--inh-caps=-all'],
    'root of a user namespace only': inUserNamespace,
    'no BTF': withoutBtf,
    '/proc of another pid namespace': withForeignProc,
  };
  kernelTest.for(Object.entries(cases))('%s', async ([, via], { skip }) => {
    const refusal = via === inUserNamespace ? userNamespaceRefusal() : undefined;
    skip(refusal !== undefined, `no user namespace can be made here: ${refusal}`);
    const ended = await runReapd(['run', '--source', 'ebpf', '--scope', `tree:${process.pid}`, '--dry-run'], via);
    expect(ended.stderr).toMatch(/^[^\n]+\n$/);
    expect(ended.code).toBe(3);
  });
});

describeKernel('what it does not understand it does not start with', () => {
  const commands = [
    ['walk'], // as all others, with --dry-run: should one be accepted, nobody is hurt
    ['run', '--thresold', '1s'],
    ['run', '--threshold', 'soon'],
    ['run', '--threshold', '-1s'],
    ['run', '--settle', '1'],
    ['run', '--scope', 'everything'],
    ['run', '--scope', 'tree:0'],
    ['run', '--source', 'magic'],
    ['run', '--budget', '10/fortnight'],
    ['run', '--min-zombies', '0'],
    ['run', '--config', '/nonexistent/reapd.yaml'],
  ];
  kernelTest.for(commands.map((words) => words.join(' ')))('reapd %s', async (command) => {
    const ended = await runReapd([...command.split(' '), '--dry-run']);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).not.toBe('');
  });

  kernelTest.for([
    ['thresold: 1s', 'thresold'],
    ['ladder: [{signal: SIGNOPE, wait: 2s}]', 'ladder'],
    ['threshold: [1s', 'yaml'],
  ])('configuration: %s', async ([yaml, place], { configFile }) => {
    const ended = await runReapd(['run', '--dry-run', '--config', configFile(`${yaml}\n`)]);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(/^[^\n]+\n$/);
    expect(ended.stderr).toContain(place);
  });
});

import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { ADDON } from '../support/addon.ts';
import { describeKernel } from '../support/needs.ts';
import { expectKernelClean, type Ran, runScript } from '../support/script.ts';

const library = (name: string) => execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();

/** The sanitizers' libraries come first in a program that was built without them. */
const sanitizers = (): Record<string, string> => ({
  LD_PRELOAD: `${library('libasan.so')} ${library('libubsan.so')}`,
  // Node.js itself keeps memory until it exits, and exit() frees none: not a leak of the addon's.
  ASAN_OPTIONS: 'detect_leaks=0',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
  REAPD_TEST_ADDON: ADDON.sanitized,
});

const BUILDS: { build: string; path: string; env: () => Record<string, string> }[] = [
  { build: 'the addon', path: ADDON.release, env: () => ({}) },
  { build: 'the sanitized addon (make native-asan)', path: ADDON.sanitized, env: sanitizers },
];

const ANSWER = 42;

describe.for(BUILDS)('$build', ({ build, path, env }) => {
  describeKernel(build, () => {
    const run = (name: string) => runScript(name, { env: env() });
    const facts = (ran: Ran) => Object.assign({}, ...ran.said) as Record<string, unknown>;

    async function expectCleanEnd(ran: Ran, code = 0): Promise<void> {
      expect({ stderr: ran.stderr, code: ran.code, signal: ran.signal }).toEqual({ stderr: '', code, signal: null });
      await expectKernelClean(ran);
    }

    test('can be loaded twice, and leaves nothing when it is closed', async () => {
      const ran = await run('close');
      await expectCleanEnd(ran);
      expect(facts(ran)).toMatchObject({ anew: true, stats: 0, left: 0 });
      expect(ran.said.filter((line) => 'error' in line)).toHaveLength(4);
    });

    test('can be closed and collected from within its callback', async () => {
      const ran = await run('close-in-callback');
      await expectCleanEnd(ran);
      expect(facts(ran)).toMatchObject({ calls: 1 });
    });

    test('is freed when it was dropped', async () => {
      const ran = await run('drop');
      await expectCleanEnd(ran);
      expect(facts(ran)).toMatchObject({ afterLoaded: 0, afterClosed: 0 });
    });

    test('leaves nothing when the process exits', async () => {
      await expectCleanEnd(await run('exit'));
      await expectCleanEnd(await run('exit-in-callback'), ANSWER);
    });

    test('leaves nothing when the process is killed', async () => {
      const ran = await run('killed');
      expect(ran).toMatchObject({ stderr: '', signal: 'SIGKILL' });
      await expectKernelClean(ran);
    });

    test('lets what its callback throws end the process', async () => {
      const ran = await run('throw');
      expect(ran.stderr).toContain('Error: thrown by the record callback');
      expect(ran.stderr).not.toMatch(/Sanitizer|runtime error|FATAL/);
      expect(ran.code).toBe(1);
      await expectKernelClean(ran);
    });

    test('goes on when somebody handles what its callback throws', async () => {
      const ran = await run('throw-caught');
      await expectCleanEnd(ran);
      expect(ran.said.flatMap((line) => line.uncaught ?? [])).toEqual(['call 1', 'call 2', 'call 3']);
    });

    test('lives in worker threads, and dies with them', async () => {
      const ran = await run('workers');
      await expectCleanEnd(ran);
      const ends = ran.said.flatMap((line) => (line.ends ? [line.ends] : []));
      const expected = [
        'goes-on: told',
        'closes: closed',
        'spins: spinning',
        'throws: thrown in a worker',
        'exits: ended',
        'never-starts: loaded',
      ];
      expect(ends).toEqual([expected, expected, expected]);
    });

    test('holds no descriptor and no event loop for a process that it let go', async () => {
      const ran = await run('references');
      expect(ran).toMatchObject({ stderr: '', code: 0 });
      expect(ran.said).toEqual([{ before: expect.any(Number), after: expect.any(Number) }]);
      expect(facts(ran).after).toBe(facts(ran).before);
    });

    test('does all that it can', async () => {
      const ran = await run('everything');
      await expectCleanEnd(ran);
      expect(facts(ran)).toMatchObject({ missing: 0, released: true, probe: { btf: true, timer: true, loop: true } });
    });

    test('tells the numbers of its own pid namespace', async () => {
      const ran = await runScript('nested', {
        env: env(),
        via: ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'],
      });
      await expectCleanEnd(ran);
      expect(facts(ran)).toMatchObject({ pid: 1, outside: 0, seen: true, unseen: 0 });
    });

    describe('says why it is refused, but not on stderr:', () => {
      const refused = (wrong: string, via: string[] = []) =>
        runScript('refused', { env: { ...env(), WRONG: wrong }, via });
      const quiet = (ran: Ran) =>
        expect({ stderr: ran.stderr, code: ran.code, ...ran.said.at(-1) }).toEqual({ stderr: '', code: 0, left: 0 });

      test('a map that cannot be', async () => {
        const ran = await refused('map');
        quiet(ran);
        expect(ran.said[0]).toMatchObject({ refused: true, code: 'EINVAL', step: 'load' });
        expect(ran.said[0]?.log).toMatch(/zombies/);
      });

      test('no right to load', async () => {
        const ran = await refused('rights', ['setpriv', '--bounding-set=-all', '--inh-caps=-all']);
        quiet(ran);
        expect(ran.said[0]).toMatchObject({ refused: true, code: 'EPERM', step: 'load' });
        expect(ran.said[0]?.log).toMatch(/libbpf/);
      });

      // The undefined-behaviour sanitizer needs a descriptor itself, and without one reports what is not so.
      test('no descriptor to attach with', async ({ skip }) => {
        skip(path === ADDON.sanitized, 'the undefined-behaviour sanitizer needs a descriptor itself');
        const ran = await refused('attach', ['prlimit', '--nofile=128:128']);
        quiet(ran);
        expect(ran.said.slice(0, 2)).toMatchObject([
          { refused: true, code: 'EMFILE', step: 'attach' },
          { refused: true, code: 'EMFILE', step: 'attach' },
        ]);
      });
    });
  });
});

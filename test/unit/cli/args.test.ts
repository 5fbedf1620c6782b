import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Invocation, parseArgs } from '../../../src/cli/args.ts';
import { defaultsYaml } from '../../../src/config/defaults-yaml.ts';
import { KEYS } from '../../../src/config/schema.ts';

const surroundings = { version: '1.2.3', signals: new Set(['SIGTERM', 'SIGKILL']) };
const parse = (...argv: string[]): Invocation => parseArgs(argv, surroundings);

const helpOf = (...argv: string[]): string => {
  const asked = parse(...argv);
  return asked.command === 'exit' && asked.exitCode === 0 ? asked.stdout : `not help: ${JSON.stringify(asked)}`;
};

describe('run', () => {
  test.each<[string, object]>([
    ['', {}],
    ['--threshold 5s', { thresholdMs: 5_000 }],
    ['--threshold=5s', { thresholdMs: 5_000 }],
    ['--threshold nonsense --threshold 5s', { thresholdMs: 5_000 }],
    ['--settle 0', { settleMs: 0 }],
    ['--dry-run', { dryRun: true }],
    ['--dry-run --dry-run', { dryRun: true }],
    ['--source netlink --min-zombies 3', { source: 'netlink', minZombies: 3 }],
    ['--scope cgroup:/kubepods', { scope: { kind: 'cgroup', path: '/kubepods' } }],
    ['--scope node --scope tree:12', { scope: { kind: 'tree', pid: 12 } }],
    ['--budget 5/s', { budget: { count: 5, perMs: 1_000 } }],
    ['--log-format pretty --log-level debug', { logFormat: 'pretty', logLevel: 'debug' }],
  ])('run %s', (line, flags) => {
    expect(parse('run', ...line.split(' ').filter(Boolean))).toEqual({ command: 'run', flags });
  });

  test('the path of the file is passed on, the last one', () => {
    expect(parse('run', '--config', 'a', '--config', '/b c')).toEqual({
      command: 'run',
      flags: {},
      configPath: '/b c',
    });
  });
});

describe('other commands', () => {
  test.each<[string, object]>([
    ['demo', { command: 'demo', color: true }],
    ['demo --no-color', { command: 'demo', color: false }],
    ['config check a.yaml', { command: 'config-check', path: 'a.yaml' }],
    ['config defaults', { command: 'exit', exitCode: 0, stdout: defaultsYaml(), stderr: '' }],
    ['--version', { command: 'exit', exitCode: 0, stdout: '1.2.3\n', stderr: '' }],
  ])('%s', (line, asked) => {
    expect(parse(...line.split(' '))).toEqual(asked);
  });
});

describe('a mistake is one line on stderr and exit code 2', () => {
  test.each<[string[], string]>([
    [[], 'reapd: no command given; see reapd --help\n'],
    [['config'], 'reapd: no command given; see reapd --help\n'],
    [['rum'], "reapd: unknown command 'rum' (Did you mean run?); see reapd --help\n"],
    [['config', 'show'], "reapd: unknown command 'show'; see reapd --help\n"],
    [['config', 'help'], "reapd: unknown command 'help'; see reapd --help\n"],
    [['help', 'nothing'], "reapd: unknown command 'nothing'; see reapd --help\n"],
    [['help', 'config', 'nothing'], "reapd: unknown command 'nothing'; see reapd --help\n"],
    [['--dry-run'], "reapd: unknown option '--dry-run'; see reapd --help\n"],
    [['-x'], "reapd: unknown option '-x'; see reapd --help\n"],
    [['run', '--treshold', '5s'], "reapd: unknown option '--treshold' (Did you mean --threshold?); see reapd --help\n"],
    [['run', '--ladder', 'SIGTERM'], "reapd: unknown option '--ladder'; see reapd --help\n"],
    [['run', '--dry-run=false'], "reapd: unknown option '--dry-run=false'; see reapd --help\n"],
    [['run', '--threshold'], "reapd: option '--threshold <duration>' argument missing; see reapd --help\n"],
    [['run', '--threshold', '60'], 'reapd: --threshold: "60" is not a duration; use for example 60s\n'],
    [['run', '--threshold', ''], 'reapd: --threshold: "" is not a duration; use for example 60s\n'],
    [['run', '--threshold', '1ms'], 'reapd: --threshold: "1ms" is out of bounds (100ms to 24h); use for example 60s\n'],
    [['run', '--threshold', '--dry-run'], 'reapd: --threshold: "--dry-run" is not a duration; use for example 60s\n'],
    [['run', '--source', 'x'], 'reapd: --source: "x" is not auto, ebpf or netlink; use for example auto\n'],
    [['run', '--min-zombies', '0x1'], 'reapd: --min-zombies: "0x1" is not a whole number; use for example 1\n'],
    [['run', 'now'], "reapd: too many arguments for 'run'. Expected 0 arguments but got 1: now; see reapd --help\n"],
    [['demo', '--fast'], "reapd: unknown option '--fast'; see reapd --help\n"],
    [['config', 'check'], "reapd: missing required argument 'file'; see reapd --help\n"],
    [['\u001b[31m\nrun'], "reapd: unknown command '\\u001b[31m\\u000arun'; see reapd --help\n"],
  ])('%j', (argv, stderr) => {
    expect(parse(...argv)).toEqual({ command: 'exit', exitCode: 2, stdout: '', stderr });
  });

  test('whatever the command line is', () => {
    const word = fc.oneof(
      fc.constantFrom('run', 'demo', 'config', 'check', 'help', '--help', '--', '-', '--threshold', '5s', '--scope'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (argv) => {
        const asked = parse(...argv);
        if (asked.command === 'exit' && asked.exitCode !== 0) {
          expect(asked).toEqual({
            command: 'exit',
            exitCode: 2,
            stdout: '',
            stderr: expect.stringMatching(/^reapd: \P{Cc}+\n$/u),
          });
        }
      }),
    );
  });
});

describe('help', () => {
  test.each([[], ['run'], ['demo'], ['config'], ['config', 'check'], ['config', 'defaults']])(
    'of %j %j',
    (...names) => {
      const path = names.filter((name) => name !== undefined);
      const help = helpOf(...path, '--help');
      expect(help).toContain(`Usage: ${['reapd', ...path].join(' ')}`);
      expect(help).toMatch(/\nExample:\n {2}reapd \w+/);
      expect(helpOf('help', ...path)).toBe(help);
      expect(helpOf(...path, '-h')).toBe(help);
    },
  );

  test('of run has the text of the table for every option', () => {
    const words = helpOf('run', '--help').replace(/\s+/g, ' ');
    for (const { name, help, option } of KEYS.filter((key) => key.option !== undefined)) {
      expect(words).toContain(`--${name} ${option} ${help}`.replace(/\s+/g, ' '));
    }
    expect(words).toContain('(100ms to 24h; default 60s)');
  });

  test('of the program documents the exit codes', () => {
    expect(helpOf('--help')).toMatch(/Exit codes:\n {2}0 {2}.+\n {2}1 {2}.+\n {2}2 {2}.+\n {2}3 {2}.+\n$/);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { KEYS } from '../../../src/config/schema.ts';

const context = { signals: new Set(['SIGTERM', 'SIGKILL', 'SIGCHLD']) };
const parse = (text: string) => parseConfig(text, context);

const errorOf = (text: string): string => {
  const parsed = parse(text);
  return 'error' in parsed ? parsed.error : `accepted: ${JSON.stringify(parsed.ok)}`;
};

describe('a good file', () => {
  test.each<[string, unknown]>([
    ['', {}],
    ['   \n\n', {}],
    ['# only a comment\n', {}],
    ['---\n', {}],
    ['--- {}\n...\n', {}],
    ['\ufeffthreshold: 5s', { thresholdMs: 5_000 }],
    ['threshold: 5s\r\nsettle: 2s\r\n', { thresholdMs: 5_000, settleMs: 2_000 }],
    ['threshold: 100ms', { thresholdMs: 100 }],
    ['threshold: 24h', { thresholdMs: 86_400_000 }],
    ['settle: 0', { settleMs: 0 }],
    ['settle: "0"', { settleMs: 0 }],
    ['settle: 1m', { settleMs: 60_000 }],
    ['dry-run: true', { dryRun: true }],
    ['dryRun: false', { dryRun: false }],
    ['source: netlink', { source: 'netlink' }],
    ['min-zombies: 100000', { minZombies: 100_000 }],
    ['minZombies: "7"', { minZombies: 7 }],
    ['scope: node', { scope: { kind: 'node' } }],
    ['scope: cgroup:/kubepods', { scope: { kind: 'cgroup', path: '/kubepods' } }],
    ['scope: cgroup://kubepods//pod1/', { scope: { kind: 'cgroup', path: '/kubepods/pod1' } }],
    ['scope: cgroup:/', { scope: { kind: 'cgroup', path: '/' } }],
    ['scope: tree:4194304', { scope: { kind: 'tree', pid: 4_194_304 } }],
    ['budget: 1/s', { budget: { count: 1, perMs: 1_000 } }],
    ['budget: 10/m', { budget: { count: 10, perMs: 60_000 } }],
    ['budget: 10000/h', { budget: { count: 10_000, perMs: 3_600_000 } }],
    ['ladder: [{signal: SIGCHLD, wait: 0}]', { ladder: [{ signal: 'SIGCHLD', waitMs: 0 }] }],
    [
      'ladder:\n  - {signal: SIGKILL, wait: 10m}\n  - {wait: 1s, signal: SIGTERM}\n',
      {
        ladder: [
          { signal: 'SIGKILL', waitMs: 600_000 },
          { signal: 'SIGTERM', waitMs: 1_000 },
        ],
      },
    ],
    ['breaker: {strikes: 1}', { breaker: { strikes: 1 } }],
    ['breaker: {}', { breaker: {} }],
    ['breaker: {pause: 1m, maxPause: 2h}', { breaker: { pauseMs: 60_000, maxPauseMs: 7_200_000 } }],
    ['log-format: pretty\nlogLevel: debug', { logFormat: 'pretty', logLevel: 'debug' }],
    [
      'queue-slots: 1024\nmax-zombies: 1024\nring-bytes: 65536',
      { queueSlots: 1_024, maxZombies: 1_024, ringBytes: 65_536 },
    ],
    [
      'queueSlots: 1048576\nmaxZombies: 4194304\nringBytes: 16777216',
      { queueSlots: 1_048_576, maxZombies: 4_194_304, ringBytes: 16_777_216 },
    ],
    ['threshold: &t 30s\nsettle: *t', { thresholdMs: 30_000, settleMs: 30_000 }],
  ])('%j', (text, settings) => {
    expect(parse(text)).toEqual({ ok: settings });
  });
});

describe('a bad value names its key, and what to write instead', () => {
  test.each([
    ['threshold: 60', 'threshold: 60 is not a duration; use for example 60s'],
    ['threshold: "6 s"', 'threshold: "6 s" is not a duration; use for example 60s'],
    ['threshold:', 'threshold: an empty value is not a duration; use for example 60s'],
    ['threshold: [1s]', 'threshold: a list is not a duration; use for example 60s'],
    ['threshold: {a: b}', 'threshold: a mapping is not a duration; use for example 60s'],
    ['threshold: 99ms', 'threshold: "99ms" is out of bounds (100ms to 24h); use for example 60s'],
    ['threshold: 25h', 'threshold: "25h" is out of bounds (100ms to 24h); use for example 60s'],
    ['settle: 61s', 'settle: "61s" is out of bounds (0s to 60s); use for example 1s'],
    ['dry-run: yes', 'dry-run: "yes" is not true or false; use for example true'],
    ['dryRun: 1', 'dryRun: 1 is not true or false; use for example true'],
    ['source: bpf', 'source: "bpf" is not auto, ebpf or netlink; use for example auto'],
    ['min-zombies: 0', 'min-zombies: 0 is out of bounds (1 to 100000); use for example 1'],
    ['min-zombies: 1.5', 'min-zombies: 1.5 is not a whole number; use for example 1'],
    ['min-zombies: .inf', 'min-zombies: Infinity is not a whole number; use for example 1'],
    ['min-zombies: .nan', 'min-zombies: NaN is not a whole number; use for example 1'],
    ['min-zombies: "-1"', 'min-zombies: "-1" is not a whole number; use for example 1'],
    ['min-zombies: ""', 'min-zombies: "" is not a whole number; use for example 1'],
    ['scope: pod', 'scope: "pod" is not node, cgroup:/PATH or tree:PID; use for example cgroup:/kubepods'],
    ['scope: cgroup:kubepods', /^scope: /],
    ['scope: "cgroup:"', /^scope: /],
    ['scope: cgroup:/a/../b', /^scope: /],
    ['scope: tree:0', /^scope: /],
    ['scope: tree:-1', /^scope: /],
    ['scope: tree:4194305', /^scope: /],
    ['scope: "tree:"', /^scope: /],
    ['scope: "tree:1\\n"', /^scope: /],
    ['budget: 10', 'budget: 10 is not a rate (N/s, N/m or N/h); use for example 10/m'],
    ['budget: 10/d', 'budget: "10/d" is not a rate (N/s, N/m or N/h); use for example 10/m'],
    ['budget: 0/m', /^budget: "0\/m" is out of bounds/],
    ['budget: 10001/m', /^budget: "10001\/m" is out of bounds/],
    ['ladder: SIGTERM', /^ladder: "SIGTERM" is not a list; use for example \[\{signal: SIGTERM, wait: 2s\}\]$/],
    ['ladder: []', /^ladder: has 0 items, not 1 to 8/],
    ['ladder: [SIGTERM]', 'ladder[0]: "SIGTERM" is not a mapping; use for example {signal: SIGTERM, wait: 2s}'],
    ['ladder: [{signal: SIGTERM}]', 'ladder[0].wait: missing; use for example 2s'],
    ['ladder: [{wait: 2s}]', 'ladder[0].signal: missing; use for example SIGTERM'],
    [
      'ladder: [{signal: SIGTERM, wait: 2s}, {signal: SIGFOO, wait: 2s}]',
      'ladder[1].signal: "SIGFOO" is not a signal name; use for example SIGTERM',
    ],
    ['ladder: [{signal: sigterm, wait: 2s}]', /^ladder\[0\]\.signal: /],
    ['ladder: [{signal: 15, wait: 2s}]', /^ladder\[0\]\.signal: 15 is not a signal name/],
    ['ladder: [{signal: SIGTERM, wait: 11m}]', /^ladder\[0\]\.wait: "11m" is out of bounds \(0s to 10m\)/],
    ['ladder: [{signal: SIGTERM, wait: 2s, times: 3}]', /^ladder\[0\]\.times: unknown key/],
    ['breaker: 3', /^breaker: 3 is not a mapping/],
    ['breaker: {strikes: 0}', /^breaker\.strikes: 0 is out of bounds \(1 to 100\)/],
    ['breaker: {max-pause: 8000h}', /^breaker\.max-pause: "8000h" is out of bounds/],
    ['log-format: xml', 'log-format: "xml" is not json or pretty; use for example json'],
    ['log-level: trace', /^log-level: "trace" is not debug, info, warn or error/],
    ['queue-slots: 65535', 'queue-slots: 65535 is not a power of two; use for example 65536'],
    ['queue-slots: 512', /^queue-slots: 512 is out of bounds \(1024 to 1048576\)/],
    ['max-zombies: 1023', /^max-zombies: 1023 is out of bounds/],
    ['ring-bytes: 33554432', /^ring-bytes: 33554432 is out of bounds/],
  ])('%j', (text, message) => {
    expect(errorOf(text)).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message);
  });

  test('a ladder of nine', () => {
    expect(errorOf(`ladder: [${'{signal: SIGTERM, wait: 1s},'.repeat(9)}]`)).toMatch(
      /^ladder: has 9 items, not 1 to 8/,
    );
  });

  test('text made to fool a terminal is shown as what it is', () => {
    const expected = 'source: "\\u202e\\u009b31m\\u2028" is not auto, ebpf or netlink; use for example auto';
    expect(errorOf('source: "\u202e\u009b31m\u2028"')).toBe(expected);
    expect(errorOf('? |\n  a\n  \u007f\n: b')).toMatch(/^"a\\n\\u007f\\n": unknown key/);
    expect(errorOf('source: *\u009b31m')).toMatch(/Unresolved alias.*: \\u009b31m$/);
  });

  test('of a long value only the beginning is repeated', () => {
    expect(errorOf(`threshold: ${'9'.repeat(100)}x`).length).toBeLessThan(150);
  });
});

describe('an unknown key is refused with its path and the nearest known one', () => {
  test.each([
    ['treshold: 5s', 'treshold: unknown key; the nearest known key is threshold'],
    ['dry_run: true', 'dry_run: unknown key; the nearest known key is dry-run'],
    ['minZombie: 1', 'minZombie: unknown key; the nearest known key is min-zombies'],
    ['breaker: {strike: 1}', 'breaker.strike: unknown key; the nearest known key is strikes'],
    ['<<: {threshold: 1s}', '"<<": unknown key; the nearest known key is scope'],
    ['__proto__: {a: b}', /^__proto__: unknown key/],
    ['constructor: 1', /^constructor: unknown key/],
    ['1: x', /^1: unknown key/],
    ['"": x', /^"": unknown key/],
    ['null: x', /^null: unknown key/],
    ['"a\\nb.\\e[31m": x', /^"a\\nb\.\\u001b\[31m": unknown key/],
  ])('%j', (text, message) => {
    expect(errorOf(text)).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message);
  });

  test('whatever it is called', () => {
    const known = new Set(
      KEYS.flatMap(({ name }) => [name, name.replace(/-./g, (dash) => dash.slice(1).toUpperCase())]),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        fc.pre(!known.has(name));
        expect(errorOf(`${JSON.stringify(name)}: 1`)).toMatch(/unknown key; the nearest known key is |^line 1: /);
      }),
    );
  });
});

describe('what is not a configuration file at all', () => {
  test.each([
    ['threshold: 5s\nthreshold: 6s', 'line 2: "threshold" is given twice; keep one'],
    ['dry-run: true\n\ndryRun: true', 'line 3: "dryRun" is given twice; keep one'],
    ['breaker:\n  pause: 5m\n  pause: 6m', 'line 3: "pause" is given twice; keep one'],
    ['ladder:\n- {signal: SIGTERM, wait: 1s,\n   wait: 2s}', 'line 3: "wait" is given twice; keep one'],
    ['a list\n', 'the file holds "a list", not a mapping; use for example threshold: 60s'],
    ['- threshold\n', /^the file holds a list, not a mapping/],
    ['42', /^the file holds 42, not a mapping/],
    ['threshold: 5s\n---\nthreshold: 6s', /^line \d: a second document/],
    ['threshold: "5s\n', /^line \d: not valid YAML: /],
    ['threshold: 5s\n\tsettle: 1s', /^line \d: not valid YAML: /],
    ['threshold: [1,\n', /^line \d: not valid YAML: /],
    ['a: b: c', /^line 1: not valid YAML: /],
    ['? {a: b}\n: c', /^line 1: not valid YAML: /],
    ['a: &a b\n*a : c', /^line 2: not valid YAML: /],
    ['threshold: !secret 5s', /^line 1: not valid YAML: Unresolved tag: !secret/],
    ['threshold: !!binary aGk=', /^line 1: not valid YAML: Unresolved tag/],
    ['%YAML 1.1\n---\ndry-run: yes', /^dry-run: "yes" is not true or false/],
    ['threshold: *nothing', /^not valid YAML: Unresolved alias/],
    ['breaker: &b {pause: *b}', /^breaker\.pause: a mapping is not a duration/],
  ])('%j', (text, message) => {
    expect(errorOf(text)).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message);
  });

  test('more aliases than anyone needs', () => {
    expect(errorOf(`a: &a x\nb: [${'*a,'.repeat(33)}]`)).toMatch(/^not valid YAML: Excessive alias count/);
  });

  test('a billion laughs', () => {
    const levels = Array.from(
      { length: 20 },
      (_, at) => `l${at}: &l${at} [${at === 0 ? 'x' : `*l${at - 1},`.repeat(9)}]`,
    );
    expect(errorOf(levels.join('\n'))).toMatch(/^not valid YAML: Excessive alias count/);
  });

  test('nesting deeper than the stack', () => {
    expect(errorOf('['.repeat(100_000))).toMatch(/^(line \d+: )?not valid YAML: /);
    expect(errorOf('[\n'.repeat(100_000))).toMatch(/^(line \d+: )?not valid YAML: /);
    expect(errorOf(`a: ${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toMatch(/^(line \d+: )?not valid YAML: /);
  }, 20_000);

  test('a file full of keys is read in passing', () => {
    const text = Array.from({ length: 60_000 }, (_, at) => `k${at}: 1`).join('\n');
    expect(errorOf(text)).toMatch(/^k0: unknown key/);
  }, 20_000);
});

test('arbitrary text never throws, and an error is one harmless line', () => {
  const word = fc.constantFrom(
    ...KEYS.map(({ name }) => name),
    ...[
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ', ',
      '"',
      "'",
      '&a ',
      '*a',
      '!x ',
      '|\n',
      '? ',
      '---\n',
      '#',
      '\t',
      '%',
      '0',
      '5s',
      'SIGTERM',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
  );
  fc.assert(
    fc.property(text, (raw) => {
      const parsed = parse(raw);
      expect('error' in parsed ? parsed.error : 'fine').toMatch(/^[^\p{Cc}\u2028\u2029]+$/u);
    }),
    { numRuns: 2_000 },
  );
});

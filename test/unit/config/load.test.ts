import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkConfig } from '../../../src/config/check.ts';
import { DEFAULTS } from '../../../src/config/defaults.ts';
import { loadSettings } from '../../../src/config/load.ts';
import type { UserError } from '../../../src/errors.ts';

const context = { signals: new Set(['SIGTERM', 'SIGKILL']) };

let folder: string;
const at = (name: string): string => join(folder, name);
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reapd-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const refusal = (path: string, flags = {}): Pick<UserError, 'message' | 'exitCode'> => {
  try {
    return { message: `accepted: ${JSON.stringify(loadSettings(flags, path, context))}`, exitCode: 0 };
  } catch (error) {
    const { message, exitCode } = error as UserError;
    return { message, exitCode };
  }
};

describe('loadSettings', () => {
  test('without a file the defaults and the flags hold', () => {
    expect(loadSettings({ dryRun: true }, undefined, context)).toEqual({ ...DEFAULTS, dryRun: true });
  });

  test('flags win over the file', () => {
    const path = write('good.yaml', 'threshold: 5s\nmin-zombies: 3\n');
    expect(loadSettings({ minZombies: 4 }, path, context)).toEqual({ ...DEFAULTS, thresholdMs: 5_000, minZombies: 4 });
  });

  test('the largest file that is read', () => {
    const path = write('full.yaml', 'dry-run: true #'.padEnd(1_048_576, 'x'));
    expect(loadSettings({}, path, context)).toEqual({ ...DEFAULTS, dryRun: true });
  });

  test.each<[string, () => string, string]>([
    ['a missing file', () => at('none.yaml'), 'no such file; check the path'],
    ['a folder', () => folder, 'is a directory; name the file in it'],
    ['a path through a file', () => `${write('x', '')}/y`, 'ENOTDIR: not a directory'],
    ['a large file', () => write('large.yaml', '#'.padEnd(1_048_577, 'x')), 'larger than 1048576 bytes'],
    ['an endless file', () => '/dev/zero', 'larger than 1048576 bytes'],
    ['a binary file', () => write('binary.yaml', Uint8Array.of(0xff, 0xfe, 0x00)), 'not UTF-8 text'],
    [
      'a bad value',
      () => write('bad.yaml', 'ladder: [{signal: SIGFOO, wait: 1s}]'),
      'ladder[0].signal: "SIGFOO" is not a',
    ],
    [
      'a contradiction',
      () => write('two.yaml', 'breaker: {max-pause: 1m}'),
      'breaker.max-pause: 60s is shorter than the pause',
    ],
  ])('%s is one line that names the file, exit code 2', (_, path, problem) => {
    const file = path();
    const { message, exitCode } = refusal(file);
    expect(message.startsWith(`config ${file}: ${problem}`), message).toBe(true);
    expect(message).not.toContain('\n');
    expect(exitCode).toBe(2);
  });

  test('a file that may not be read', () => {
    const path = write('secret.yaml', '');
    chmodSync(path, 0);
    const asRoot = process.geteuid?.() === 0;
    if (asRoot) {
      process.seteuid?.('nobody');
    }
    const { message, exitCode } = refusal(path);
    if (asRoot) {
      process.seteuid?.(0);
    }
    expect(message).toBe(`config ${path}: permission denied; make it readable for the user that runs reapd`);
    expect(exitCode).toBe(2);
  });

  test('the message of a file with a name of two lines is one line', () => {
    expect(refusal(at('no\nsuch')).message).toBe(`config ${folder}/no\\u000asuch: no such file; check the path`);
  });

  test('flags that contradict each other blame no file', () => {
    expect(() => loadSettings({ breaker: { maxPauseMs: 1_000 } }, undefined, context)).toThrow(
      /^breaker.max-pause: 1s is/,
    );
  });
});

describe('checkConfig', () => {
  test('a good file', () => {
    const path = write('fine.yaml', 'source: netlink');
    expect(checkConfig(path, context)).toEqual({ exitCode: 0, stdout: `${path}: ok\n`, stderr: '' });
  });

  test('a bad file', () => {
    const path = write('wrong.yaml', 'sauce: netlink');
    const stderr = `reapd: config ${path}: sauce: unknown key; the nearest known key is source\n`;
    expect(checkConfig(path, context)).toEqual({ exitCode: 2, stdout: '', stderr });
  });

  test('a name made to fool the terminal', () => {
    mkdirSync(at('\u001b[2J'));
    const { stderr } = checkConfig(at('\u001b[2J'), context);
    expect(stderr).toBe(`reapd: config ${folder}/\\u001b[2J: is a directory; name the file in it\n`);
  });
});

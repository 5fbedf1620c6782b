import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isExiting, isKernelThread, type ProcStat, parseStat } from '../../../src/source/parse-stat.ts';
import { hostileName } from '../../support/hostile.ts';

/** A line as the kernel writes it (proc_pid_stat(5)), fields 3 to 52. */
function statLine(comm: string, fields: Partial<Record<number, string | number>> = {}): string {
  const known: Partial<Record<number, string | number>> = { 3: 'S', 4: 41, 9: 0, 20: 1, 22: 1_234, ...fields };
  const rest = Array.from({ length: 50 }, (_, index) => known[index + 3] ?? 0);
  return `42 (${comm}) ${rest.join(' ')}\n`;
}

const stat = (fields: Partial<Record<number, string | number>>): ProcStat =>
  parseStat(statLine('x', fields)) as ProcStat;

const HOSTILE = [
  'bash',
  '',
  ' ',
  ')',
  '(',
  '()',
  ')))',
  'foo) Z 1 1',
  'foo) R 0 (bar',
  'a b c d e f g h',
  'a\nb',
  '\n',
  'x) S 1 1 1 0 -1',
  '日本語日本\ufffd', // 15 bytes end within a character: the reader sees a replacement character
  '\u001b[2J\u0007',
  '\ufeffbom',
  'back\\slash',
];

describe('parseStat', () => {
  test.each(HOSTILE)('the name %j is only a name', (comm) => {
    expect(parseStat(statLine(comm))).toEqual({ comm, state: 'S', ppid: 41, flags: 0, threads: 1, startTicks: 1_234 });
  });

  test('any name comes back', () => {
    fc.assert(
      fc.property(hostileName, (comm) => {
        expect(parseStat(statLine(comm))).toMatchObject({ comm, ppid: 41, startTicks: 1_234 });
      }),
    );
  });

  test('the greatest values', () => {
    const greatest = stat({ 4: 4_194_304, 9: 0xffffffff, 20: 32_768, 22: 2 ** 52 });
    expect(greatest).toMatchObject({ ppid: 4_194_304, flags: 0xffffffff, threads: 32_768, startTicks: 2 ** 52 });
  });

  test.each([
    ['nothing', ''],
    ['no name', '42 S 41 42 42'],
    ['no end of the name', '42 (bash S 41'],
    ['the name alone', '42 (bash)'],
    ['cut off before the start time', statLine('x').split(' ').slice(0, 21).join(' ')],
    ['no letter for the state', statLine('x', { 3: '?' })],
    ['no number for the parent', statLine('x', { 4: 'x' })],
    ['no number for the start time', statLine('x', { 22: 'x' })],
    ['brackets the wrong way round', '42 )bash( S 41'],
  ])('%s is no stat line', (_, text) => {
    expect(parseStat(text)).toBeUndefined();
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseStat(text);
      }),
    );
  });

  test('this very process', () => {
    const own = parseStat(readFileSync('/proc/self/stat', 'utf8'));
    expect(own).toMatchObject({ ppid: process.ppid, state: 'R' });
    expect(own?.threads).toBeGreaterThan(1);
  });
});

describe('what the flags say', () => {
  test.each<[string, Partial<Record<number, string | number>>, boolean]>([
    ['alive', { 9: 0x400000 }, false],
    ['on its way out', { 9: 0x4 }, true],
    ['a zombie', { 3: 'Z', 9: 0x4, 20: 1 }, true],
    ['dead', { 3: 'X' }, true],
    ['the leader is dead, a thread lives', { 3: 'Z', 9: 0x4, 20: 2 }, false],
    ['on its way out with threads left', { 9: 0x4, 20: 3 }, false],
    ['not even a thread is counted any more', { 3: 'Z', 9: 0x4, 20: 0 }, true],
  ])('%s: exiting is %s', (_, fields, exiting) => {
    expect(isExiting(stat(fields))).toBe(exiting);
  });

  test.each([
    [0x200000, true],
    [0x208040, true],
    [0x400100, false],
  ])('flags %i: kernel thread is %s', (flags, kernelThread) => {
    expect(isKernelThread(stat({ 9: flags }))).toBe(kernelThread);
  });
});

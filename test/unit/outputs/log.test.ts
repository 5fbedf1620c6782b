import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LogFormat, LogLevel } from '../../../src/domain/settings.ts';
import { logFields } from '../../../src/outputs/fields.ts';
import { openLog } from '../../../src/outputs/log.ts';
import { prettyLine } from '../../../src/outputs/pretty.ts';
import { parseLogLine } from '../../support/contract.ts';
import { type AnyEvent, everyEvent } from '../../support/events.ts';
import { hostileText, isHarmless } from '../../support/hostile.ts';

let folder: string;
let fd: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reapd-test-'));
  fd = openSync(join(folder, 'log'), 'a');
});

afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

const written = (): string => readFileSync(join(folder, 'log'), 'utf8');

/** What is written of these events; all of it must be there at once. */
function logged(events: readonly AnyEvent[], format: LogFormat, level: LogLevel = 'debug'): string[] {
  const before = written().length;
  const log = openLog(fd, format, level, (error) => expect.fail(error.message));
  events.forEach(log.write);
  const text = written().slice(before);
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
}

const types = (lines: readonly string[]): string[] => lines.map((line) => JSON.parse(line).event);

describe('JSON', () => {
  test('every event is one line: level, time, and its fields', () => {
    const events = everyEvent('app');
    const lines = logged(events, 'json').map((line) => JSON.parse(line));
    expect(lines).toHaveLength(events.length);
    events.forEach((event, index) => {
      const { level, time, ...fields } = lines[index];
      expect(['debug', 'info', 'warn', 'error']).toContain(level);
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      const { event: type } = logFields(event, 0);
      expect(fields.event).toBe(type);
      expect(Object.keys(fields)).toEqual(Object.keys(logFields(event, 0)));
    });
  });

  test.each(['app', '\u001b[31m\n"\\', '{"event":"signal"}'])('keeps the contract with %j for a name', (text) => {
    const told = everyEvent(text).filter(({ type }) => type !== 'zombie' && type !== 'reaped');
    for (const line of logged(told, 'json')) {
      expect(() => parseLogLine(line)).not.toThrow();
    }
  });

  test('hostile names come back as they were, and never raw', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const lines = logged(everyEvent(text), 'json');
        for (const line of lines) {
          expect(isHarmless(line)).toBe(true);
        }
        const [, offender] = lines.map((line) => JSON.parse(line));
        expect(offender.parent).toMatchObject({ comm: text, cmdline: [text, text], exe: `/tmp/${text}` });
        expect(offender.zombies.sample[0].comm).toBe(text);
      }),
      { numRuns: 50 },
    );
  });
});

describe('pretty', () => {
  test('every event is one line', () => {
    const events = everyEvent('app');
    const lines = logged(events, 'pretty');
    expect(lines.map((line) => line.split(/ +/)[2])).toEqual(events.map(({ type }) => type));
  });

  test('hostile names never come raw', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const lines = logged(everyEvent(text), 'pretty');
        expect(lines).toHaveLength(everyEvent(text).length);
        for (const line of lines) {
          expect(isHarmless(line)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  const sentence = (type: AnyEvent['type']): string => {
    const event = everyEvent('app').find((one) => one.type === type) ?? expect.fail(type);
    return prettyLine({ level: 'warn', time: '2026-01-01T12:34:56.789Z', ...logFields(event, 0) });
  };

  test.each<[AnyEvent['type'], string]>([
    [
      'started',
      '12:34:56.789 WARN  started  reapd 0.1.0 on 6.18.0, source ebpf: threshold 60s, ladder SIGTERM 2s, SIGKILL 2s\n',
    ],
    [
      'offender',
      '12:34:56.789 WARN  offender app[42] does not reap: 7 zombies, oldest 60.0 s; SIGTERM: ends-parent (app)\n',
    ],
    ['signal', '12:34:56.789 WARN  signal   SIGTERM to app[42]: sent (app); 7 zombies, oldest 60.0 s\n'],
    ['resolved', '12:34:56.789 WARN  resolved app[42]: parent-exited after 2.1 s\n'],
    [
      'spared',
      "12:34:56.789 WARN  spared   app[42]: protected: it runs the node's own app; 7 zombies, oldest 60.0 s\n",
    ],
    ['lost', '12:34:56.789 WARN  lost     {"cause":"ring-full","count":3}\n'],
  ])('%s', (type, line) => {
    expect(sentence(type)).toBe(line);
  });

  test('one zombie is one zombie', () => {
    const fields = { event: 'spared', parent: {}, zombies: { count: 1, oldestMs: 0 }, reason: 'gone', detail: '' };
    expect(prettyLine(fields)).toContain('1 zombie, oldest 0.0 s');
  });
});

describe('the level', () => {
  const all = everyEvent('app');

  test.each<[LogLevel, readonly AnyEvent['type'][]]>([
    ['error', ['reload-refused']],
    ['warn', ['offender', 'signal', 'lost', 'degraded', 'reload-refused']],
    ['info', all.map(({ type }) => type).filter((type) => type !== 'zombie' && type !== 'reaped')],
    ['debug', all.map(({ type }) => type)],
  ])('%s', (level, expected) => {
    expect(types(logged(all, 'json', level))).toEqual(expected);
  });

  test('can be changed while it runs', () => {
    const log = openLog(fd, 'json', 'error', () => undefined);
    all.forEach(log.write);
    log.setLevel('debug');
    all.forEach(log.write);
    expect(types(written().split('\n').slice(0, -1))).toEqual(['reload-refused', ...all.map(({ type }) => type)]);
  });
});

test('a file that cannot be written to is told of, once, and nothing is thrown', async () => {
  const readOnly = openSync('/dev/null', 'r');
  const errors: Error[] = [];
  const broken = new Promise<void>((resolve) => {
    const log = openLog(readOnly, 'json', 'debug', (error) => {
      errors.push(error);
      resolve();
    });
    everyEvent('app').forEach(log.write);
  });
  await broken;
  closeSync(readOnly);
  expect(errors).toHaveLength(1);
});

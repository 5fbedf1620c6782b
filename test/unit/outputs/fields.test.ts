import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { logFields } from '../../../src/outputs/fields.ts';
import { aParent, aZombie } from '../../support/builders.ts';
import { type AnyEvent, everyEvent } from '../../support/events.ts';

const BOOT_MS = Date.UTC(2026, 0, 1);

const event = (type: AnyEvent['type']): AnyEvent =>
  everyEvent('app').find((one) => one.type === type) ?? expect.fail(type);
const fields = (type: AnyEvent['type']) => logFields(event(type), BOOT_MS);

const parent = {
  pid: 42,
  startTime: '2026-01-01T00:00:04.200Z',
  comm: 'app',
  exe: '/tmp/app',
  cmdline: ['app', 'app'],
  uid: 1_000,
  nsPid: 7,
};
const zombies = {
  count: 7,
  oldestMs: 60_012,
  sample: [{ pid: 1_001, comm: 'app', exitCode: null, signal: 'SIGKILL', ageMs: 60_012 }],
};
const container = { id: 'app', podUid: '0'.repeat(32) };
const subject = {
  incident: '01J0000000000000000000000',
  parent,
  zombies,
  container,
  cause: 'child-never-waited-for',
};

describe('the fields of', () => {
  test.each<[AnyEvent['type'], object]>([
    [
      'started',
      {
        version: '0.1.0',
        source: 'ebpf',
        kernel: '6.18.0',
        threshold: '60s',
        settle: '1s',
        dryRun: false,
        minZombies: 1,
        scope: { kind: 'cgroup', path: '/app' },
        budget: '10/60s',
        ladder: ['SIGTERM 2s', 'SIGKILL 2s'],
        zombies: 3,
        armedAfterMs: 120,
      },
    ],
    ['offender', { ...subject, foretold: ['SIGTERM: ends-parent (app)'] }],
    ['signal', { ...subject, signal: 'SIGTERM', rung: 1, outcome: 'sent', dryRun: false, reason: 'app' }],
    ['resolved', { ...subject, how: 'parent-exited', afterMs: 2_100 }],
    ['spared', { ...subject, reason: 'protected', detail: "it runs the node's own app" }],
    ['lost', { cause: 'ring-full', count: 3 }],
    ['degraded', { reason: 'app' }],
    ['reloaded', { changed: ['threshold'], needRestart: ['source'] }],
    ['reload-refused', { reason: 'app' }],
    ['stopped', { reason: 'app', openIncidents: 2 }],
    [
      'zombie',
      {
        pid: 1_001,
        comm: 'app',
        exitCode: null,
        signal: 'SIGKILL',
        id: 1,
        startTime: '2026-01-01T00:00:10.000Z',
        parent: { pid: 42 },
      },
    ],
    ['reaped', { id: 7 }],
  ])('%s', (type, expected) => {
    expect(fields(type)).toEqual({ event: type, ...expected });
  });

  test('a parent outside any container', () => {
    const signal = { ...event('signal'), parent: aParent({ cgroups: [] }) } as AnyEvent;
    expect(logFields(signal, BOOT_MS)).toMatchObject({ container: null });
  });

  test('a parent without a readable executable', () => {
    const signal = { ...event('signal'), parent: aParent({ exe: null }) } as AnyEvent;
    expect(logFields(signal, BOOT_MS)).toMatchObject({ parent: { exe: null } });
  });
});

describe('how a zombie died', () => {
  const died = (exitCode: number | null, signal: number | null) =>
    logFields({ type: 'zombie', zombie: aZombie({ status: { exitCode, signal } }) }, BOOT_MS);

  test('by an exit code', () => {
    expect(died(3, null)).toMatchObject({ exitCode: 3, signal: null });
  });

  // Some numbers have two names; people know these.
  test.each([
    [1, 'SIGHUP'],
    [6, 'SIGABRT'],
    [9, 'SIGKILL'],
    [11, 'SIGSEGV'],
    [15, 'SIGTERM'],
    [29, 'SIGIO'],
    [31, 'SIGSYS'],
    [34, 'SIG34'],
    [64, 'SIG64'],
  ])('by signal %i: %s', (number, name) => {
    expect(died(null, number)).toMatchObject({ exitCode: null, signal: name });
  });

  test('every signal has a name', () => {
    for (const number of Object.values(constants.signals)) {
      expect(died(null, number)).toMatchObject({ signal: expect.stringMatching(/^SIG[A-Z0-9]+$/) });
    }
  });
});

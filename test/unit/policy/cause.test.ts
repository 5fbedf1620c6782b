import { expect, test } from 'vitest';
import type { ParentFacts } from '../../../src/domain/parent.ts';
import { causeOf } from '../../../src/policy/cause.ts';

const parent: ParentFacts = {
  key: { pid: 42, startUs: 1 },
  comm: 'app',
  exe: '/app',
  exeHidden: false,
  exeIsNodes: false,
  cmdline: ['/app'],
  uid: 0,
  nsPid: 42,
  inAgentNamespace: true,
  state: 'S',
  kernelThread: false,
  tracer: 0,
  signals: { blocked: 0n, ignored: 0n, caught: 0n },
  awaitsSignals: false,
  frozen: false,
  cgroups: [],
  ancestors: [],
};
const chld = 0x10000n;

test.each([
  ['nothing special', {}, 'child-never-waited-for'],
  ['stopped', { state: 'T', inAgentNamespace: false, nsPid: 1 }, 'parent-stopped'],
  ['stopped by its tracer', { state: 't' }, 'parent-stopped'],
  ['in uninterruptible sleep', { state: 'D' }, 'parent-uninterruptible'],
  ['init of a pid namespace', { inAgentNamespace: false, nsPid: 1 }, 'pid1-never-waits'],
  ['pid 1 of the agent’s own namespace is no container', { nsPid: 1 }, 'child-never-waited-for'],
  ['SIGCHLD blocked', { signals: { blocked: chld, ignored: 0n, caught: chld } }, 'sigchld-blocked'],
  ['SIGCHLD handled', { signals: { blocked: 0n, ignored: 0n, caught: chld } }, 'sigchld-handled-without-wait'],
  [
    'other signals say nothing',
    { signals: { blocked: ~chld & 0xffffffffn, ignored: 0n, caught: 0x8000n } },
    'child-never-waited-for',
  ],
] as const)('%s', (_, facts, cause) => {
  expect(causeOf({ ...parent, ...facts })).toBe(cause);
});

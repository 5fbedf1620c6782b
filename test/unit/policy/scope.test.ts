import { expect, test } from 'vitest';
import type { Scope } from '../../../src/domain/settings.ts';
import { inScope } from '../../../src/policy/scope.ts';
import { aParent } from '../../support/builders.ts';

const cgroup = (path: string): Scope => ({ kind: 'cgroup', path });
const tree = (pid: number): Scope => ({ kind: 'tree', pid });

const parent = aParent({
  key: { pid: 42, startUs: 1 },
  ancestors: [41, 7, 1],
  cgroups: [
    { controllers: 'pids', path: '/kubepods/burstable/pod1' },
    { controllers: '', path: '/user.slice' },
  ],
});

test.each<[string, Scope, boolean]>([
  ['the whole node', { kind: 'node' }, true],
  ['its own tree', tree(42), true],
  ['its parent’s tree', tree(41), true],
  ['an ancestor’s tree', tree(7), true],
  ['another tree', tree(8), false],
  ['its cgroup', cgroup('/kubepods/burstable/pod1'), true],
  ['a cgroup above', cgroup('/kubepods'), true],
  ['written with a slash at the end', cgroup('/kubepods/'), true],
  ['the root cgroup', cgroup('/'), true],
  ['in another hierarchy', cgroup('/user.slice'), true],
  ['a cgroup below', cgroup('/kubepods/burstable/pod1/x'), false],
  ['a cgroup whose name only begins so', cgroup('/kube'), false],
  ['a sibling', cgroup('/kubepods/burstable/pod'), false],
])('%s: %j is %s', (_, scope, within) => {
  expect(inScope(scope, parent)).toBe(within);
});

test('without any cgroup, none is its own', () => {
  expect(inScope(cgroup('/'), aParent({ cgroups: [] }))).toBe(false);
});

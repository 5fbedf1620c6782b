import { describe, expect, test } from 'vitest';
import {
  type ContainerId,
  containerIdOf,
  containerOf,
  isInCgroup,
  parseCgroups,
  serviceOf,
} from '../../../src/domain/cgroup.ts';

const ID = '0123456789abcdef'.repeat(4);
const UID = '01234567-89ab-cdef-0123-456789abcdef';
const uid_ = UID.replaceAll('-', '_');
const STATIC = '0123456789abcdef0123456789abcdef';

const v2 = (path: string) => [{ controllers: '', path }];

describe('parseCgroups', () => {
  test('a hybrid node', () => {
    const text = '12:pids:/user.slice\n3:cpu,cpuacct:/\n1:name=systemd:/init.scope\n0::/init.scope\n';
    expect(parseCgroups(text)).toEqual([
      { controllers: 'pids', path: '/user.slice' },
      { controllers: 'cpu,cpuacct', path: '/' },
      { controllers: 'name=systemd', path: '/init.scope' },
      { controllers: '', path: '/init.scope' },
    ]);
  });

  test.each<[string, string, readonly string[]]>([
    ['an empty file', '', []],
    ['the root', '0::/', ['/']],
    ['colons in the path', `0::/cri-containerd:${ID}:x`, [`/cri-containerd:${ID}:x`]],
    ['a path that looks like a line', '0::/0::/kubepods', ['/0::/kubepods']],
    ['spaces', '0::/my group/ x ', ['/my group/ x ']],
    ['a removed cgroup', '0::/lxc/web (deleted)', ['/lxc/web']],
    ['a name that ends so', '0::/x (deleted) (deleted)', ['/x (deleted)']],
    ['a name that only begins so', '0::/x (deleted)y', ['/x (deleted)y']],
    ['what is no line', 'nonsense\n::/x\n1:/x\n0::relative', []],
    ['a path above the reader’s own root', '0::/../../other', ['/../../other']],
    ['a carriage return in a name', `0::/docker/${ID}/a\rb`, [`/docker/${ID}/a\rb`]],
    ['a line separator in a name', `0::/docker/${ID}/a\u2028b\u2029c`, [`/docker/${ID}/a\u2028b\u2029c`]],
    ['an escape sequence in a name', '0::/\u001b[31m', ['/\u001b[31m']],
  ])('%s', (_, text, paths) => {
    expect(parseCgroups(text).map(({ path }) => path)).toEqual(paths);
  });
});

interface Place {
  readonly path: string;
  readonly container?: string;
  readonly id?: ContainerId;
  readonly service?: string;
}

/** What real runtimes make of it. */
const places: Record<string, Place> = {
  'docker, cgroupfs': { path: `/docker/${ID}`, container: `/docker/${ID}`, id: { id: ID } },
  'docker, systemd': {
    path: `/system.slice/docker-${ID}.scope`,
    container: `/system.slice/docker-${ID}.scope`,
    id: { id: ID },
  },
  'docker, below': { path: `/docker/${ID}/init.scope`, container: `/docker/${ID}`, id: { id: ID } },
  'podman, cgroupfs': {
    path: `/libpod_parent/libpod-${ID}`,
    container: `/libpod_parent/libpod-${ID}`,
    id: { id: ID },
  },
  'podman, systemd': {
    path: `/machine.slice/libpod-${ID}.scope/container`,
    container: `/machine.slice/libpod-${ID}.scope`,
    id: { id: ID },
  },
  'CRI, cgroupfs': {
    path: `/kubepods/besteffort/pod${UID}/${ID}`,
    container: `/kubepods/besteffort/pod${UID}`,
    id: { id: ID, podUid: UID },
  },
  'CRI, cgroupfs, guaranteed': {
    path: `/kubepods/pod${UID}/${ID}`,
    container: `/kubepods/pod${UID}`,
    id: { id: ID, podUid: UID },
  },
  'CRI, systemd': {
    path: `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${uid_}.slice/cri-containerd-${ID}.scope`,
    container: `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${uid_}.slice`,
    id: { id: ID, podUid: UID },
  },
  'CRI-O, systemd, guaranteed': {
    path: `/kubepods.slice/kubepods-pod${uid_}.slice/crio-${ID}.scope`,
    container: `/kubepods.slice/kubepods-pod${uid_}.slice`,
    id: { id: ID, podUid: UID },
  },
  'a static pod': {
    path: `/kubepods/burstable/pod${STATIC}/${ID}`,
    container: `/kubepods/burstable/pod${STATIC}`,
    id: { id: ID, podUid: STATIC },
  },
  'kind: a pod in a container': {
    path: `/docker/${ID}/kubelet/kubepods/pod${UID}/${ID}`,
    container: `/docker/${ID}/kubelet/kubepods/pod${UID}`,
    id: { id: ID, podUid: UID },
  },
  'a pod’s own directory': { path: `/kubepods/pod${UID}`, container: `/kubepods/pod${UID}` },
  lxc: { path: '/lxc.payload.web', container: '/lxc.payload.web', id: { id: 'web' } },
  'lxc, below': { path: '/lxc.payload.web/.lxc', container: '/lxc.payload.web', id: { id: 'web' } },
  'lxc of old': { path: '/lxc/web/x', container: '/lxc/web', id: { id: 'web' } },
  'the lxc monitor is no container': { path: '/lxc.monitor.web' },
  'nspawn, a machine': {
    path: '/machine.slice/machine-web.scope/payload',
    container: '/machine.slice/machine-web.scope',
    id: { id: 'web' },
  },
  'nspawn, a service': {
    path: '/machine.slice/systemd-nspawn@web.service/payload',
    container: '/machine.slice/systemd-nspawn@web.service',
    service: '/machine.slice/systemd-nspawn@web.service',
    id: { id: 'systemd-nspawn@web' },
  },
  'nspawn --keep-unit': { path: '/payload', container: '/payload', id: { id: 'payload' } },
  // Their names are free: nothing in the path says container.
  'ctr: namespace and id': { path: '/default/c1' },
  'plain runc': { path: '/zt1' },
  'bwrap, unshare: inherited': { path: '/user.slice/user-0.slice/session-1.scope' },
  'the node': { path: '/' },
  'a service': { path: '/system.slice/cron.service', service: '/system.slice/cron.service' },
  'below a service': { path: '/system.slice/cron.service/job', service: '/system.slice/cron.service' },
  'a template’s instance': {
    path: '/system.slice/system-getty.slice/getty@tty1.service',
    service: '/system.slice/system-getty.slice/getty@tty1.service',
  },
  'a user’s manager': { path: '/user.slice/user-0.slice/user@0.service/init.scope' },
  'a user’s service': {
    path: '/user.slice/user-0.slice/user@0.service/app.slice/web.service',
    service: '/user.slice/user-0.slice/user@0.service/app.slice/web.service',
  },
  'containerd itself': { path: '/system.slice/containerd.service', service: '/system.slice/containerd.service' },
  'an id that is too short': { path: `/docker/${ID.slice(1)}` },
  'an id that is too long': { path: `/docker/${ID}0` },
  'an id in capitals': { path: `/docker/${ID.toUpperCase()}` },
  'a pod with a name instead of an id': { path: '/kubepods/pod-web/x' },
  'a famous name within a name': { path: `/xdocker-${ID}.scopes` },
  'a folder called lxc at the end': { path: '/lxc' },
};

describe.each(Object.entries(places))('%s', (_, { path, container, id, service }) => {
  test('its container', () => {
    expect(containerOf(v2(path))).toBe(container);
  });
  test('its container’s id', () => {
    expect(containerIdOf(v2(path))).toEqual(id);
  });
  test('its service', () => {
    expect(serviceOf(v2(path))).toBe(service);
  });
});

describe('several hierarchies', () => {
  test('a container in any of them counts', () => {
    const nspawn = parseCgroups('5:pids:/user.slice\n1:name=systemd:/payload\n0::/payload');
    expect(containerOf(nspawn)).toBe('/payload');
    const v1 = parseCgroups(`5:pids:/docker/${ID}\n0::/`);
    expect(containerOf(v1)).toBe(`/docker/${ID}`);
  });

  test('a removed container is the same container', () => {
    expect(containerOf(parseCgroups(`0::/docker/${ID} (deleted)`))).toBe(`/docker/${ID}`);
  });

  test('no hierarchy at all', () => {
    expect([containerOf([]), containerIdOf([]), serviceOf([]), isInCgroup([], '/')]).toEqual([
      undefined,
      undefined,
      undefined,
      false,
    ]);
  });
});

describe('a tenant that names a cgroup of its own', () => {
  test.each(['a:b', 'a b', 'payload', 'x.service', 'lxc.payload.y', 'a\rb', 'a\u2028b', ' (deleted)'])(
    'stays in its container with %j',
    (name) => {
      expect(containerOf(parseCgroups(`0::/docker/${ID}/${name}\n`))).toBe(`/docker/${ID}`);
      expect(isInCgroup(parseCgroups(`0::/docker/${ID}/${name}\n`), '/docker')).toBe(true);
    },
  );
});

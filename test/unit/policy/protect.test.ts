import { describe, expect, test } from 'vitest';
import type { ParentFacts } from '../../../src/domain/parent.ts';
import { type AgentFacts, protection } from '../../../src/policy/protect.ts';
import { anAgent, aParent } from '../../support/builders.ts';

const ID = 'c'.repeat(64);
const cgroup = (path: string) => [{ controllers: '', path }];

/** A process of the node itself, with the node's own executable. */
const onNode = (exe: string | null, facts: Partial<ParentFacts> = {}): ParentFacts =>
  aParent({ exe, exeIsNodes: true, inAgentNamespace: true, cgroups: cgroup('/system.slice/x.service'), ...facts });

describe('protected by what it is', () => {
  test.each<[string, ParentFacts, RegExp]>([
    ['pid 1', onNode('/app', { key: { pid: 1, startUs: 0 } }), /pid 1/],
    ['a kernel thread', onNode(null, { kernelThread: true }), /kernel thread/],
    ['reapd', onNode('/app', { key: { pid: 900, startUs: 1 } }), /itself/],
    ['what started reapd', onNode('/app', { key: { pid: 800, startUs: 1 } }), /ancestor/],
    ['what nobody can look into', onNode(null, { exeHidden: true }), /cannot be read/],
  ])('%s', (_, parent, why) => {
    expect(protection(parent, anAgent())).toMatch(why);
  });

  test('the agent and its ancestors also from within a container', () => {
    const inContainer = { inAgentNamespace: true, cgroups: cgroup(`/docker/${ID}`), exeIsNodes: false };
    expect(protection(aParent({ ...inContainer, key: { pid: 900, startUs: 1 } }), anAgent())).toBeDefined();
    expect(protection(aParent({ ...inContainer, key: { pid: 800, startUs: 1 } }), anAgent())).toBeDefined();
  });
});

const PLATFORM = [
  '/usr/lib/systemd/systemd',
  '/lib/systemd/systemd-executor',
  '/usr/lib/systemd/systemd-logind',
  '/sbin/init',
  '/usr/sbin/runit',
  '/usr/bin/runsvdir',
  '/usr/bin/s6-svscan',
  '/sbin/openrc-init',
  '/usr/bin/containerd',
  '/usr/bin/containerd-shim-runc-v2',
  '/usr/bin/dockerd',
  '/usr/libexec/docker/docker-init',
  '/usr/bin/docker-proxy',
  '/usr/bin/conmon',
  '/usr/bin/crio',
  '/usr/bin/podman',
  '/usr/sbin/runc',
  '/usr/bin/crun',
  '/usr/bin/kubelet',
  '/var/lib/rancher/k3s/data/current/bin/k3s',
  '/var/lib/rancher/k3s/data/current/bin/containerd-shim-runc-v2',
  '/var/lib/k0s/bin/kubelet',
  '/snap/microk8s/7/kubelite',
  '/opt/cni/bin/kubelet',
  '/nix/store/abc-systemd-257/lib/systemd/systemd',
  '/usr/bin/lxc-start',
  '/usr/sbin/sshd',
  '/usr/lib/openssh/sshd-session',
  '/usr/lib/openssh/sshd-auth',
  '/usr/sbin/sshd (deleted)',
];

describe('protected by what it runs', () => {
  test.each(PLATFORM)('the node’s own %s', (exe) => {
    expect(protection(onNode(exe), anAgent())).toContain(exe);
  });

  test('the same in the container that the agent itself runs in', () => {
    const pod = cgroup('/kubepods/pod0123456789abcdef0123456789abcdef');
    const parent = onNode('/usr/bin/containerd-shim-runc-v2', { cgroups: pod });
    expect(protection(parent, anAgent({ cgroups: pod }))).toBeDefined();
  });

  test('the node’s own, for an agent that runs in a pod', () => {
    const agent = anAgent({ cgroups: cgroup('/kubepods/pod0123456789abcdef0123456789abcdef') });
    expect(protection(onNode('/usr/bin/containerd'), agent)).toBeDefined();
  });

  test('on a node without systemd, where nothing has a cgroup of its own', () => {
    const parent = onNode('/usr/sbin/sshd', { cgroups: cgroup('/') });
    expect(protection(parent, anAgent({ cgroups: cgroup('/') }))).toBeDefined();
  });
});

describe('an imposter is not protected', () => {
  const imposters: Record<string, ParentFacts> = {
    'a famous name in /tmp': onNode('/tmp/sshd'),
    'a famous name in a home directory': onNode('/home/tenant/usr/bin/kubelet'),
    'a famous name in a folder that only begins like the node’s': onNode('/usrlocal/bin/sshd'),
    'a famous folder, another name': onNode('/usr/bin/sshd-wrapper'),
    'a name that begins like a famous one': onNode('/usr/bin/init-app'),
    'a name that ends like a famous one': onNode('/usr/bin/my-kubelet'),
    'a famous folder as the name': onNode('/usr/bin/systemd/app'),
    'a newline after the famous name': onNode('/usr/bin/sshd\nx'),
    'only its name is famous': onNode('/usr/bin/python3', { comm: 'systemd', cmdline: ['/usr/lib/systemd/systemd'] }),
    'a file of its own at a famous path': onNode('/usr/sbin/sshd', { exeIsNodes: false }),
    'in a container’s cgroup': onNode('/usr/sbin/sshd', { cgroups: cgroup(`/docker/${ID}`) }),
    'in a pod’s cgroup': onNode('/usr/sbin/sshd', {
      cgroups: cgroup('/kubepods.slice/kubepods-pod01234567_89ab_cdef_0123_456789abcdef.slice'),
    }),
    'below a container’s cgroup': onNode('/sbin/init', { cgroups: cgroup(`/docker/${ID}/init.scope`) }),
    'in a container’s cgroup of one hierarchy only': onNode('/usr/sbin/sshd', {
      cgroups: [...cgroup('/'), { controllers: 'pids', path: `/docker/${ID}` }],
    }),
    'in a nested pid namespace': onNode('/usr/lib/systemd/systemd', { inAgentNamespace: false, nsPid: 12 }),
    'pid 1 of a nested pid namespace': onNode('/sbin/init', { inAgentNamespace: false, nsPid: 1 }),
    'unreadable in a container': onNode(null, { exeHidden: true, cgroups: cgroup(`/docker/${ID}`) }),
    'unreadable in a nested pid namespace': onNode(null, { exeHidden: true, inAgentNamespace: false }),
    'without any executable': onNode(null),
    'whose number was the agent’s in its own namespace': onNode('/app', { nsPid: 900, inAgentNamespace: false }),
  };

  test.each(Object.entries(imposters))('%s', (_, parent) => {
    expect(protection(parent, anAgent())).toBeUndefined();
  });

  test('in another container than the agent’s own', () => {
    const agent: AgentFacts = anAgent({ cgroups: cgroup(`/docker/${'d'.repeat(64)}`) });
    expect(protection(onNode('/usr/sbin/sshd', { cgroups: cgroup(`/docker/${ID}`) }), agent)).toBeUndefined();
  });
});

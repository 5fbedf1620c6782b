import { type CgroupLine, containerOf } from '../domain/cgroup.js';
import type { ParentFacts } from '../domain/parent.js';
import type { Pid } from '../domain/process.js';

/** What the agent knows of itself. */
export interface AgentFacts {
  readonly pid: Pid;
  /** Its ancestors now, nearest first. */
  readonly ancestors: readonly Pid[];
  readonly cgroups: readonly CgroupLine[];
}

/** Init systems, container runtimes with their shims, kubelet and sshd, by the last part of the executable's path. */
const PLATFORM: readonly RegExp[] = [
  /^(?:init|systemd|systemd-.+|openrc-init|openrc-run|runit|runsvdir|runsv|s6-svscan|s6-supervise|dinit|upstart|finit)$/,
  /^containerd(?:-shim.*|-stress)?$/,
  /^(?:dockerd|docker-proxy|docker-init|docker-containerd.*|rootlesskit|cri-dockerd|com\.docker\..+)$/,
  /^(?:conmon|conmonrs|crio|podman|buildkitd|buildah|runc|crun|youki|runsc|kata-.+|kata)$/,
  /^(?:kubelet|k3s.*|k0s|rke2|microk8s.*|kubelite|nomad)$/,
  /^(?:lxc-start|lxc-monitord|\[lxc monitor\]|lxcfs|lxd|incusd|forklxd)$/,
  /^(?:sshd(?:-session|-auth)?|dropbear)$/,
];

/** Where a node keeps what its administrator installed. */
const SYSTEM_FOLDERS =
  /^\/(?:usr|bin|sbin|lib|lib64|opt|snap|nix\/store|home\/(?:kubernetes|containerd)|var\/vcap|var\/lib\/(?:rancher|k0s|minikube))\//;

/** Whether a path is one of an init system, a container runtime or its shim, kubelet or sshd, where an administrator puts them. */
export const isPlatformPath = (exe: string): boolean => {
  const name =
    exe
      .replace(/ \(deleted\)$/, '')
      .split('/')
      .at(-1) ?? '';
  return SYSTEM_FOLDERS.test(exe) && PLATFORM.some((pattern) => pattern.test(name));
};

/** Runs on the node itself: in the agent's own pid namespace and in no container but the agent's own. */
const isHostProcess = (parent: ParentFacts, agent: AgentFacts): boolean => {
  const container = containerOf(parent.cgroups);
  return parent.inAgentNamespace && (container === undefined || container === containerOf(agent.cgroups));
};

/**
 * Why a parent is never signalled, or undefined. Where it runs and which file it executes decide, never a name
 * that a tenant can choose: `exeIsNodes` says that the file is the node's own and only root can have put it there.
 */
export function protection(parent: ParentFacts, agent: AgentFacts): string | undefined {
  if (parent.inAgentNamespace && parent.key.pid === 1) {
    return 'it is pid 1';
  }
  if (parent.kernelThread) {
    return 'it is a kernel thread';
  }
  if (parent.key.pid === agent.pid) {
    return 'it is reapd itself';
  }
  if (agent.ancestors.includes(parent.key.pid)) {
    return 'it is an ancestor of reapd';
  }
  if (!isHostProcess(parent, agent)) {
    return undefined;
  }
  if (parent.exeHidden) {
    return 'it runs on the node itself and its executable cannot be read (CAP_SYS_PTRACE is missing)';
  }
  if (parent.exe !== null && parent.exeIsNodes && isPlatformPath(parent.exe)) {
    return `it runs the node's own ${parent.exe}`;
  }
  return undefined;
}

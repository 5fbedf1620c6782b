import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { EXIT, UserError } from '../errors.js';
import { parseStatus } from './parse-status.js';

const CAP_KILL = 5n;
const CAP_SYS_PTRACE = 19n;
const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;
const CAP_BPF = 39n;

/** The initial user namespace's inode number (include/linux/proc_ns.h, PROC_USER_INIT_INO). */
const INITIAL_USER_NAMESPACE = 'user:[4026531837]';

/** The initial cgroup namespace's (PROC_CGROUP_INIT_INO). */
const INITIAL_CGROUP_NAMESPACE = 'cgroup:[4026531835]';

const BTF = '/sys/kernel/btf/vmlinux';

const refuse = (message: string): never => {
  throw new UserError(message, EXIT.cannotRun);
};

const tryLink = (path: string): string | undefined => {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
};

/**
 * Makes sure of what the eBPF source needs before it is tried, since the kernel itself answers everything with EPERM.
 * Returns what is missing for full service, a sentence each. Throws UserError (exit code 3).
 */
export function checkRequirements(): string[] {
  const self = tryLink('/proc/self');
  if (self === undefined) {
    refuse('/proc is not mounted: mount it (mount -t proc proc /proc)');
  }
  if (self !== String(process.pid)) {
    refuse(
      `/proc belongs to another pid namespace (it says ${self}, this is pid ${process.pid}): mount the container's own /proc, or run reapd in the host's pid namespace (hostPID: true)`,
    );
  }
  const { capabilities } = parseStatus(readFileSync('/proc/self/status', 'utf8'));
  const has = (capability: bigint): boolean => ((capabilities >> capability) & 1n) === 1n;
  const missing = [
    ...(has(CAP_BPF) || has(CAP_SYS_ADMIN) ? [] : ['CAP_BPF']),
    ...(has(CAP_PERFMON) || has(CAP_SYS_ADMIN) ? [] : ['CAP_PERFMON']),
  ];
  if (missing.length > 0) {
    refuse(
      `eBPF needs ${missing.join(' and ')}: run as root (sudo reapd run), or give the service or container the capabilities BPF, PERFMON, KILL and SYS_PTRACE`,
    );
  }
  const userNamespace = tryLink('/proc/self/ns/user');
  if (userNamespace !== undefined && userNamespace !== INITIAL_USER_NAMESPACE) {
    refuse(
      'this is a user namespace (rootless container?): eBPF needs root of the initial user namespace; start reapd from the host or in a rootful container',
    );
  }
  if (!existsSync(BTF)) {
    refuse(`${BTF} is not there: eBPF needs a kernel with CONFIG_DEBUG_INFO_BTF=y, and in a container /sys mounted`);
  }
  return [
    ...(has(CAP_KILL) ? [] : ['CAP_KILL is missing: parents of other users cannot be signalled']),
    ...(has(CAP_SYS_PTRACE)
      ? []
      : [
          'CAP_SYS_PTRACE is missing: executables of other users cannot be read, and their processes on the node itself are left alone',
        ]),
  ];
}

/** Whether cgroup paths are the node's own: a cgroup namespace shows those outside it as `/../`. True where that cannot be told. */
export function seesWholeCgroupTree(): boolean {
  const namespace = tryLink('/proc/self/ns/cgroup');
  return namespace === undefined || namespace === INITIAL_CGROUP_NAMESPACE;
}

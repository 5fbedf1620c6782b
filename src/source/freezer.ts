import { readFileSync } from 'node:fs';
import type { CgroupLine } from '../domain/cgroup.js';

const tryRead = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

interface Mounts {
  /** Mount point of the v2 hierarchy. */
  readonly unified: string | undefined;
  /** Mount point of the v1 freezer. */
  readonly freezer: string | undefined;
}

let mounts: Mounts | undefined;

/** Where the hierarchies are mounted, read once (proc_pid_mounts(5); blanks in paths are `\\040` there and do not occur for cgroups). */
function cgroupMounts(): Mounts {
  const lines = (tryRead('/proc/self/mounts') ?? '').split('\n').map((line) => line.split(' '));
  const point = (type: string, option?: string): string | undefined =>
    lines.find((line) => line[2] === type && (option === undefined || line[3]?.split(',').includes(option)))?.[1];
  mounts ??= { unified: point('cgroup2'), freezer: point('cgroup', 'freezer') };
  return mounts;
}

/**
 * Whether a process is frozen with its cgroup (a paused container, a checkpoint): it would reap if it could. `cgroup.events` of the v2
 * hierarchy and `freezer.state` of v1 (admin-guide/cgroup-v2, cgroup-v1/freezer-subsystem) count frozen ancestors in.
 */
export function isFrozen(cgroups: readonly CgroupLine[]): boolean {
  const { unified, freezer } = cgroupMounts();
  return cgroups.some(({ controllers, path }) => {
    if (controllers === '' && unified !== undefined) {
      return /^frozen 1$/m.test(tryRead(`${unified}${path}/cgroup.events`) ?? '');
    }
    if (controllers.split(',').includes('freezer') && freezer !== undefined) {
      return /^(?:FROZEN|FREEZING)/.test(tryRead(`${freezer}${path}/freezer.state`) ?? '');
    }
    return false;
  });
}

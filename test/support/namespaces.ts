import { spawnSync } from 'node:child_process';

/** Commands that start another command elsewhere. `--propagation unchanged` and the private mount work where `/` is no mount point, as in a chroot. */
const withMounts = (shell: string): string[] => [
  '--mount',
  '--propagation',
  'unchanged',
  'sh',
  '-c',
  `${shell} && exec "$0" "$@"`,
];

/** Below a new pid namespace with a /proc of its own. */
export const inPidNamespace: readonly string[] = [
  'unshare',
  '--pid',
  '--fork',
  '--kill-child',
  ...withMounts('mount --make-private /proc && mount -t proc proc /proc'),
];

/** Without the kernel's type information. */
export const withoutBtf: readonly string[] = [
  'unshare',
  ...withMounts('mount --make-private /sys && mount -t tmpfs none /sys/kernel/btf'),
];

/** Below a new pid namespace, with the /proc of the old one. */
export const withForeignProc: readonly string[] = ['unshare', '--pid', '--fork', '--kill-child'];

/** Root of a new user namespace only. */
export const inUserNamespace: readonly string[] = ['unshare', '--user', '--map-root-user'];

/** Why no user namespace can be made here (the kernel allows none from within a chroot); undefined if one can. */
export function userNamespaceRefusal(): string | undefined {
  const tried = spawnSync('unshare', ['--user', 'true'], { encoding: 'utf8' });
  return tried.status === 0 ? undefined : tried.stderr.trim();
}

/** One line of `/proc/PID/cgroup` (cgroups(7)); `controllers` is empty on the v2 hierarchy. */
export interface CgroupLine {
  readonly controllers: string;
  readonly path: string;
}

/** Lines that are not `N:controllers:path` are passed over. A path may hold colons. */
export function parseCgroups(text: string): CgroupLine[] {
  const lines: CgroupLine[] = [];
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(\/.*)$/s.exec(line);
    if (match) {
      lines.push({ controllers: match[1] ?? '', path: (match[2] ?? '').replace(/ \(deleted\)$/, '') });
    }
  }
  return lines;
}

/** A container's own directory in the cgroup tree, by the layouts of the runtimes. */
const CONTAINER_COMPONENTS: readonly RegExp[] = [
  /^(?:[a-z][a-z0-9.]*-)*[0-9a-f]{64}(?:\.scope)?$/, // docker, containerd's CRI, CRI-O, podman: with and without systemd
  /^lxc\.payload\..+$/s,
  /^machine-.+\.scope$/s, // systemd-machined
  /^systemd-nspawn@.+\.service$/s,
];

/** A pod's directory, with kubelet's cgroupfs and systemd drivers, static pods included. */
const POD_COMPONENT = /^(?:kubepods(?:-[a-z]+)?-)?pod[0-9a-f][0-9a-f_-]{31,35}(?:\.slice)?$/;

/** The runtime's own processes beside a container: the monitors of podman and CRI-O, nspawn's supervisor, kata's shims. */
const isOverhead = (components: readonly string[]): boolean =>
  components.some((component) => /^(?:libpod|crio)-conmon-/.test(component) || component === 'kata_overhead') ||
  components.at(-1) === 'supervisor';

/** Index of the component that makes the path a container's, or -1. */
function containerComponent(components: readonly string[]): number {
  if (isOverhead(components)) {
    return -1;
  }
  const pod = components.findIndex((component) => POD_COMPONENT.test(component));
  if (pod >= 0) {
    return pod;
  }
  const own = components.findIndex((component) => CONTAINER_COMPONENTS.some((pattern) => pattern.test(component)));
  if (own >= 0) {
    return own;
  }
  // systemd-nspawn --keep-unit and plain lxc name no container in the component itself.
  return components.findIndex(
    (component, index) => component === 'payload' || (components[index - 1] === 'lxc' && component !== ''),
  );
}

/**
 * The container that a process runs in: the path of its pod where there is one (a restarted container of a pod has
 * another path of its own, and is the same workload), else of the container. Undefined outside any container.
 */
export function containerOf(cgroups: readonly CgroupLine[]): string | undefined {
  for (const { path } of cgroups) {
    const components = path.split('/');
    const index = containerComponent(components);
    if (index >= 0) {
      return components.slice(0, index + 1).join('/');
    }
  }
  return undefined;
}

/** What a cgroup path alone tells of a container. */
export interface ContainerId {
  /** 64 hex digits, or the name where a runtime uses names. */
  readonly id: string;
  readonly podUid?: string;
}

/** The container itself that a process runs in, undefined outside any. */
export function containerIdOf(cgroups: readonly CgroupLine[]): ContainerId | undefined {
  for (const { path } of cgroups) {
    const components = path.split('/');
    const index = containerComponent(components);
    const own = components[index];
    if (index < 0 || own === undefined) {
      continue;
    }
    const podUid = POD_COMPONENT.test(own)
      ? /pod([0-9a-f][0-9a-f_-]+)/.exec(own)?.[1]?.replaceAll('_', '-')
      : undefined;
    const name = podUid === undefined ? own : components[index + 1];
    if (name !== undefined) {
      const id = /[0-9a-f]{64}/.exec(name)?.[0] ?? name.replace(/^lxc\.payload\.|^machine-|\.scope$|\.service$/g, '');
      return { id, ...(podUid !== undefined && { podUid }) };
    }
  }
  return undefined;
}

/** The systemd service that a process runs in, as a path; undefined for scopes, sessions and nodes without systemd. */
export function serviceOf(cgroups: readonly CgroupLine[]): string | undefined {
  for (const { path } of cgroups) {
    const components = path.split('/');
    const index = components.findLastIndex(
      (component) => component.endsWith('.service') && !component.startsWith('user@'),
    );
    if (index >= 0) {
      return components.slice(0, index + 1).join('/');
    }
  }
  return undefined;
}

/** Whether a process runs in the cgroup `path` of any hierarchy, or below it. */
export function isInCgroup(cgroups: readonly CgroupLine[], path: string): boolean {
  const prefix = path === '/' ? '/' : `${path.replace(/\/+$/, '')}/`;
  return cgroups.some((line) => `${line.path}/`.startsWith(prefix));
}

import type { Scope } from '../domain/settings.js';
import { type Value, wrong } from './value.js';

/** Largest value of /proc/sys/kernel/pid_max (PID_MAX_LIMIT on 64 bit). */
const MAX_PID = 4_194_304;

/** PATH_MAX, with room for the mount point. */
const MAX_PATH_CHARS = 4_000;

/** Extra slashes dropped; undefined for a path that no cgroup can have. */
function cgroupPath(text: string): string | undefined {
  const names = text.split('/').filter((name) => name !== '');
  const possible = text.startsWith('/') && text.length <= MAX_PATH_CHARS;
  return possible && !names.includes('.') && !names.includes('..') ? `/${names.join('/')}` : undefined;
}

function parseScope(text: string): Scope | undefined {
  if (text === 'node') {
    return { kind: 'node' };
  }
  if (text.startsWith('cgroup:')) {
    const path = cgroupPath(text.slice('cgroup:'.length));
    return path === undefined ? undefined : { kind: 'cgroup', path };
  }
  const pid = Number(/^tree:(\d+)$/.exec(text)?.[1]);
  return pid >= 1 && pid <= MAX_PID ? { kind: 'tree', pid } : undefined;
}

function showScope(value: Scope): string {
  switch (value.kind) {
    case 'node':
      return 'node';
    case 'cgroup':
      return `cgroup:${value.path}`;
    case 'tree':
      return `tree:${value.pid}`;
  }
}

const BOUNDS = 'node, cgroup:/PATH or tree:PID';

/** `node`, `cgroup:/kubepods`, `tree:4242`. */
export const scope: Value<Scope> = {
  example: 'cgroup:/kubepods',
  bounds: BOUNDS,
  read: (raw) => {
    const parsed = typeof raw === 'string' ? parseScope(raw) : undefined;
    return parsed === undefined ? wrong(raw, BOUNDS, scope.example) : { ok: parsed };
  },
  show: showScope,
};

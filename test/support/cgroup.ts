import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { eventually } from './proc.ts';

function tryTo(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

/** Where cgroups are mounted: one place on a v2 machine, several on a v1 or hybrid one. */
function mounts(): string[] {
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const fields = lines.map((line) => line.split(' '));
  // cpuset refuses processes until it is configured, and container identity does not need it.
  const wanted = fields.filter(([, , type, options]) => type?.startsWith('cgroup') && !options?.includes('cpuset'));
  return wanted.map(([, path]) => path as string);
}

/** The cgroup of a container as a kubelet with the cgroupfs driver would make it, in every hierarchy; no runtime behind. */
export class FakeContainer {
  readonly id = randomBytes(32).toString('hex');
  readonly path: string;
  readonly #pod: string;
  readonly #mounts: string[];

  constructor() {
    this.#pod = `/kubepods/besteffort/pod${randomUUID()}`;
    this.path = `${this.#pod}/${this.id}`;
    this.#mounts = mounts().filter((mount) => tryTo(() => mkdirSync(mount + this.path, { recursive: true })));
    if (this.#mounts.length === 0) throw new Error('no writable cgroup hierarchy');
  }

  /** A command line that puts itself into the container and then becomes the given command. */
  run(...command: (string | number)[]): [string, ...(string | number)[]] {
    const joins = this.#mounts.map((mount) => `echo $$ > ${mount}${this.path}/cgroup.procs`);
    return ['/bin/sh', '-c', `${joins.join(' && ')} && exec "$0" "$@"`, ...command];
  }

  /** Ends what runs in it, and removes it. */
  async remove(): Promise<void> {
    for (const mount of this.#mounts) {
      const inside = readFileSync(`${mount}${this.path}/cgroup.procs`, 'utf8');
      for (const pid of inside.split('\n').filter(Boolean)) tryTo(() => process.kill(Number(pid), 'SIGKILL'));
      await eventually(`removal of ${this.path}`, () => tryTo(() => rmdirSync(mount + this.path)));
      tryTo(() => rmdirSync(mount + this.#pod)) && tryTo(() => rmdirSync(`${mount}/kubepods/besteffort`));
      tryTo(() => rmdirSync(`${mount}/kubepods`));
    }
  }
}

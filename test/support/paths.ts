import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

export const reapdPath = fileURLToPath(new URL('bin/reapd', root));

export function programPath(name: string): string {
  return name.startsWith('/') ? name : fileURLToPath(new URL(`build/programs/${name}`, root));
}

// In a pid namespace of its own: what is in it has its numbers there, what is outside has none.
import { decodeSnapshot, exitOnce, leak, recordDecoder, SETTLED, say, start } from './kit.ts';

const decode = recordDecoder();
const outside: number[] = [];
const inside = new Map<number, number>();
const { promise, resolve } = Promise.withResolvers<void>();
const kernel = start((records) => {
  for (const event of decode(records)) {
    if (event.type !== 'zombie') continue;
    if (event.zombie.key.pid === 0) outside.push(event.zombie.parent.pid);
    else inside.set(event.zombie.key.pid, event.zombie.parent.pid);
  }
  resolve();
}, SETTLED);
exitOnce();
const parent = await leak(3);
await promise;
while (!parent.zombies.every((pid) => inside.get(pid) === parent.pid))
  await new Promise((next) => setTimeout(next, 10));
const seen = decodeSnapshot(kernel.snapshot()).map((zombie) => zombie.key.pid);
say({
  pid: process.pid,
  inside: inside.size,
  outside: outside.filter((pid) => pid !== 0).length,
  seen: parent.zombies.every((pid) => seen.includes(pid)),
  unseen: seen.filter((pid) => pid === 0).length,
});
kernel.close();
await parent.end();

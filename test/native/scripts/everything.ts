// All that the addon can do, once: for the sanitizers.
import { addon, collect, decodeSnapshot, leak, recordDecoder, SETTLED, say, start } from './kit.ts';

say({ probe: addon.probe() });
const parent = await leak(1_500);
const told = new Set<number>();
const decode = recordDecoder();
const { promise: all, resolve: enough } = Promise.withResolvers<void>();
let more: Awaited<ReturnType<typeof leak>> | undefined;
const kernel = start((records) => {
  for (const event of decode(records)) if (event.type === 'zombie') told.add(event.zombie.key.pid);
  if (more?.zombies.every((pid) => told.has(pid))) enough();
}, SETTLED);
const pids = new Set(decodeSnapshot(kernel.snapshot()).map((zombie) => zombie.key.pid));
say({ missing: parent.zombies.filter((pid) => !pids.has(pid)).length });
more = await leak(150);
if (more.zombies.every((pid) => told.has(pid))) enough();
await all;
kernel.setSettle(0, 0);
await parent.end();
for (let round = 0; round < 20; round++) {
  kernel.snapshot();
  await collect();
}
say({ stats: kernel.stats(), released: addon.releaseFilePages() > 0 });
await more.end();
kernel.close();
await collect();

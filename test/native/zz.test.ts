import { deaths, nativeTest } from '../support/watch.ts';
nativeTest('x', { timeout: 60000 }, async ({ stage, watch }) => {
  for (let i = 0; i < 2; i++) {
    const ways = ['exit:0', 'hog:100', 'hog:300', 'hog:1000', 'hog:2000', 'hog:2000', 'thread-exits:3'];
    const died = await deaths(stage, 10, ...ways);
    const w = watch();
    const z = w.snapshot();
    for (const [n, d] of died.entries()) {
      const s = z.find((q) => q.key.pid === d.pid);
      console.log(ways[n], 'error', ((s?.exitMs ?? 0) - d.earliestMs).toFixed(1), 'window', (d.latestMs - d.earliestMs).toFixed(1));
    }
    w.kernel.close();
  }
});

// Several worker threads, each with its own event source: most are terminated while they are started, in a storm of exits.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { programPath } from '../../support/paths.ts';
import { exitOnce, say, start } from './kit.ts';

const { LD_PRELOAD: _, ...env } = process.env;
const storm = spawn(programPath('churn'), ['2'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
await once(storm.stdout, 'data');

const kernel = start(() => undefined);
for (let round = 0; round < 3; round++) {
  // What each does when it has its first records.
  const modes = ['goes-on', 'closes', 'spins', 'throws', 'exits', 'never-starts'];
  const ends = modes.map(async (mode) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: mode });
    const failed = once(worker, 'error').then(([error]: { message: string }[]) => error?.message);
    worker.on('exit', () => process.env.DBG && console.error(mode, 'exit'));worker.on('message', (m) => process.env.DBG && console.error(mode, m));
    const ended = new Promise<number>((resolve) => worker.once('exit', resolve));
    const [word] = await Promise.race([once(worker, 'message'), ended.then(() => ['ended'])]);
    if (mode === 'goes-on' || mode === 'spins' || mode === 'never-starts') await worker.terminate();
    await ended;
    return `${mode}: ${mode === 'throws' ? await failed : word}`;
  });
  say({ ends: await Promise.all(ends) });
}
storm.kill('SIGKILL');
kernel.close();
exitOnce();

// Several worker threads, each with its own event source: most are terminated while they are started, in a storm of exits.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { programPath } from '../../support/paths.ts';
import { exitOnce, say, start } from './kit.ts';

const { LD_PRELOAD: _, ...env } = process.env;
const tied = ['--pdeathsig', 'KILL', programPath('churn'), '2'];
const storm = spawn('setpriv', tied, { env, stdio: ['ignore', 'pipe', 'ignore'] });
await once(storm.stdout, 'data');

const kernel = start(() => undefined);
for (let round = 0; round < 3; round++) {
  // What each does when it has its first records.
  const modes = ['goes-on', 'closes', 'spins', 'throws', 'exits', 'never-starts'];
  const ends = modes.map(async (mode) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: mode });
    const { promise: spoken, resolve: speak } = Promise.withResolvers<string>();
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.once('message', speak);
    worker.once('error', (error) => speak((error as Error).message));
    worker.once('exit', () => speak('ended'));
    const word = await spoken;
    if (word !== 'ended') await worker.terminate();
    await ended;
    return `${mode}: ${word}`;
  });
  say({ ends: await Promise.all(ends) });
}
storm.kill('SIGKILL');
kernel.close();
exitOnce();

// Killed, as by the OOM killer.
import { exitOnce, start } from './kit.ts';

start(() => undefined);
exitOnce();
process.kill(process.pid, 'SIGKILL');

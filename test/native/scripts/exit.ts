// Ends while it is started, without close().
import { exitOnce, start } from './kit.ts';

start(() => undefined);
exitOnce();
process.exit(0);

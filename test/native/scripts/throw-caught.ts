// The record callback throws; the process has a handler for that, and goes on.
import { exitOnce, say, start } from './kit.ts';

let calls = 0;
process.on('uncaughtException', (error) => {
  say({ uncaught: error.message });
  if (calls < 3) exitOnce();
  else kernel.close();
});
const kernel = start(() => {
  throw new Error(`call ${++calls}`);
});
exitOnce();

// Run with few descriptors: uses them up, and asks for one more.
import { closeSync, openSync } from 'node:fs';
import { addon, say, startTicksOf } from './kit.ts';

const ticks = startTicksOf('self');
const code = () => {
  try {
    new addon.ProcessRef(process.pid, ticks, () => undefined).close();
    return 'opened';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
say({ atFirst: code() });
const files: number[] = [];
try {
  for (;;) files.push(openSync('/dev/null', 'r'));
} catch (error) {
  say({ files: (error as { code: string }).code });
}
say({ withNone: code() });
closeSync(files.pop() as number);
say({ withOne: code() }); // looking at /proc takes a second one
closeSync(files.pop() as number);
say({ withTwo: code() });

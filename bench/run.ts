import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { parseArgs } from 'node:util';
import { countZombies } from './addon.ts';
import { measureDetection } from './detection.ts';
import { measureKernelTime } from './kernel-time.ts';
import { measureMemory } from './memory.ts';
import { measureSnapshot } from './snapshot.ts';
import { measureStorms } from './storm-ratio.ts';
import { met, type Row, renderTable } from './table.ts';
import { measureUserSpace } from './user-space.ts';

const MEASUREMENTS: Readonly<Record<string, (quick: boolean) => Promise<Row[]>>> = {
  kernel: measureKernelTime,
  'user-space': measureUserSpace,
  storm: measureStorms,
  detection: measureDetection,
  snapshot: measureSnapshot,
  memory: measureMemory,
};

const USAGE = `usage: node bench/run.ts [--quick] [--json FILE] [${Object.keys(MEASUREMENTS).join(' | ')}]...
`;

function fail(message: string): never {
  process.stderr.write(message);
  process.exit(2);
}

function readArgs() {
  try {
    return parseArgs({
      options: { quick: { type: 'boolean', default: false }, json: { type: 'string' }, help: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

const { values, positionals } = readArgs();
if (values.help === true) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (process.getuid?.() !== 0) {
  fail('bench: the daemon needs root\n');
}
const names = positionals.length > 0 ? positionals : Object.keys(MEASUREMENTS);
for (const name of names) {
  if (!(name in MEASUREMENTS)) {
    fail(`bench: no measurement '${name}'\n${USAGE}`);
  }
}

const machine = {
  kernel: release(),
  cpu: cpus()[0]?.model ?? '',
  cpus: cpus().length,
  node: process.version,
  load: loadavg().map((load) => Math.round(load * 100) / 100),
  zombies: countZombies(),
};
process.stdout.write(
  `Linux ${machine.kernel}, ${machine.cpus} × ${machine.cpu}, Node.js ${machine.node}, load ${machine.load.join(' ')}, ${machine.zombies} zombies\n`,
);
if (machine.zombies > 0) {
  process.stdout.write(
    'Zombies of others stand on this node: every healthy exit costs more, and new ones wake the daemon up.\n',
  );
}

const began = performance.now();
const rows: Row[] = [];
for (const name of names) {
  process.stderr.write(`measuring: ${name}\n`);
  rows.push(...((await MEASUREMENTS[name]?.(values.quick)) ?? []));
}
const seconds = Math.round((performance.now() - began) / 1000);
process.stdout.write(`\n${renderTable(rows)}\n\nmeasured in ${seconds} s\n`);
if (values.json !== undefined) {
  const results = rows.map((row) => ({ ...row, met: met(row) }));
  writeFileSync(values.json, `${JSON.stringify({ machine, quick: values.quick, seconds, results }, null, 2)}\n`);
}
process.exit(0);

import { parseArgs } from './cli/args.js';
import { run, SIGNALS } from './cli/run.js';
import { checkConfig } from './config/check.js';
import { type Exit, type ExitCode, stderrLine, UserError } from './errors.js';
import { version } from './version.js';

function print({ exitCode, stdout, stderr }: Exit): ExitCode {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return exitCode;
}

async function main(argv: readonly string[]): Promise<ExitCode> {
  const invocation = parseArgs(argv, { version: version(), signals: SIGNALS });
  switch (invocation.command) {
    case 'exit':
      return print(invocation);
    case 'config-check':
      return print(checkConfig(invocation.path, { signals: SIGNALS }));
    case 'run':
      return run(invocation.flags, invocation.configPath, version());
    case 'demo': {
      const { demo } = await import('./cli/demo.js');
      return demo(invocation.color, version());
    }
  }
}

/** The only place that ends the process. */
try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UserError)) {
    throw error;
  }
  process.stderr.write(stderrLine(error.message));
  process.exit(error.exitCode);
}

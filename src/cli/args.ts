import { Command, CommanderError, Option } from 'commander';
import { DEFAULTS } from '../config/defaults.js';
import { defaultsYaml } from '../config/defaults-yaml.js';
import { KEYS, type Overrides, type SettingKey } from '../config/schema.js';
import { type Context, formatRefusal } from '../config/value.js';
import { EXIT, EXIT_MEANING, type Exit, stderrLine } from '../errors.js';

/** What the command line asks for. `exit` is what needs nothing more than to be printed: help, version, a mistake. */
export type Invocation =
  | { readonly command: 'run'; readonly flags: Overrides; readonly configPath?: string }
  | { readonly command: 'demo'; readonly color: boolean }
  | { readonly command: 'config-check'; readonly path: string }
  | ({ readonly command: 'exit' } & Exit);

/** What reading a command line needs to know, passed in so that it stays pure. */
export interface Surroundings extends Context {
  readonly version: string;
}

const HELP_COLUMNS = 100;

const print = (stdout: string): Invocation => ({ command: 'exit', exitCode: EXIT.ok, stdout, stderr: '' });

const mistake = (message: string): Invocation => ({
  command: 'exit',
  exitCode: EXIT.usage,
  stdout: '',
  stderr: stderrLine(message),
});

const example = (...lines: string[]): string => ['', 'Example:', ...lines.map((line) => `  ${line}`)].join('\n');

const optionOf = (key: SettingKey): Option | undefined =>
  key.option === undefined
    ? undefined
    : new Option(
        `--${key.name} ${key.option}`.trim(),
        key.option === '' ? key.help : `${key.help} (${key.bounds}; default ${key.show(DEFAULTS)})`,
      );

const OPTION_KEYS: readonly { readonly key: SettingKey; readonly option: Option }[] = KEYS.flatMap((key) => {
  const option = optionOf(key);
  return option === undefined ? [] : [{ key, option }];
});

/** The values of the given options, all still text (true for one without a value). */
type Given = Readonly<Record<string, unknown>> & { readonly config?: string };

function readRun(given: Given, context: Context): Invocation {
  const flags: Overrides[] = [];
  for (const { key, option } of OPTION_KEYS) {
    const raw = given[option.attributeName()];
    if (raw === undefined) {
      continue;
    }
    const read = key.read(raw, context);
    if (!('ok' in read)) {
      return mistake(`--${key.name}: ${formatRefusal(read)}`);
    }
    flags.push(read.ok);
  }
  return {
    command: 'run',
    flags: Object.assign({}, ...flags) as Overrides,
    ...(given.config !== undefined && { configPath: given.config }),
  };
}

function runCommand(program: Command, { signals }: Context, done: (invocation: Invocation) => void): void {
  const run = program.command('run').description('watch for zombies and end the parents that do not reap them');
  for (const { option } of OPTION_KEYS) {
    run.addOption(option);
  }
  run
    .option('--config <file>', 'YAML file with the same keys and more; options win over it')
    .addHelpText('after', example('reapd run --dry-run --threshold 30s', 'reapd run --config /etc/reapd/config.yaml'))
    .action((given: Given) => done(readRun(given, { signals })));
}

function configCommand(program: Command, done: (invocation: Invocation) => void): void {
  const config = program
    .command('config')
    .description('check a configuration file, or print the defaults as one')
    .helpCommand(false)
    .addHelpText('after', example('reapd config check /etc/reapd/config.yaml'));
  config
    .command('check')
    .description('read a file as run would; one line and exit code 2 if it is wrong')
    .argument('<file>', 'YAML file')
    .addHelpText('after', example('reapd config check /etc/reapd/config.yaml'))
    .action((path: string) => done({ command: 'config-check', path }));
  config
    .command('defaults')
    .description('print a YAML file with every key, its help and its default')
    .addHelpText('after', example('reapd config defaults > config.yaml'))
    .action(() => done(print(defaultsYaml())));
}

/** Commander's own help command answers an unknown name with the whole help and code 1. */
function helpCommand(program: Command): void {
  program
    .command('help')
    .description('show the help of a command')
    .argument('[command...]', 'for example: config check')
    .addHelpText('after', example('reapd help run'))
    .action((names: readonly string[]) => {
      let about = program;
      for (const name of names) {
        const found = about.commands.find((command) => command.name() === name);
        about = found ?? about.error(`unknown command '${name}'`);
      }
      about.help();
    });
}

const EXIT_CODES = Object.entries(EXIT_MEANING)
  .map(([code, meaning]) => `  ${code}  ${meaning}`)
  .join('\n');

/** Commander's words on one line: it puts its suggestion on a second one, and shows the help for want of a command. */
function problemOf({ code, message }: CommanderError): string {
  return code === 'commander.help'
    ? 'no command given'
    : message.replace(/^error: |\.$/g, '').replace(/\n(?=\(Did you mean )/, ' ');
}

function buildProgram(
  surroundings: Surroundings,
  write: (text: string) => void,
  done: (invocation: Invocation) => void,
) {
  const program = new Command('reapd')
    .description('Sees zombie processes by kernel event and ends the parents that do not reap them.')
    .exitOverride()
    .configureOutput({
      writeOut: write,
      outputError: () => {},
      writeErr: () => {},
      getOutHelpWidth: () => HELP_COLUMNS,
      getOutHasColors: () => false,
    })
    .version(surroundings.version)
    .addHelpText('after', `${example('reapd run --dry-run')}\n\nExit codes:\n${EXIT_CODES}`);
  runCommand(program, surroundings, done);
  program
    .command('demo')
    .description('a sandboxed leak, detected and resolved before your eyes')
    .option('--no-color', 'plain text')
    .addHelpText('after', example('reapd demo'))
    .action(({ color }: { color: boolean }) => done({ command: 'demo', color }));
  configCommand(program, done);
  helpCommand(program);
  return program;
}

/** A command line (without the interpreter and the script) as what it asks for. Touches nothing outside. */
export function parseArgs(argv: readonly string[], surroundings: Surroundings): Invocation {
  let printed = '';
  let invocation: Invocation | undefined;
  const program = buildProgram(
    surroundings,
    (text) => {
      printed += text;
    },
    (asked) => {
      invocation = asked;
    },
  );
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      throw error;
    }
    if (error.exitCode === EXIT.ok) {
      return print(printed);
    }
    return mistake(`${problemOf(error)}; see reapd --help`);
  }
  return invocation ?? mistake('no command given; see reapd --help');
}

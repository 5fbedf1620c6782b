import { constants } from 'node:os';
import { diff } from '../config/diff.js';
import { loadSettings } from '../config/load.js';
import type { Overrides } from '../config/schema.js';
import { type Daemon, startDaemon } from '../daemon.js';
import type { Settings } from '../domain/settings.js';
import { EXIT, type ExitCode, UserError } from '../errors.js';
import { type Addon, isAddonError } from '../native/addon.js';
import { loadAddon } from '../native/load.js';
import { openLog } from '../outputs/log.js';
import { explainFailure, lastLines } from '../source/explain-failure.js';
import { kernelEvents } from '../source/kernel-events.js';
import { exists } from '../source/proc.js';
import { checkRequirements, seesWholeCgroupTree } from '../source/requirements.js';
import type { Source } from '../source/source.js';

export const SIGNALS: ReadonlySet<string> = new Set(Object.keys(constants.signals));

/** A scope of one process's tree needs that process. */
function checkScope({ scope }: Settings): void {
  if (scope.kind === 'cgroup' && !seesWholeCgroupTree()) {
    throw new UserError(
      `--scope cgroup:${scope.path}: this is a cgroup namespace of its own, where no path of the node matches; run reapd in the host's (in Kubernetes: privileged or a cgroup v1 node), or use --scope node`,
      EXIT.cannotRun,
    );
  }
  if (scope.kind === 'tree' && !exists(scope.pid)) {
    throw new UserError(`--scope tree:${scope.pid}: there is no process ${scope.pid}; name a running one`, EXIT.usage);
  }
}

/** Runs what talks to the kernel; what it throws becomes one line, and the verifier's last words go to `debug`. */
export function orExplain<T>(addon: Addon, work: () => T, debug: (text: string) => void): T {
  try {
    return work();
  } catch (error) {
    if (!isAddonError(error)) {
      throw error;
    }
    if (error.log !== undefined && error.log !== '') {
      debug(lastLines(error.log));
    }
    throw new UserError(explainFailure(error, addon.probe()), EXIT.cannotRun);
  }
}

/** `reapd run`: resolves with the exit code when the daemon has stopped. Throws UserError before anything is started. */
export function run(flags: Overrides, configPath: string | undefined, version: string): Promise<ExitCode> {
  const read = (): Settings => loadSettings(flags, configPath, { signals: SIGNALS });
  let settings = read();
  checkScope(settings);
  if (settings.source === 'netlink') {
    throw new UserError('--source netlink: not in this version; use --source auto or ebpf', EXIT.cannotRun);
  }
  const shortcomings = checkRequirements();
  const addon = loadAddon();

  return new Promise((resolve) => {
    let daemon: Daemon | undefined;
    const stop = (reason: string, code: ExitCode): void => {
      daemon?.stop(reason);
      daemon = undefined;
      resolve(code);
    };
    const log = openLog(1, settings.logFormat, settings.logLevel, () => stop('the log cannot be written', EXIT.failed));
    const debug = (text: string): void => {
      if (settings.logLevel === 'debug') {
        process.stderr.write(`${text}\n`);
      }
    };
    const attach = (): Source => kernelEvents(addon, settings);
    const source = orExplain(addon, attach, debug);

    const reload = (): void => {
      if (configPath === undefined) {
        log.write({ type: 'reload-refused', reason: 'started without --config: there is no file to read again' });
        return;
      }
      try {
        const next = read();
        checkScope(next);
        const { changed, needRestart } = diff(settings, next);
        settings = next;
        log.setLevel(next.logLevel);
        daemon?.reload(next);
        log.write({ type: 'reloaded', changed, needRestart });
      } catch (error) {
        if (!(error instanceof UserError)) {
          throw error;
        }
        log.write({ type: 'reload-refused', reason: error.message });
      }
    };
    process.on('SIGTERM', () => stop('SIGTERM', EXIT.ok));
    process.on('SIGINT', () => stop('SIGINT', EXIT.ok));
    process.on('SIGHUP', reload);
    daemon = orExplain(
      addon,
      () => startDaemon({ addon, source, settings, version, output: log.write, shortcomings }),
      debug,
    );
    addon.releaseFilePages();
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { DEFAULTS } from '../config/defaults.js';
import { type Daemon, startDaemon } from '../daemon.js';
import type { Settings } from '../domain/settings.js';
import { EXIT, type ExitCode, UserError } from '../errors.js';
import { loadAddon } from '../native/load.js';
import type { Output } from '../outputs/output.js';
import { kernelEvents } from '../source/kernel-events.js';
import { descendsFrom } from '../source/proc.js';
import { checkRequirements } from '../source/requirements.js';
import { narrate, type Told, toldLine } from './narrate.js';
import { orExplain } from './run.js';

/** How many children the demo's parent leaves behind. */
const LEAK = 3;
/** The story takes about 5 s; whatever happens, it ends after this. */
const MOST_MS = 9500;

/**
 * A parent that ignores SIGTERM and never waits (it becomes `sleep`, which knows nothing of its children), below the init of
 * a pid namespace of its own. The kernel ends all of it when the init dies, and `unshare` ends the init when it dies.
 */
const LEAKING = `sh -c 'trap "" TERM; ${'sleep 0.3 & '.repeat(LEAK)}exec sleep 30' & wait`;

function startSandbox(): ChildProcess {
  return spawn('unshare', ['--pid', '--fork', '--kill-child=SIGKILL', 'sh', '-c', LEAKING], { stdio: 'ignore' });
}

/** `reapd demo`: resolves with the exit code. Throws UserError if it cannot run here; it signals only what it started. */
export function demo(color: boolean, version: string): Promise<ExitCode> {
  checkRequirements();
  const addon = loadAddon();
  const startedMs = performance.now();
  const colored = color && process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  const say = (told: Told): void => {
    process.stdout.write(toldLine(told, performance.now() - startedMs, colored));
  };

  return new Promise((resolve, reject) => {
    const sandbox = startSandbox();
    let daemon: Daemon | undefined;
    const standing = new Set<number>();
    let resolved = false;
    let over = false;

    const finish = (code: ExitCode): void => {
      clearTimeout(bound);
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      daemon?.stop('the demo is over');
      daemon = undefined;
      sandbox.kill('SIGKILL');
      resolve(code);
    };
    const interrupted = (): void => finish(EXIT.failed);
    const bound = setTimeout(() => {
      say({ tone: 'alarm', text: 'this took too long: something is wrong here' });
      finish(EXIT.failed);
    }, MOST_MS);
    process.on('SIGINT', interrupted).on('SIGTERM', interrupted);

    const output: Output = (event) => {
      // Zombies and reaps come from the whole node; the story is about the sandbox.
      const elsewhere =
        (event.type === 'zombie' && !descendsFrom(event.zombie.parent.pid, sandbox.pid as number)) ||
        (event.type === 'reaped' && !standing.has(event.id));
      if (elsewhere) {
        return;
      }
      const told = narrate(event);
      if (told !== undefined) {
        say(told);
      }
      if (event.type === 'zombie') {
        standing.add(event.zombie.id);
      } else if (event.type === 'reaped') {
        standing.delete(event.id);
      } else if (event.type === 'resolved') {
        resolved = true;
      }
      if (resolved && !over && standing.size === 0) {
        over = true;
        say({
          tone: 'good',
          text: `result: the parent is gone, all ${LEAK} zombies are reaped, nothing else was touched`,
        });
        setImmediate(finish, EXIT.ok);
      }
    };

    sandbox.once('error', () => {
      clearTimeout(bound);
      reject(new UserError('demo: cannot start "unshare": install util-linux', EXIT.cannotRun));
    });
    sandbox.once('spawn', () => {
      try {
        const settings: Settings = {
          ...DEFAULTS,
          thresholdMs: 1500,
          settleMs: 300,
          logLevel: 'debug',
          scope: { kind: 'tree', pid: sandbox.pid as number },
        };
        say({
          tone: 'plain',
          text: `in a pid namespace of its own: a parent that starts ${LEAK} children, never waits, and ignores SIGTERM`,
        });
        daemon = orExplain(
          addon,
          () =>
            startDaemon({ addon, source: kernelEvents(addon, settings), settings, version, output, shortcomings: [] }),
          () => undefined,
        );
      } catch (error) {
        finish(EXIT.cannotRun);
        reject(error);
      }
    });
  });
}

import { escapeControls } from './domain/text.js';

/** Every exit code of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, cannotRun: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code says to whoever started the command. */
export const EXIT_MEANING: Readonly<Record<ExitCode, string>> = {
  [EXIT.ok]: 'it did what was asked',
  [EXIT.failed]: 'it failed at run time',
  [EXIT.usage]: 'a command, an option, a value or the configuration is wrong; nothing was started',
  [EXIT.cannotRun]: 'it cannot run on this node',
};

/** A command that ended: what it has to say and with which code. */
export interface Exit {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** A failure that the user can do something about. The message is one line without the program's name: what, where, what to do.
 * Hostile text in it, a file's name for example, is made harmless. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(escapeControls(message));
    this.exitCode = exitCode;
  }
}

/** A message as the one line that goes to stderr, with its newline. Hostile text in it is made harmless. */
export const stderrLine = (message: string): string => `reapd: ${escapeControls(message)}\n`;

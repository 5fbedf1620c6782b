/** What the agent needs of `/proc/PID/status` (proc_pid_status(5)). */
export interface ProcStatus {
  readonly uid: number;
  /** 0 if nobody traces it. */
  readonly tracer: number;
  /** Its number in each pid namespace from the reader's down to its own. */
  readonly nsPids: readonly number[];
  /** Bit n-1 stands for signal n. */
  readonly blocked: bigint;
  readonly ignored: bigint;
  readonly caught: bigint;
  /** Effective capabilities, bit n stands for capability n. */
  readonly capabilities: bigint;
}

/** Fields that are missing read as 0 or empty. Names are hostile: `Name:` is one line (the kernel escapes newlines there). */
export function parseStatus(text: string): ProcStatus {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) {
      fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
    }
  }
  const numbers = (key: string): number[] =>
    (fields.get(key) ?? '')
      .split(/\s+/)
      .filter((word) => word !== '')
      .map(Number);
  const mask = (key: string): bigint => {
    const hex = fields.get(key) ?? '';
    return /^[0-9a-f]+$/i.test(hex) ? BigInt(`0x${hex}`) : 0n;
  };
  return {
    uid: numbers('Uid')[0] ?? 0,
    tracer: numbers('TracerPid')[0] ?? 0,
    nsPids: numbers('NSpid'),
    blocked: mask('SigBlk'),
    ignored: mask('SigIgn'),
    caught: mask('SigCgt'),
    capabilities: mask('CapEff'),
  };
}

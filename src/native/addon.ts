/** The only typed view of the native addon (`native/addon.cc`). Every method is called on the JavaScript thread. */

export interface KernelEventsOptions {
  /** Slots of the queue of exits, a power of two. */
  readonly queueSlots: number;
  /** Zombies that can be remembered at once. */
  readonly maxZombies: number;
  /** Bytes of the ring buffer, a power of two and a multiple of the page size. */
  readonly ringBytes: number;
  /** 0 = every exit is told as it happens. */
  readonly settleNs: number;
  /** How long a due exit may wait for others. */
  readonly slackNs: number;
}

/** Counted since load. The `…Runs` and `runNs` need the kernel's bpf_stats switched on, else they are 0. */
export interface KernelStats {
  readonly recursionMisses: number;
  readonly exitRuns: number;
  readonly freeRuns: number;
  readonly runNs: number;
  readonly exitsQueued: number;
  readonly standing: number;
  readonly queueOverrun: number;
  readonly ringFull: number;
  readonly mapFull: number;
}

/** The loaded BPF object. While started it keeps the event loop alive. */
export interface KernelEvents {
  /** Attaches the programs and begins to deliver records. Throws AddonError, step `attach`. */
  start(): void;
  /** One `struct reapd_zombie` for every zombie of this pid namespace. Throws AddonError. */
  snapshot(): Uint8Array;
  setSettle(settleNs: number, slackNs: number): void;
  stats(): KernelStats;
  /** Detaches and frees everything at once; may be called again, and from within the record callback. */
  close(): void;
}

/** One process, held by a pidfd (pidfd_open(2), kernel 5.3). It does not keep the event loop alive. */
export interface ProcessRef {
  /** Sends a signal to the whole process. Returns the errno's name if it was not sent. */
  signal(signal: number): string | undefined;
  close(): void;
}

/** What the kernel's own BTF says that it has. */
export interface KernelProbe {
  readonly btf: boolean;
  readonly exitTracepoint: boolean;
  readonly freeTracepoint: boolean;
  /** bpf_timer, 5.15. */
  readonly timer: boolean;
  /** bpf_loop, 5.17. */
  readonly loop: boolean;
  /** BPF ring buffer, 5.8. */
  readonly ringBuffer: boolean;
}

/** What the addon's methods throw. */
export interface AddonError extends Error {
  /** errno name, for example EPERM. */
  readonly code: string;
  /** What was being done: namespace, open, load, ring, attach. */
  readonly step?: string;
  /** What libbpf and the verifier said. */
  readonly log?: string;
}

export interface Addon {
  /** Opens and loads; `onRecords` gets whole records of `bpf/records.h`, one after the other. Throws AddonError. */
  readonly KernelEvents: new (
    options: KernelEventsOptions,
    onRecords: (records: Uint8Array) => void,
  ) => KernelEvents;
  /**
   * Opens a process and makes sure that it is the one that started at `startTicks` (field 22 of /proc/PID/stat).
   * `onExit` is called once, when the whole process has exited. Throws AddonError: ESRCH if it is gone or another one,
   * EMFILE or ENFILE if there is no descriptor for it.
   */
  readonly ProcessRef: new (
    pid: number,
    startTicks: number,
    onExit: () => void,
  ) => ProcessRef;
  probe(): KernelProbe;
  /**
   * Gives resident pages of the executable and its libraries back, which start-up or a burst of work has touched; they return from the page
   * cache when they are used. Returns the bytes that were looked at.
   */
  releaseFilePages(): number;
}

/** True for an error that a method of the addon threw. */
export const isAddonError = (error: unknown): error is AddonError =>
  error instanceof Error && typeof (error as Partial<AddonError>).code === 'string';

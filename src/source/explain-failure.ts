import type { AddonError, KernelProbe } from '../native/addon.js';

const VERIFIER_LINES = 20;

/** What the kernel lacks, in words; undefined if it has everything. */
function lacking(probe: KernelProbe): string | undefined {
  if (!probe.btf) {
    return 'the kernel has no type information (CONFIG_DEBUG_INFO_BTF)';
  }
  if (!probe.ringBuffer) {
    return 'the kernel has no BPF ring buffer (since 5.8)';
  }
  if (!probe.exitTracepoint || !probe.freeTracepoint) {
    return 'the kernel has no scheduler tracepoints (CONFIG_TRACEPOINTS, CONFIG_BPF_EVENTS)';
  }
  if (!probe.timer) {
    return 'the kernel has no BPF timers (since 5.15)';
  }
  return probe.loop ? undefined : 'the kernel has no bpf_loop (since 5.17)';
}

const verifierRefused = ({ message }: AddonError): string =>
  `${message}: the kernel's verifier refused the programs; run with --log-level debug to see why, and report it with the kernel's version`;

/** Why the eBPF programs cannot be loaded or attached here, on one line: what is missing and how to get it. */
export function explainFailure(error: AddonError, probe: KernelProbe): string {
  const missing = lacking(probe);
  if (missing !== undefined) {
    return `${missing}: eBPF needs Linux 5.17 or newer with BTF`;
  }
  if (error.log?.includes('END PROG LOAD LOG') === true) {
    return verifierRefused(error);
  }
  switch (error.code) {
    case 'EPERM':
    case 'EACCES':
      return `${error.message}: something forbids bpf(2) here; allow it in the container's seccomp profile, and look at kernel lockdown (confidentiality) and LSM rules`;
    case 'ENOMEM':
      return `${error.message}: no memory for the maps; raise the memory limit of the service or container, or lower queue-slots, max-zombies and ring-bytes`;
    case 'EBUSY':
    case 'EINVAL':
    case 'E2BIG':
      return verifierRefused(error);
    case 'EAGAIN':
      return `${error.message}: the kernel was interrupted while it checked the programs; start again`;
    default:
      return `${error.message} (while: ${error.step ?? 'load'})`;
  }
}

/** The last lines that libbpf and the verifier said, for the debug level. */
export const lastLines = (log: string): string => log.trimEnd().split('\n').slice(-VERIFIER_LINES).join('\n');

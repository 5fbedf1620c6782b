import type { AgentEvent } from '../domain/agent-event.js';
import type { IncidentEvent } from '../domain/incident.js';

/** Where events go. Must not throw and must not wait. */
export type Output = (event: IncidentEvent | AgentEvent) => void;

import { isInCgroup } from '../domain/cgroup.js';
import type { ParentFacts } from '../domain/parent.js';
import type { Scope } from '../domain/settings.js';

/** Whether a parent may be judged at all. */
export function inScope(scope: Scope, parent: ParentFacts): boolean {
  switch (scope.kind) {
    case 'node':
      return true;
    case 'cgroup':
      return isInCgroup(parent.cgroups, scope.path);
    case 'tree':
      return parent.key.pid === scope.pid || parent.ancestors.includes(scope.pid);
  }
}

/** Why a parent does not reap, as far as its state and its signal masks tell. */
export type Cause =
  | 'parent-stopped'
  | 'parent-uninterruptible'
  | 'pid1-never-waits'
  | 'sigchld-blocked'
  | 'sigchld-handled-without-wait'
  | 'child-never-waited-for';

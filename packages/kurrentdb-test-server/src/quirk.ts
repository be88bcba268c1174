/**
 * One way each in which a server can be broken: the mutants that a contract suite must catch. A test starts a
 * server with one of them and shows that the suite notices.
 */
export const quirks = [
  'accepts-versions-ahead',
  'ignores-max-count',
  'ignores-truncate-before',
  'sends-no-caught-up',
  'sends-no-checkpoints',
  'subscribes-inclusively',
  'reads-deleted-streams',
  'answers-wrong-revision',
  'writes-retries-twice',
  'tears-multi-stream-appends',
  'does-not-revive-deleted-streams',
  'reads-backwards-inclusively',
  'ignores-checks',
] as const

export type Quirk = (typeof quirks)[number]

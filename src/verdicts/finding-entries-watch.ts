import type { FindingEntry } from './finding-entry.ts'

/** Of what watches the target, and is wrong itself. */
export const watchEntries = {
  'monitor-blind': {
    title: 'The target’s page of metrics is gone while it serves its users',
    severity: 'warning',
    seenBy:
      'Looks at the page of `target.metrics`, once a second, where the target has a `monitor`: failed, or later than `within`, in seconds in which requests were answered.',
    advice:
      'Who watches it sees nothing just when there is something to see. Serve the page without the queue, the limiter and the log-in of the users’ requests, from a port or a thread of its own, and keep it cheap: bounded labels, nothing computed when it is asked for.',
  },
  'monitor-lies': {
    title: 'The target’s page of metrics does not tell what happened',
    severity: 'warning',
    seenBy:
      'Counters and histograms of the page (`target.monitor`) against the requests that were sent and answered between the same two looks: counts more than 1 % apart, times more than 10 %.',
    advice:
      'Count where every request passes, refused and failed ones too, and without sampling. Time from the moment a request arrives, the wait in queues and for the event loop included, to its last byte; where a process does not see that wait, take the times of the proxy before it.',
  },
  'alert-missing': {
    title: 'An alert was due and did not come',
    severity: 'critical',
    seenBy:
      'The condition of `alerts` in the plan was true for as long as the alert may take, and our receiver was told nothing.',
    advice:
      'Follow the alert from its measurement on: is it measured under this load, is its threshold the one that was meant, does its `for` outlast what happens, does the notification get out (its own time-out, queue and connection) while the service is busy?',
  },
  'alert-late': {
    title: 'An alert came later than promised',
    severity: 'warning',
    seenBy: 'The alert was raised after the condition of `alerts` in the plan had been true for more than `raisedWithin`.',
    advice:
      'Look more often, shorten the `for` and the window of the rule, and send the notification apart from the work of the service.',
  },
  'alert-false': {
    title: 'An alert was raised without cause',
    severity: 'warning',
    seenBy: 'The alert was raised while the condition of `alerts` in the plan was not true, nor had been shortly before.',
    advice:
      'Raise the threshold above what a healthy load reaches, or demand that it lasts (`for`). An alert that comes without cause is one that nobody reads.',
  },
  'alert-stuck': {
    title: 'An alert is not cleared when its cause is over',
    severity: 'warning',
    seenBy: 'The condition of `alerts` in the plan was over for more than `clearedWithin`, and the alert was still raised.',
    advice:
      'Evaluate the rule when nothing happens, too; use a window that forgets, not a total since the start; and send the end of the alert as surely as its beginning.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>

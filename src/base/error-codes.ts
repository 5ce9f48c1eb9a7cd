/** The catalogue of every error code: the exit status it leads to and one line for the generated reference page. */
export const errorCodes = {
  PLAN_INVALID: { exitCode: 2, summary: 'The plan has values that cannot be used; the message lists all of them.' },
  PLAN_NOT_FOUND: { exitCode: 2, summary: 'The plan file does not exist or cannot be read.' },
  PLAN_DOES_NOT_COMPILE: { exitCode: 2, summary: 'The plan file or something it imports is not valid TypeScript.' },
  PLAN_THROWS: { exitCode: 2, summary: 'The plan file throws while it is loaded.' },
  OPTION_INVALID: { exitCode: 2, summary: 'A command-line option has a value that cannot be used.' },
  CONFIG_INVALID: { exitCode: 2, summary: 'A configuration overlay (--config, --set) has a value that cannot be used.' },
  FEED_INVALID: { exitCode: 2, summary: 'A data feed is missing, empty or malformed.' },
  FEED_EXHAUSTED: { exitCode: 2, summary: 'There were more users than rows in a unique feed.' },
  HOST_NOT_ALLOWED: { exitCode: 2, summary: 'A request was about to go to a host that the plan does not name.' },
  OUT_UNUSABLE: { exitCode: 2, summary: 'The run folder cannot be written.' },
  TMPDIR_UNUSABLE: { exitCode: 2, summary: 'The folder of temporary files does not exist or cannot be written.' },
  RECORD_UNREADABLE: { exitCode: 2, summary: 'A run folder has no readable record.' },
  RESUME_IMPOSSIBLE: {
    exitCode: 2,
    summary: 'A run cannot go on with --resume: it is finished, its plan changed, or it was not cut off in a search.',
  },
  NOT_AVAILABLE: { exitCode: 2, summary: 'What was asked for is not done by this version, or not at the target of `--target`.' },
  SETUP_FAILED: { exitCode: 5, summary: 'The setup function of the plan failed.' },
  TARGET_NOT_STARTED: { exitCode: 5, summary: 'The target could not be started or was not ready in time.' },
  TARGET_DIED: { exitCode: 5, summary: 'The target ended by itself during the run.' },
  SERVICE_NOT_STARTED: { exitCode: 5, summary: 'A service of the plan could not be started.' },
  SERVICE_DIED: { exitCode: 5, summary: 'A service of the plan ended by itself during the run.' },
  STOPPED: { exitCode: 4, summary: 'The run was stopped from outside by `proofload stop`.' },
  HALTED: { exitCode: 4, summary: 'The halt file of the machine exists: it ends every run, and none may start.' },
  INTERRUPTED: { exitCode: 130, summary: 'The run was interrupted.' },
  DISK_FULL: { exitCode: 4, summary: 'The disk is full: the run record or a temporary file could not be written.' },
  INTERNAL: { exitCode: 70, summary: 'A defect of proofload.' },
} as const satisfies Record<string, { exitCode: number; summary: string }>

export type ErrorCode = keyof typeof errorCodes

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text)
}

import { messageOf } from '../base/errors.ts'

/** A resource of a run: acquired by `setup`, given back by what `setup` returned, in reverse order, whatever happened in between. */
export interface Task {
  readonly title: string
  setup(): Promise<(() => Promise<void> | void) | undefined>
}

export interface TaskObserver {
  started(title: string): void
  ended(title: string, error?: string): void
}

/**
 * Runs `body` with all tasks set up. Teardown happens after success, error and interruption alike; an error in one teardown does not keep
 * the others from running, and is thrown (first one wins) only when nothing worse happened before.
 */
export async function withTasks<T>(tasks: readonly Task[], observer: TaskObserver, body: () => Promise<T>): Promise<T> {
  const teardowns: { title: string; run: () => Promise<void> | void }[] = []
  let outcome: { value: T } | { error: unknown }
  try {
    for (const task of tasks) {
      observer.started(task.title)
      const undo = await task.setup().catch((error: unknown) => {
        observer.ended(task.title, messageOf(error))
        throw error
      })
      observer.ended(task.title)
      if (undo) teardowns.push({ title: task.title, run: undo })
    }
    outcome = { value: await body() }
  } catch (error) {
    outcome = { error }
  }
  for (const { title, run } of teardowns.reverse()) {
    try {
      await run()
    } catch (error) {
      observer.ended(`undo: ${title}`, messageOf(error))
      if ('value' in outcome) outcome = { error }
    }
  }
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

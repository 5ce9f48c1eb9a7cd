import type { ModelCall } from '../model-provider/index.ts'
import type { Draft } from './drafts.ts'

export interface Stage {
  readonly name: string
  /** Input and output together. */
  readonly tokens: number
  prompt(draft: Draft): string
}

/** A text goes through these in order; each is one call of the model, and the answer is the next version of the text. */
export const stages: readonly Stage[] = [
  { name: 'research', tokens: 900, prompt: ({ topic }) => `Collect sources on ${topic}` },
  { name: 'audience', tokens: 400, prompt: ({ topic }) => `Who reads about ${topic}, and why?` },
  { name: 'draft', tokens: 1200, prompt: ({ topic }) => `Write about ${topic}` },
  { name: 'style', tokens: 900, prompt: ({ topic }) => `Make the text on ${topic} read well` },
  { name: 'quality review', tokens: 600, prompt: ({ topic }) => `Is every claim about ${topic} supported?` },
]

export const tokensPerDraft = stages.reduce((sum, { tokens }) => sum + tokens, 0)

/** Runs the stages. The work on the draft's memory is real but small: each version is stored in it. */
export async function runStages(draft: Draft, ask: (call: ModelCall) => Promise<string>): Promise<void> {
  for (const stage of stages) {
    draft.text = await ask({ prompt: stage.prompt(draft), tokens: stage.tokens })
    draft.memory.write(draft.text)
  }
}

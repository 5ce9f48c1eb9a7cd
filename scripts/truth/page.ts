/** A part of `docs/truth.md`, by its heading. */
export interface PageSection {
  readonly title: string
  readonly body: string
}

const intro = `# Truth

What each detector says of systems whose truth is known: a broken one, and a twin that is healthy. Written by \`npm run truth -- --write\`; each section says when,
and with which seeds, none of which was used for tuning. A miss is a truth that was not told, a false alarm something told of a healthy system; the interval is
Wilson's for the share of wrong answers. [Maths](maths.md) has the rules. The published numbers of Kneedle and of the Universal Scalability Law are reproduced
in the tests beside \`src/analysis/scalability/\`.
`

export function truthPage(sections: readonly PageSection[]): string {
  return intro + sections.map(({ title, body }) => `\n## ${title}\n\n${body}\n`).join('')
}

export function sectionsOf(page: string): readonly PageSection[] {
  const texts = page.split(/^## /m).slice(1)
  return texts.map((text) => {
    const [title = ''] = text.split('\n', 1)
    return { title, body: text.slice(title.length).trim() }
  })
}

/**
 * What was measured takes the place of what stood there, and what was not measured stays as it is.
 * @param order of all titles that are known: a new section stands after those that come before it there
 */
export function withMeasured(
  kept: readonly PageSection[],
  measured: readonly PageSection[],
  order: readonly string[],
): readonly PageSection[] {
  const sections = [...kept]
  for (const section of measured) {
    const place = sections.findIndex(({ title }) => title === section.title)
    if (place >= 0) sections[place] = section
    else sections.splice(1 + lastBefore(section.title, sections, order), 0, section)
  }
  return sections
}

function lastBefore(title: string, sections: readonly PageSection[], order: readonly string[]): number {
  const own = order.indexOf(title)
  return sections.findLastIndex((one) => {
    const place = order.indexOf(one.title)
    return own === -1 || (place !== -1 && place < own)
  })
}

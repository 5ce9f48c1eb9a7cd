import type { Finding } from '../model/run-result.ts'
import type { RunData, TestData } from '../analysis/index.ts'
import { auditFacts, namedDefects } from './audit/index.ts'
import { finding } from './finding-catalogue.ts'

/** What the audit of a test's data shows, each under its name. */
export function auditFound({ data, test }: { readonly data: RunData; readonly test: TestData }): Finding[] {
  const facts = auditFacts(data, test.name)
  return facts === undefined ? [] : namedDefects(facts).map(({ id, evidence }) => finding(id, evidence))
}

import type { PlanSpec } from '../model/plan-spec.ts'

/** Every host (`host` or `host:port`) that requests of this plan may go to. Services are spoken to by the target, not by users, so they are not among them. */
export function allowedHosts({ target, allowHosts }: Pick<PlanSpec, 'target' | 'allowHosts'>): readonly string[] {
  return target?.url === undefined ? allowHosts : [new URL(target.url).host, ...allowHosts]
}

import { digits } from '../format-value.ts'
import { fullest, missingDatabase } from './databases.ts'
import { processorShare } from './processor-share.ts'
import type { Resource } from './resource.ts'
import { asPercent } from './resource.ts'

export const databaseCpu: Resource = {
  id: 'db-cpu',
  title: 'CPU of the database',
  kind: 'works',
  threshold: 0.9,
  share: 'Cores that the database’s processes would have used without having to wait for one, of all cores.',
  advice:
    'The database has no CPU left: look at the statements that took most of its time (in the findings), add the index they miss, cache what is read again and again, or give it more cores.',
  read({ data, view }) {
    const { cores } = data.header.machine
    const found = fullest(data, (name) => {
      const use = processorShare(view, name, { ofMachine: cores, allowed: cores })
      return (
        use && {
          share: use.share,
          shown: `${asPercent(use.share)} (${name} used ${digits(use.used)} of ${cores} cores, ${digits(use.wanted)} wanted)`,
        }
      )
    })
    return found ?? { missing: missingDatabase(data, 'its processes are not on this machine, or not to be seen') }
  },
}

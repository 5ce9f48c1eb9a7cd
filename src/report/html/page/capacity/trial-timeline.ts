import type uPlot from 'uplot'
import type { PageCapacity, PageTrial } from '../../capacity/capacity-data.ts'
import type { PageTest } from '../../page-data.ts'
import { failureWords, loadText } from '../../../capacity-words.ts'
import { clock, ms, percent, perSec } from '../../../numbers.ts'
import { axisOf, chartFont, gridOf, secondSteps } from '../chart-look.ts'
import { h } from '../dom.ts'
import { mountChart } from '../mount-chart.ts'
import { colour } from '../theme.ts'
import { tickText } from './load-axis.ts'
import { timeKeyOf } from '../time-charts.ts'

export const verdictMarks = { bears: ['✓', 'bears'], fails: ['✗', 'fails'], void: ['?', 'void'] } as const
const tones = { bears: 'good', fails: 'bad', void: 'quiet' } as const

/** Each trial a bar at its load, from its first to its last second, on the time axis of all other charts of the test. */
export function trialTimeline(
  place: HTMLElement,
  capacity: PageCapacity,
  { time, name }: PageTest,
  pick: (trial: number) => void,
): void {
  const { unit } = capacity
  const { trials } = capacity.search
  const x = Array.from({ length: time.points }, (_, i) => i * time.stepSec)
  const at = (sec: number) => trials.find(({ fromSec, toSec }) => sec >= fromSec && sec < toSec)
  const waiting = (sec: number) => trials.find(({ toSec, settle }) => settle !== null && sec >= toSec && sec < toSec + settle.sec)
  const most = Math.max(...trials.map(({ load }) => load))
  const detail = h('p', { class: 'trial-detail', role: 'status' }, hint)
  const read = (chart: uPlot) => {
    const sec = chart.cursor.idx === null || chart.cursor.idx === undefined ? undefined : x[chart.cursor.idx]
    const trial = sec === undefined ? undefined : at(sec)
    const after = sec === undefined || trial ? undefined : waiting(sec)
    if (trial) detail.textContent = trialText(trial, unit)
    else if (after) detail.textContent = `After trial ${after.trial}: ${after.settle?.text ?? ''}.`
    else detail.textContent = hint
  }
  const figure = mountChart(place, {
    id: 'trials',
    title: unit === 'users' ? 'Users over time' : 'Load over time',
    description: `${trials.length} trials over time; the table below has their figures`,
    height: 190,
    data: [x, x.map((sec) => at(sec)?.load ?? null)],
    swatch: () => colour('quiet'),
    options: () => ({
      padding: [8, 10, 0, 0],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false },
        focus: { prox: -1 },
        sync: { key: timeKeyOf(name), setSeries: false },
      },
      scales: { x: { time: false }, y: { range: [0, most * 1.16] } },
      axes: [
        {
          ...axisOf(),
          values: (_, splits) => splits.map((sec) => clock(sec)),
          size: 26,
          space: 60,
          incrs: secondSteps,
        },
        {
          ...axisOf(),
          values: (_, splits) => splits.map((load) => tickText(load, unit)),
          size: 66,
          space: 32,
          grid: gridOf(),
        },
      ],
      series: [
        { label: 'at', value: (_, sec: number | null) => (sec === null ? '–' : clock(sec)) },
        {
          label: 'load',
          stroke: () => colour('quiet'),
          paths: () => null,
          points: { show: false },
          value: (_, load: number | null) => loadText(load, unit),
        },
      ],
      hooks: {
        drawClear: [(chart) => paintTrials(chart, trials)],
        draw: [(chart) => paintLabels(chart, trials, unit)],
        setCursor: [read],
        ready: [
          (chart) =>
            chart.over.addEventListener('click', () => {
              const trial = at(chart.posToVal(chart.cursor.left ?? -1, 'x'))
              if (trial) pick(trial.trial)
            }),
        ],
      },
    }),
  })
  figure.append(detail, legendOf(trials))
}

const hint = 'Point at a bar for the figures of its trial; a click marks it in the table.'

function legendOf(trials: readonly PageTrial[]): HTMLElement {
  const verdicts = (['bears', 'fails', 'void'] as const).filter((verdict) => trials.some((trial) => trial.verdict === verdict))
  return h(
    'ul',
    { class: 'classes', 'aria-hidden': 'true' },
    ...verdicts.map((verdict) =>
      h('li', {}, h('span', { class: `trial-box ${verdict}` }, verdictMarks[verdict][0]), verdictMarks[verdict][1]),
    ),
    trials.some(({ settle }) => settle?.settled === false) &&
      h('li', {}, h('span', { class: 'trial-box settle unsettled' }), 'baseline not reached'),
    trials.some(({ settle }) => settle !== null) &&
      h('li', {}, h('span', { class: 'trial-box settle' }), 'waiting for the baseline'),
  )
}

export function trialText(trial: PageTrial, unit: PageCapacity['unit']): string {
  const { purpose, load, fromSec, toSec, verdict, failure, goodput, errorRate, note, settle } = trial
  const percentiles = (['p50', 'p95', 'p99'] as const).flatMap((p) => (trial[p] === null ? [] : [`${p} ${ms(trial[p])}`]))
  const figures = [`goodput ${perSec(goodput)}`, ...percentiles, `errors ${percent(errorRate)}`].join(', ')
  const how = failure === 'healthy' ? '' : `, ${failureWords[failure].name}`
  const after = settle === null ? '' : ` Then ${settle.text}.`
  return `Trial ${trial.trial}, ${purpose}, ${loadText(load, unit)}, ${clock(fromSec)} – ${clock(toSec)}: ${verdictMarks[verdict][1]}${how}${note === '' ? '' : ` (${note})`}; ${figures}.${after}`
}

function paintTrials(chart: uPlot, trials: readonly PageTrial[]): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  const floor = bbox.top + bbox.height
  for (const { fromSec, toSec, load, verdict, settle } of trials) {
    const left = chart.valToPos(fromSec, 'x', true)
    const width = Math.max(2 * devicePixelRatio, chart.valToPos(toSec, 'x', true) - left - devicePixelRatio)
    const top = chart.valToPos(load, 'y', true)
    ctx.fillStyle = colour(tones[verdict])
    ctx.globalAlpha = 0.2
    ctx.fillRect(left, top, width, floor - top)
    ctx.globalAlpha = 1
    ctx.fillRect(left, top, width, 3 * devicePixelRatio)
    if (settle === null) continue
    const end = chart.valToPos(toSec + settle.sec, 'x', true)
    ctx.fillStyle = colour(settle.settled ? 'hatch' : 'warn')
    ctx.fillRect(left + width, floor - 6 * devicePixelRatio, Math.max(0, end - left - width), 6 * devicePixelRatio)
  }
  ctx.restore()
}

/** The verdict's mark above each bar, and the load where there is room. */
function paintLabels(chart: uPlot, trials: readonly PageTrial[], unit: PageCapacity['unit']): void {
  const { ctx } = chart
  ctx.save()
  ctx.font = chartFont.replace('11px', `${11 * devicePixelRatio}px`)
  ctx.textAlign = 'center'
  ctx.textBaseline = 'bottom'
  for (const { fromSec, toSec, load, verdict } of trials) {
    const [left, right] = [chart.valToPos(fromSec, 'x', true), chart.valToPos(toSec, 'x', true)]
    if (right < chart.bbox.left || left > chart.bbox.left + chart.bbox.width) continue
    const [mark] = verdictMarks[verdict]
    const whole = `${mark} ${loadText(load, unit)}`
    const room = right - left
    const text = ctx.measureText(whole).width <= room ? whole : mark
    if (ctx.measureText(text).width > room + 4 * devicePixelRatio) continue
    ctx.fillStyle = colour(tones[verdict])
    ctx.fillText(text, (left + right) / 2, chart.valToPos(load, 'y', true) - 2 * devicePixelRatio)
  }
  ctx.restore()
}

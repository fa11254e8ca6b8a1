/** Workloads on two brokers in turn, and reports on them: what `odradek bench` runs. */
export { type ComparisonListener, type ComparisonOptions, compare } from './compare/comparison.ts'
export { reportLines } from './compare/comparison-report.ts'
export { writeHtml } from './compare/html-report.ts'
export { parseResults, type Results, writeResults } from './compare/results.ts'
export { endChildren } from './harness/children.ts'
export { workloads } from './workloads/index.ts'

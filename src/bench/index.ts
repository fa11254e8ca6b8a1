/** Workloads on two brokers in turn, and reports on them: what `odradek bench` runs. */
export { reportLines } from './compare/comparison-report.ts'
export { writeHtml } from './compare/html-report.ts'

import { describeClient } from '../cases/suite.ts'

describeClient('platformatic-kafka', import.meta.dirname)

/** One thread that writes and syncs, as fast as the disk lets it. */
import { BareDisk } from '../bare-disk.ts'
import { answer, latencies, taskOf } from '../measure.ts'

const { folder, seconds } = await taskOf()
const disk = new BareDisk(folder)
const figures = await latencies(seconds, () => disk.flush())
disk.close()
answer(figures)

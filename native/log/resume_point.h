// Where recovery may begin inside a segment, and all that it would otherwise have learned from the
// batches before: written by a checkpoint, so that a start after an unclean stop reads what was
// appended since and not the whole segment. Big endian:
//
//   +----------+----------+----------------+------------+------------------------+--------------+
//   | synced 1 | offset 8 | segment base 8 | position 8 | largest timestamp 8,   | indexes:     |
//   |          |          |                |            | of 8                   | 4, 4 by 2    |
//   +----------+----------+----------------+------------+------------------------+--------------+
//   | int32 count of aborted transactions, each as in a .txnindex file    (aborted_index.h)      |
//   +--------------------------------------------------------------------------------------------+
//   | int32 count of producers, each: id 8, epoch 2, coordinator epoch 4, last timestamp 8, first |
//   | offset of the open transaction 8, count 1, and by batch: last sequence 4, last offset 8,   |
//   | offset delta 4, timestamp 8                                                                 |
//   +--------------------------------------------------------------------------------------------+
//
// Unlike a `.snapshot` it keeps all of a producer's batches: a retry is still known for one.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "log/aborted_index.h"
#include "log/log_point.h"
#include "log/producer_state.h"
#include "log/time_index.h"

namespace odradek {

// The first entries of an index file. They are not synced: who reads them compares the checksum.
struct IndexFront {
  int32_t entries = 0;
  uint32_t crc = 0;  // CRC-32C of their bytes
};

// What recovery begins with, instead of the segment's first batch.
struct ResumePoint {
  LogPoint end;
  // Everything before `end` is in synced segments. Otherwise it may still be in the page cache: the
  // point counts after the end of a process, and not after that of the kernel.
  bool synced = true;
  // Of the segment, up to `end`.
  TimeIndexEntry largest_timestamp;
  IndexFront offset_index;
  IndexFront time_index;
  std::vector<AbortedIndexEntry> aborted;
  // Of the partition, at `end`.
  ProducerState producers;
};

// Its entry in the file, as drawn above.
std::vector<uint8_t> encode_resume_point(const ResumePoint& point);
// Its field `synced`, without a look at the rest.
bool is_synced_point(ByteView bytes);
// Nothing unless `bytes` is exactly one, with nothing in it that a log with this end cannot have.
std::optional<ResumePoint> decode_resume_point(ByteView bytes);

}  // namespace odradek

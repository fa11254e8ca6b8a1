// Reads test/native/fixtures: record batches of Apache Kafka with what Kafka says about them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace odradek::golden {

using Bytes = std::vector<uint8_t>;

struct GoldenHeader {
  Bytes key;
  std::optional<Bytes> value;
};

struct GoldenRecord {
  int64_t offset;
  int64_t timestamp;
  int32_t sequence;
  std::optional<Bytes> key;
  std::optional<Bytes> value;
  std::vector<GoldenHeader> headers;
};

struct GoldenBatch {
  std::string name;
  int64_t base_offset, last_offset_delta, last_offset, length;
  int32_t leader_epoch;
  uint32_t crc;
  int attributes, codec;
  bool append_time, transactional, control, delete_horizon;
  int64_t base_timestamp, max_timestamp;
  int64_t producer_id;
  int producer_epoch;
  int32_t base_sequence, last_sequence, count;
  std::vector<GoldenRecord> records;
  std::optional<Bytes> opened;  // set if the batch is compressed
  Bytes bytes;
};

struct GoldenSet {
  std::string name;
  size_t valid_bytes, batch_count;
  Bytes bytes;
};

struct BadBatch {
  std::string name;
  int produce_code;
  bool stored;  // the validator alone took it; then the next five hold
  bool stored_same, stored_readable;
  int stored_attributes;
  int64_t stored_last_delta, stored_max_timestamp;
  int refused_code;
  std::vector<int32_t> refused_records;
  bool compacted = false;
  bool is_compressed = false;
  std::optional<Bytes> opened;
  std::optional<Bytes> bytes;
};

const std::vector<GoldenBatch>& batches();
const std::vector<GoldenSet>& sets();
const std::vector<BadBatch>& bad_batches();
const GoldenBatch& batch(const std::string& name);

}  // namespace odradek::golden

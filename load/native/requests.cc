#include "requests.h"

#include <utility>

#include "wire_writer.h"

namespace odradek::bench {

namespace {

constexpr int16_t kProduceKey = 0;
constexpr int16_t kFetchKey = 1;
constexpr int16_t kListOffsetsKey = 2;
constexpr int16_t kMetadataKey = 3;
constexpr int16_t kCreateTopicsKey = 19;
constexpr int16_t kCreatePartitionsKey = 37;
constexpr int32_t kTimeoutMs = 30000;

// Size (patched by finish) and request header v2.
WireWriter begin(int16_t key, int16_t version) {
  WireWriter out;
  out.put(int32_t{0});
  out.put(key);
  out.put(version);
  out.put(int32_t{0});
  out.put_string("odradek-load");
  out.put_no_tags();
  return out;
}

// Patches the frame size; `following` bytes are sent behind this buffer.
std::vector<uint8_t> finish(WireWriter&& out, size_t following = 0) {
  std::vector<uint8_t>& bytes = out.bytes();
  store_be(bytes.data(), static_cast<int32_t>(bytes.size() + following - sizeof(int32_t)));
  return std::move(bytes);
}

void put_fetch_limits(WireWriter& out, const Options& options, int max_wait_ms) {
  out.put(int32_t{-1});  // replica id: a consumer
  out.put(int32_t{max_wait_ms});
  out.put(int32_t{options.min_bytes});
  out.put(int32_t{options.max_bytes});
  out.put(int8_t{0});  // read uncommitted
}

// Returns where the offset lies.
size_t put_fetch_position(WireWriter& out, const Options& options, FetchPosition position) {
  out.put(position.partition);
  out.put(int32_t{-1});  // current leader epoch
  const size_t offset_at = out.position();
  out.put(position.offset);
  out.put(int32_t{-1});  // last fetched epoch
  out.put(int64_t{-1});  // log start offset
  out.put(int32_t{options.max_bytes});
  out.put_no_tags();
  return offset_at;
}

void put_fetch_end(WireWriter& out) {
  out.put_compact_length(0);   // forgotten topics
  out.put_compact_string("");  // rack
  out.put_no_tags();
}

}  // namespace

ProduceHead make_produce_head(const Options& options, int32_t partition, size_t batch_bytes) {
  WireWriter out = begin(kProduceKey, 9);
  out.put_null_compact();  // transactional id
  out.put(static_cast<int16_t>(options.acks));
  out.put(kTimeoutMs);
  out.put_compact_length(1);
  out.put_compact_string(options.topic);
  out.put_compact_length(1);
  ProduceHead head;
  head.partition_at = out.position();
  out.put(partition);
  out.put_compact_length(batch_bytes);
  head.bytes = finish(std::move(out), batch_bytes + kProduceTailBytes);
  return head;
}

FetchFrame make_fetch_frame(const Options& options, int32_t partition) {
  FetchFrame frame;
  WireWriter out = begin(kFetchKey, 12);
  put_fetch_limits(out, options, options.max_wait_ms);
  frame.session_id_at = out.position();
  out.put(int32_t{0});
  frame.session_epoch_at = out.position();
  out.put(options.session ? int32_t{0} : int32_t{-1});
  out.put_compact_length(1);
  out.put_compact_string(options.topic);
  out.put_compact_length(1);
  frame.offset_at = put_fetch_position(out, options, {partition, 0});
  out.put_no_tags();
  put_fetch_end(out);
  frame.bytes = finish(std::move(out));
  return frame;
}

std::vector<uint8_t> make_session_fetch_frame(const Options& options, const FetchSession& session,
                                              std::span<const FetchPosition> moved,
                                              int max_wait_ms) {
  WireWriter out = begin(kFetchKey, 12);
  put_fetch_limits(out, options, max_wait_ms);
  out.put(session.id);
  out.put(session.epoch);
  out.put_compact_length(moved.empty() ? 0 : 1);
  if (!moved.empty()) {
    out.put_compact_string(options.topic);
    out.put_compact_length(moved.size());
    for (const FetchPosition& position : moved) put_fetch_position(out, options, position);
    out.put_no_tags();
  }
  put_fetch_end(out);
  return finish(std::move(out));
}

std::vector<uint8_t> make_create_topic_frame(const Options& options) {
  WireWriter out = begin(kCreateTopicsKey, 5);
  out.put_compact_length(1);
  out.put_compact_string(options.topic);
  out.put(int32_t{options.partitions});
  out.put(int16_t{1});        // replication factor
  out.put_compact_length(0);  // assignments
  out.put_compact_length(options.topic_configs.size());
  for (const auto& [name, value] : options.topic_configs) {
    out.put_compact_string(name);
    out.put_compact_string(value);
    out.put_no_tags();
  }
  out.put_no_tags();
  out.put(kTimeoutMs);
  out.put(int8_t{0});  // validate only
  out.put_no_tags();
  return finish(std::move(out));
}

std::vector<uint8_t> make_create_partitions_frame(const Options& options) {
  WireWriter out = begin(kCreatePartitionsKey, 2);
  out.put_compact_length(1);
  out.put_compact_string(options.topic);
  out.put(int32_t{options.partitions});
  out.put_null_compact();  // assignments
  out.put_no_tags();
  out.put(kTimeoutMs);
  out.put(int8_t{0});  // validate only
  out.put_no_tags();
  return finish(std::move(out));
}

std::vector<uint8_t> make_list_offsets_frame(const Options& options) {
  WireWriter out = begin(kListOffsetsKey, 6);
  out.put(int32_t{-1});  // replica id: a consumer
  out.put(int8_t{0});    // read uncommitted
  out.put_compact_length(1);
  out.put_compact_string(options.topic);
  out.put_compact_length(static_cast<size_t>(options.partitions));
  for (int32_t partition = 0; partition < options.partitions; partition++) {
    out.put(partition);
    out.put(int32_t{-1});  // current leader epoch
    out.put(int64_t{-1});  // timestamp: the latest
    out.put_no_tags();
  }
  out.put_no_tags();
  out.put_no_tags();
  return finish(std::move(out));
}

std::vector<uint8_t> make_metadata_frame(const Options& options) {
  WireWriter out = begin(kMetadataKey, 9);
  out.put_compact_length(1);
  out.put_compact_string(options.topic);
  out.put_no_tags();
  out.put(int8_t{0});  // no automatic creation
  out.put(int8_t{0});  // no authorized operations
  out.put(int8_t{0});
  out.put_no_tags();
  return finish(std::move(out));
}

}  // namespace odradek::bench

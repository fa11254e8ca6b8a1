#include "data_path/fetch_request.h"

#include "base/assert.h"

namespace odradek {
namespace {

// Versions from which a field is there.
constexpr int16_t kLogStartOffsetMin = 5;
constexpr int16_t kCurrentLeaderEpochMin = 9;
constexpr int16_t kRackIdMin = 11;
constexpr int16_t kLastFetchedEpochMin = 12;
constexpr int16_t kReplicaStateMin = 15;  // replaces the replica id

constexpr uint32_t kReplicaStateTag = 1;

// Fewest bytes of an array's element: what bounds the count before anything is allocated.
constexpr size_t kTopicBytesMin = 2;
constexpr size_t kPartitionBytesMin = 16;
constexpr size_t kForgottenBytesMin = 4;

FetchRequest::Topic decode_topic_name(WireReader& reader, const FetchRequest& request) {
  FetchRequest::Topic topic;
  if (request.topics_by_id()) {
    topic.id = reader.uuid();
  } else {
    topic.name = reader.string(request.flexible());
  }
  return topic;
}

// A client that knows no epoch sends -1; as in Kafka, any other below 0 says the same.
LeaderEpoch decode_epoch(WireReader& reader) {
  const LeaderEpoch epoch(reader.integer<int32_t>());
  return epoch < kNoLeaderEpoch ? kNoLeaderEpoch : epoch;
}

FetchRequest::Partition decode_partition(WireReader& reader, int16_t version) {
  FetchRequest::Partition partition;
  partition.index = PartitionIndex(reader.integer<int32_t>());
  if (version >= kCurrentLeaderEpochMin) {
    partition.current_leader_epoch = decode_epoch(reader);
  }
  partition.fetch_offset = Offset(reader.integer<int64_t>());
  if (version >= kLastFetchedEpochMin) {
    partition.last_fetched_epoch = decode_epoch(reader);
  }
  if (version >= kLogStartOffsetMin) reader.integer<int64_t>();  // a follower's own
  partition.bytes_max = reader.integer<int32_t>();
  if (version >= kFetchFlexibleMin) reader.skip_tagged_fields();
  return partition;
}

void decode_topics(WireReader& reader, FetchRequest* request) {
  const bool flexible = request->flexible();
  const size_t count = reader.array_length(flexible, kTopicBytesMin);
  for (size_t i = 0; i < count && reader.ok(); ++i) {
    FetchRequest::Topic topic = decode_topic_name(reader, *request);
    const size_t partitions = reader.array_length(flexible, kPartitionBytesMin);
    topic.first_partition = static_cast<uint32_t>(request->partitions.size());
    topic.partition_count = static_cast<uint32_t>(partitions);
    request->topics.push_back(topic);
    if (request->partitions.size() + partitions > kWireArrayMax) reader.fail();
    for (size_t k = 0; k < partitions && reader.ok(); ++k) {
      request->partitions.push_back(decode_partition(reader, request->header.api_version));
    }
    if (flexible) reader.skip_tagged_fields();
  }
}

void decode_forgotten(WireReader& reader, FetchRequest* request) {
  const bool flexible = request->flexible();
  const size_t count = reader.array_length(flexible, kTopicBytesMin);
  for (size_t i = 0; i < count && reader.ok(); ++i) {
    FetchRequest::Topic topic = decode_topic_name(reader, *request);
    const size_t partitions = reader.array_length(flexible, kForgottenBytesMin);
    topic.first_partition = static_cast<uint32_t>(request->forgotten.size());
    topic.partition_count = static_cast<uint32_t>(partitions);
    request->forgotten_topics.push_back(topic);
    if (request->forgotten.size() + partitions > kWireArrayMax) reader.fail();
    for (size_t k = 0; k < partitions && reader.ok(); ++k) {
      request->forgotten.emplace_back(reader.integer<int32_t>());
    }
    if (flexible) reader.skip_tagged_fields();
  }
}

}  // namespace

bool decode_fetch_request(const RequestHeader& header, WireReader& reader, FetchRequest* request) {
  const int16_t version = header.api_version;
  ASSERT(version >= kFetchVersionMin && version <= kFetchVersionMax);
  request->header = header;
  request->topics.clear();
  request->partitions.clear();
  request->forgotten_topics.clear();
  request->forgotten.clear();
  const bool flexible = request->flexible();
  if (flexible) reader.skip_tagged_fields();  // of the header
  request->replica_id = version < kReplicaStateMin ? reader.integer<int32_t>() : -1;
  request->wait_ms_max = reader.integer<int32_t>();
  request->bytes_min = reader.integer<int32_t>();
  request->bytes_max = reader.integer<int32_t>();
  request->isolation_level = reader.integer<int8_t>();
  request->session_id = version >= kFetchSessionMin ? reader.integer<int32_t>() : 0;
  request->session_epoch = version >= kFetchSessionMin ? reader.integer<int32_t>() : -1;
  decode_topics(reader, request);
  if (version >= kFetchSessionMin) decode_forgotten(reader, request);
  if (version >= kRackIdMin) reader.string(flexible);
  if (flexible) {
    reader.tagged_fields([request, version](uint32_t tag, WireReader& field) {
      if (tag != kReplicaStateTag || version < kReplicaStateMin) return;
      request->replica_id = field.integer<int32_t>();
      field.integer<int64_t>();  // the replica's epoch
      field.skip_tagged_fields();
    });
  }
  return reader.ok();
}

}  // namespace odradek

#include "data_path/produce_request.h"

#include "base/assert.h"

namespace odradek {
namespace {

// Fewest bytes of an array's element: what bounds the count before anything is allocated.
constexpr size_t kTopicBytesMin = 2;
constexpr size_t kPartitionBytesMin = 5;

void decode_partitions(WireReader& reader, bool flexible, ProduceRequest* request) {
  ProduceRequest::Topic& topic = request->topics.back();
  const size_t count = reader.array_length(flexible, kPartitionBytesMin);
  topic.first_partition = static_cast<uint32_t>(request->partitions.size());
  topic.partition_count = static_cast<uint32_t>(count);
  if (request->partitions.size() + count > kWireArrayMax) reader.fail();
  for (size_t i = 0; i < count && reader.ok(); ++i) {
    ProduceRequest::Partition& partition = request->partitions.emplace_back();
    partition.index = PartitionIndex(reader.integer<int32_t>());
    partition.records = reader.nullable_bytes(flexible);
    if (flexible) reader.skip_tagged_fields();
  }
}

}  // namespace

bool decode_produce_request(const RequestHeader& header, WireReader& reader,
                            ProduceRequest* request) {
  ASSERT(header.api_version >= kProduceVersionMin && header.api_version <= kProduceVersionMax);
  request->header = header;
  request->topics.clear();
  request->partitions.clear();
  const bool flexible = request->flexible();
  if (flexible) reader.skip_tagged_fields();  // of the header
  request->has_transactional_id = reader.nullable_string(flexible).has_value();
  request->acks = reader.integer<int16_t>();
  request->timeout_ms = reader.integer<int32_t>();
  const size_t count = reader.array_length(flexible, kTopicBytesMin);
  for (size_t i = 0; i < count && reader.ok(); ++i) {
    ProduceRequest::Topic& topic = request->topics.emplace_back();
    if (request->topics_by_id()) {
      topic.id = reader.uuid();
    } else {
      topic.name = reader.string(flexible);
    }
    decode_partitions(reader, flexible, request);
    if (flexible) reader.skip_tagged_fields();
  }
  if (flexible) reader.skip_tagged_fields();
  return reader.ok();
}

}  // namespace odradek

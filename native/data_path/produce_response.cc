#include "data_path/produce_response.h"

#include "base/assert.h"
#include "data_path/wire_writer.h"

namespace odradek {
namespace {

constexpr int16_t kLogStartOffsetMin = 5;  // version from which the field is there
constexpr int16_t kRecordErrorsMin = 8;

void encode_partition(WireWriter& writer, int16_t version, PartitionIndex index,
                      const ProduceResult& result) {
  writer.integer(index.value);
  writer.error(result.code);
  writer.integer(result.base_offset.value);
  writer.integer(result.log_append_time.value);
  if (version >= kLogStartOffsetMin) writer.integer(result.log_start_offset.value);
  if (version >= kRecordErrorsMin) {
    writer.array_length(result.faults.size());
    for (const RecordFault& fault : result.faults) {
      writer.integer(fault.index);
      writer.message(fault.message);
      writer.no_tags();
    }
    writer.message(result.message);
  }
  writer.no_tags();
}

}  // namespace

void encode_produce_response(const ProduceRequest& request,
                             const std::vector<ProduceResult>& results, int32_t throttle_ms,
                             ByteBuffer& out, std::vector<uint32_t>* error_positions) {
  ASSERT(results.size() == request.partitions.size());
  const size_t start = out.size();
  WireWriter writer(out, request.flexible());
  writer.integer(request.header.correlation_id);
  writer.no_tags();
  writer.array_length(request.topics.size());
  for (const ProduceRequest::Topic& topic : request.topics) {
    if (request.topics_by_id()) {
      writer.uuid(topic.id);
    } else {
      writer.string(topic.name);
    }
    writer.array_length(topic.partition_count);
    for (uint32_t i = 0; i < topic.partition_count; ++i) {
      const uint32_t at = topic.first_partition + i;
      if (error_positions != nullptr) {
        error_positions->push_back(
            static_cast<uint32_t>(writer.position() - start + sizeof(int32_t)));
      }
      encode_partition(writer, request.header.api_version, request.partitions[at].index,
                       results[at]);
    }
    writer.no_tags();
  }
  writer.integer(throttle_ms);
  writer.no_tags();
}

}  // namespace odradek

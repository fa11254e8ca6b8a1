// A Produce request, versions 3 to 13, as views into its frame.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "data_path/request_header.h"
#include "data_path/wire_reader.h"

namespace odradek {

// Version from which topics come by id instead of by name.
inline constexpr int16_t kProduceTopicIdMin = 13;

// Views into a frame; valid as long as the frame is.
struct ProduceRequest {
  struct Topic {
    std::string_view name;         // up to version 12
    Uuid id;                       // from version 13
    uint32_t first_partition = 0;  // in `partitions`
    uint32_t partition_count = 0;
  };
  struct Partition {
    PartitionIndex index;
    std::optional<ByteSpan> records;  // nothing for null
  };

  RequestHeader header;
  bool has_transactional_id = false;
  int16_t acks = 0;
  int32_t timeout_ms = 0;
  // Reused from request to request, so that a request of the usual size allocates nothing.
  std::vector<Topic> topics;
  std::vector<Partition> partitions;

  bool flexible() const { return header.api_version >= kProduceFlexibleMin; }
  bool topics_by_id() const { return header.api_version >= kProduceTopicIdMin; }
  bool wants_answer() const { return acks != 0; }
};

// Reads what follows the header (of a version in the range above). False if it is malformed;
// `request` then holds nothing of use.
bool decode_produce_request(const RequestHeader& header, WireReader& reader,
                            ProduceRequest* request);

}  // namespace odradek

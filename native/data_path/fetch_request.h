// A Fetch request, versions 4 to 18, as views into its frame.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "data_path/request_header.h"
#include "data_path/wire_reader.h"

namespace odradek {

// Versions from which something is there.
inline constexpr int16_t kFetchSessionMin = 7;   // sessions
inline constexpr int16_t kFetchTopicIdMin = 13;  // topics by id instead of by name

inline constexpr int8_t kReadCommitted = 1;

// Views into a frame; valid as long as the frame is.
struct FetchRequest {
  // What is asked of one partition.
  struct Partition {
    PartitionIndex index;
    LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
    Offset fetch_offset;
    LeaderEpoch last_fetched_epoch = kNoLeaderEpoch;
    int32_t bytes_max = 0;
  };
  struct Topic {
    std::string_view name;         // up to version 12
    Uuid id;                       // from version 13
    uint32_t first_partition = 0;  // in `partitions`, or of a forgotten topic in `forgotten`
    uint32_t partition_count = 0;
  };

  RequestHeader header;
  int32_t replica_id = -1;  // >= 0: a follower
  int32_t wait_ms_max = 0;
  int32_t bytes_min = 0;
  int32_t bytes_max = INT32_MAX;
  int8_t isolation_level = 0;
  int32_t session_id = 0;
  int32_t session_epoch = -1;
  // Reused from request to request, so that a request of the usual size allocates nothing.
  std::vector<Topic> topics;
  std::vector<Partition> partitions;
  std::vector<Topic> forgotten_topics;
  std::vector<PartitionIndex> forgotten;

  bool flexible() const { return header.api_version >= kFetchFlexibleMin; }
  bool topics_by_id() const { return header.api_version >= kFetchTopicIdMin; }
};

// Reads what follows the header (of a version in the range above). False if it is malformed;
// `request` then holds nothing of use.
bool decode_fetch_request(const RequestHeader& header, WireReader& reader, FetchRequest* request);

}  // namespace odradek

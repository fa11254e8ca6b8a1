// The answer to a Fetch request, versions 4 to 18, written straight into a connection's send queue.
// Records follow a partition's numbers: as bytes, or as a range of the segment file.
#pragma once

#include <cstdint>
#include <vector>

#include "data_path/fetch_item.h"
#include "data_path/fetch_request.h"
#include "data_path/request_header.h"
#include "data_path/wire_writer.h"
#include "net/send_queue.h"

namespace odradek {

// From here on the kernel sends a piece of records from its file; below, one read into the answer
// costs less than sendfile and the sends around it. Loopback, two cores, CPU-us a request: 32 KiB
// 12 to 14 read, 15 to 16 by sendfile; 64 KiB 15 to 22 and 18; 128 KiB 21 and 23 to 31; 1 MiB 219
// by sendfile. Beyond 96 KiB the answer's memory weighs more than the microseconds.
inline constexpr size_t kSendFileBytesMin = 96U << 10;

// What an answer says before its topics, and what decides how they are written.
struct FetchResponseHead {
  int16_t api_version = 0;
  int32_t correlation_id = 0;
  ErrorCode error = ErrorCode::none;  // of the whole answer, from version 7
  int32_t session_id = 0;             // from version 7
  bool committed = false;             // aborted transactions are told
  int32_t throttle_ms = 0;            // for which the client should pause

  bool flexible() const { return api_version >= kFetchFlexibleMin; }
};

// How the records of an answer leave.
enum class RecordsOutcome : uint8_t {
  written,
  cold,    // some are not in the page cache: nothing was written, the items are marked
  failed,  // some cannot be read: nothing was written, the items have an error now
};

// Writes one frame with the items that are included, in their order; neighbours of one topic share
// an entry. With `may_wait`, stored bytes are read even if that waits for the disk.
RecordsOutcome write_fetch_response(const FetchResponseHead& head, std::vector<FetchItem>& items,
                                    bool may_wait, SendQueue& queue);

}  // namespace odradek

// Judges what a directory holds after a cut: all that was acknowledged, byte for byte, in batches
// without gaps, and nothing that was never appended.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "ledger.h"
#include "log/log_directory.h"

namespace odradek::power {

// Opens a partition as the load does.
LogResult<std::shared_ptr<PartitionLog>> open_partition(LogDirectory& directory, int32_t partition,
                                                        int64_t generation);
TopicPartition name_of(int32_t partition);
// What is to be said of a partition that is not there or cannot be opened.
Event all_lost(int32_t partition, const Ledger& ledger);

// Checks every partition against the ledger and reports a `recovered` or `removed` for each, and a
// fault for what breaks a promise. Says whether there was none.
bool check_directory(LogDirectory& directory, const Ledger& ledger,
                     const std::function<void(const Event&)>& report);

}  // namespace odradek::power

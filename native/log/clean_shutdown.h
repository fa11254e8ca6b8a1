// `.kafka_cleanshutdown`: written last at a clean stop, removed before the first change. JSON.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.h"
#include "file/file_system.h"

namespace odradek {

// Identity of a broker's registration: the offset of its record in the metadata log.
using BrokerEpoch = StrongInt<struct BrokerEpochTag, int64_t>;
// A directory that no broker had open.
inline constexpr BrokerEpoch kNoBrokerEpoch{-1};

inline constexpr const char* kCleanShutdownFile = ".kafka_cleanshutdown";

// Any file of that name says so, whatever is in it, as in Apache Kafka.
FileResult<bool> has_clean_shutdown(const FileSystem& fs, const std::string& directory);
// Durable when they return. The epoch is that of the broker that stops: where replicas elect a
// leader, Kafka's controller takes the stop for an unclean one if it is not the last
// registration's.
FileResult<void> write_clean_shutdown(FileSystem& fs, const std::string& directory,
                                      BrokerEpoch epoch);
FileResult<void> remove_clean_shutdown(FileSystem& fs, const std::string& directory);

}  // namespace odradek

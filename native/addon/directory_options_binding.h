// What openDirectory and the directory's calls are given, as the core's own types.
#pragma once

#include <napi.h>

#include "addon/value_reader.h"
#include "log/log_directory.h"

namespace odradek {

// Check the reader before use. A clock offset (`clockOffsetMs`, may be left out) sets the
// directory's wall clock that far ahead of the machine's.
LogDirectoryOptions to_directory_options(ValueReader& read, const Napi::Value& value);

// Refuses what could not be the name of a partition's folder.
TopicPartition to_topic_partition(ValueReader& read, const Napi::Value& topic,
                                  const Napi::Value& partition);

}  // namespace odradek

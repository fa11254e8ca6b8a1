// Where a broker keeps its records: files of segments (*.log) in folders of partitions.
#pragma once

#include <string>
#include <vector>

namespace odradek::bench {

// Paths of the record files below `folder`, in the order of their names. Ends the program where the
// folder cannot be listed.
std::vector<std::string> record_files_below(const std::string& folder);

// Those of one topic's partitions from 0 up to `partitions`, without that.
std::vector<std::string> record_files_of(const std::string& folder, const std::string& topic,
                                         int partitions);

}  // namespace odradek::bench

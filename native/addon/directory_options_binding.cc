#include "addon/directory_options_binding.h"

#include <algorithm>

#include "base/clock.h"
#include "file/file_system.h"
#include "log/partition_name.h"

namespace odradek {
LogDirectoryOptions to_directory_options(ValueReader& read, const Napi::Value& value) {
  LogDirectoryOptions options;
  const Napi::Object given = read.object(value, "the options");
  options.path = read.text(read.field(given, "path"), "path");
  options.helper_threads = read.int32_field(given, "helperThreads", 1, 4);
  options.checkpoint_interval_ms =
      std::min(read.int64_field(given, "checkpointIntervalMs", 1), kDelayMsMax);
  options.file_delete_delay_ms =
      std::min(read.int64_field(given, "fileDeleteDelayMs", 0), kDelayMsMax);
  options.producer_check_interval_ms = read.int64_field(given, "producerCheckIntervalMs", 1);
  options.producer_check_interval_ms = std::min(options.producer_check_interval_ms, kDelayMsMax);
  options.open_files_max = static_cast<size_t>(read.int32_field(given, "openFilesMax", 1));
  options.open_files_burst = read.int32_field(given, "openFilesBurst", 1);
  const Napi::Value offset = read.field(given, "clockOffsetMs");
  if (!read.failed() && options.path.empty()) read.refuse("path", "the path of a directory");
  options.file_system = &posix_file_system();
  options.clock = &system_clock();
  if (read.failed() || offset.IsUndefined()) return options;
  auto clock = std::make_shared<ShiftedClock>(
      system_clock(), read.int64(offset, "clockOffsetMs", -kDelayMsMax, kDelayMsMax));
  options.clock = clock.get();
  options.keep_alive = std::move(clock);
  return options;
}

TopicPartition to_topic_partition(ValueReader& read, const Napi::Value& topic,
                                  const Napi::Value& partition) {
  TopicPartition id{read.text(topic, "the topic"),
                    PartitionIndex(read.int32(partition, "the partition", 0))};
  if (read.failed()) return id;
  const std::string folder = partition_folder_name(id);
  if (folder.size() <= kFolderNameMax && parse_partition_folder_name(folder) == id) return id;
  read.refuse("the topic", "the name of a topic");
  return id;
}

}  // namespace odradek

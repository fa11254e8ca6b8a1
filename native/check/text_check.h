// The small text files of a log directory: reads them and says which line is not as its form says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "check/finding.h"
#include "file/file_system.h"
#include "log/log_error.h"

namespace odradek {

// What a text file should hold.
enum class TextForm : uint8_t {
  offset_checkpoint,   // version 0, a count, `topic partition offset` lines
  leader_epochs,       // version 0, a count, `epoch offset` lines, ascending
  partition_metadata,  // `version: 0` and `topic_id: …`
  clean_shutdown,      // nothing (Apache Kafka up to 3.6) or JSON with a brokerEpoch
};

// The text of a file of at most 256 MiB; nothing if it is missing.
LogResult<std::optional<std::string>> read_small_file(FileSystem& fs, const std::string& path);

// What is wrong with a text that its parser refused: a finding that names the first bad line.
Finding text_finding(const std::string& file, std::string_view text, TextForm form);

// True if the marker of a clean stop is what Apache Kafka writes.
bool is_clean_shutdown_text(std::string_view text);

// True if the text is one JSON object with whole values, as `quorum-state` is.
bool is_json_object(std::string_view text);

inline constexpr const char* kQuorumStateFile = "quorum-state";

}  // namespace odradek

// Takes files, or the ends of files, out of the way: kept beside where they were under another
// name, or removed. Neither Odradek nor Apache Kafka looks at such names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "file/file_system.h"
#include "log/log_error.h"

namespace odradek {

class SetAside {
 public:
  // `folder` is where the files are; all names are relative to it.
  SetAside(FileSystem& fs, std::string folder, bool keeps)
      : fs_(fs), folder_(std::move(folder)), keeps_(keeps) {}

  // Renames `name` to one with `suffix` behind it, or removes it. The folder is not synced.
  LogResult<bool> take(const std::string& name, std::string_view suffix);
  // Cuts [from, end) off a file, durably, after keeping it in `name.cut-FROM`. How many bytes.
  LogResult<int64_t> take_tail(const std::string& name, Position from);

  // Names of what was kept.
  const std::vector<std::string>& kept() const { return kept_; }

 private:
  std::string unused(const std::string& name) const;
  LogResult<bool> copy_tail(const File& file, Position from, int64_t size, const std::string& name);

  FileSystem& fs_;
  const std::string folder_;
  const bool keeps_;
  std::vector<std::string> kept_;
};

}  // namespace odradek

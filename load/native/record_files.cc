#include "record_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "fatal.h"

namespace odradek::bench {

std::vector<std::string> record_files_below(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() == ".log") paths.push_back(at->path().string());
  }
  if (error) fatal("cannot list %s: %s", folder.c_str(), error.message().c_str());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<std::string> record_files_of(const std::string& folder, const std::string& topic,
                                         int partitions) {
  std::vector<std::string> paths = record_files_below(folder);
  std::erase_if(paths, [&](const std::string& path) {
    const std::string partition = std::filesystem::path(path).parent_path().filename().string();
    for (int i = 0; i < partitions; i++) {
      if (partition == topic + "-" + std::to_string(i)) return false;
    }
    return true;
  });
  return paths;
}

}  // namespace odradek::bench

// power-cuts --file-system ext4|xfs --cuts N --seed N [--keep DIR]
//   cuts the power under a log directory N times and prints what was found as one line of JSON
// power-cuts --shutdown FOLDER
//   cuts the power of the file system that is mounted there
// power-cuts --write-back FOLDER
//   has some of what its files have unsynced written, as the kernel does at any time
// Exit code 77: this machine does not allow it; the last line on stderr says why.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>

#include "watch.h"
#include "write_back.h"

namespace odradek::power {
namespace {

constexpr int kNotPossible = 77;

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

int print(const WatchReport& report) {
  if (!report.obstacle.empty()) {
    std::fprintf(stderr, "%s\n", report.obstacle.c_str());
    if (report.cuts == 0) return kNotPossible;
  }
  std::string faults;
  for (const std::string& fault : report.faults) {
    faults += (faults.empty() ? "" : ",") + quoted(fault);
  }
  std::printf(
      "{\"cuts\":%ld,\"whileRecovering\":%ld,\"kills\":%ld,\"cleanStops\":%ld,"
      "\"withWindows\":%ld,"
      "\"acknowledged\":%ld,\"lost\":%ld,\"faults\":[%s]}\n",
      report.cuts, report.while_recovering, report.kills, report.clean_stops, report.with_windows,
      report.acknowledged, report.lost, faults.c_str());
  return report.obstacle.empty() ? 0 : 1;
}

int run(const std::map<std::string, std::string>& given) {
  const auto value = [&](const char* name, const char* otherwise) {
    const auto found = given.find(name);
    return found == given.end() ? std::string(otherwise) : found->second;
  };
  WatchOptions options;
  options.file_system = value("--file-system", "ext4");
  options.cuts = std::atoll(value("--cuts", "100").c_str());
  options.seed = std::strtoull(value("--seed", "1").c_str(), nullptr, 10);
  options.keep = value("--keep", "");
  char folder[] = "/tmp/odradek-power-XXXXXX";
  if (::mkdtemp(folder) == nullptr) {
    std::perror(folder);
    return 1;
  }
  options.folder = folder;
  WatchReport report;
  if (auto obstacle = enter_private_mounts(options.folder)) {
    report.obstacle = *obstacle;
  } else {
    report = watch(options);
  }
  leave_private_mounts(options.folder);
  ::rmdir(folder);
  return print(report);
}

}  // namespace
}  // namespace odradek::power

int main(int count, char** arguments) {
  std::map<std::string, std::string> given;
  for (int i = 1; i + 1 < count; i += 2) given[arguments[i]] = arguments[i + 1];
  if (const auto files = given.find("--write-back"); files != given.end()) {
    std::mt19937_64 random(std::random_device{}());
    odradek::power::write_some_back(files->second, random);
    return 0;
  }
  const auto folder = given.find("--shutdown");
  if (folder == given.end()) return odradek::power::run(given);
  if (auto failed = odradek::power::cut_power(folder->second)) {
    std::fprintf(stderr, "%s\n", failed->c_str());
    return 1;
  }
  return 0;
}

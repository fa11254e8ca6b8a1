#include "watch.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>

#include "load.h"
#include "write_back.h"

namespace odradek::power {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kHangMs = 20000;
constexpr size_t kFaultsKept = 20;

// Whether the process has a segment mapped.
bool has_windows(pid_t process) {
  std::ifstream maps("/proc/" + std::to_string(process) + "/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.ends_with(".log")) return true;
  }
  return false;
}

class Watch {
 public:
  explicit Watch(const WatchOptions& options)
      : options_(options), random_(options.seed), disk_(options.file_system, options.folder) {}

  WatchReport run() {
    bool fresh = true;
    while (report_.cuts < options_.cuts && report_.obstacle.empty()) {
      if (fresh && !renew()) break;
      const size_t faults = faults_;
      round();
      fresh = faults_ > faults;
      if (fresh && !fine(disk_.unmount())) break;
    }
    take_over();
    return report_;
  }

 private:
  bool fine(const std::optional<std::string>& failure) {
    if (failure) report_.obstacle = *failure;
    return !failure;
  }

  void take_over() {
    report_.acknowledged += ledger_.acknowledged;
    report_.lost += ledger_.lost;
    ledger_ = Ledger();
  }

  bool renew() {
    take_over();
    lives_.clear();
    return fine(disk_.format()) && fine(disk_.mount());
  }

  // One life of the process and its end.
  void round() {
    const std::string data = disk_.path() + "/data";
    remember(data);
    const size_t faults = faults_;
    const bool ended = let_it_run(data);
    if (!report_.obstacle.empty()) return;
    if (faults_ > faults) return keep_evidence();
    if (ended) ++report_.clean_stops;
    lives_ += ended ? "closed" : running_ ? "killed" : "killed while recovering";
    if (!ended && random_() % 8 == 0) {
      ++report_.kills;
      lives_ += ", ";
      ledger_.process_died();
      return;
    }
    const bool write_back = random_() % 2 == 0;
    if (write_back) write_some_back(data, random_);
    lives_ += write_back ? " + write-back + cut, " : " + cut, ";
    if (!fine(disk_.cut_power())) return;
    ++report_.cuts;
    if (!running_) ++report_.while_recovering;
    ledger_.power_cut();
    if (fine(disk_.unmount())) fine(disk_.mount());
  }

  // True if the process ended by itself, cleanly.
  bool let_it_run(const std::string& data) {
    int pipe[2];
    if (::pipe2(pipe, O_CLOEXEC) != 0) return fine("a pipe is refused");
    const uint64_t seed = random_();
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(pipe[0]);
      ::_exit(run_load(data, ledger_, pipe[1], seed));
    }
    ::close(pipe[1]);
    if (child < 0) {  // there is nobody to kill: -1 would be everybody
      ::close(pipe[0]);
      return fine("another process is refused");
    }
    ledger_.clean = running_ = false;
    bytes_.clear();
    read_until_due(pipe[0], (is_heavy(seed) ? 200000 : 0) + random_() % 30000);
    if (has_windows(child)) ++report_.with_windows;
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    while (read_some(pipe[0], 1000)) {
    }
    ::close(pipe[0]);
    const bool by_us = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    const bool cleanly = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!by_us && !cleanly && !faulty_) {
      add_fault("the process died by itself, status " + std::to_string(status));
    }
    return cleanly;
  }

  // Until the moment of the kill, which may come while the process still recovers.
  void read_until_due(int pipe, uint64_t run_us) {
    const bool early = random_() % 4 == 0;
    auto due = Clock::now() + std::chrono::microseconds(early ? random_() % 15000 : kHangMs * 1000);
    faulty_ = false;
    ledger_.closing = false;
    bool waited = false;
    for (bool timed = early;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due - Clock::now());
      if (left.count() < 0) break;
      if (!read_some(pipe, static_cast<int>(left.count()))) return;
      if (running_ && !timed) {
        due = Clock::now() + std::chrono::microseconds(run_us);
        timed = true;
      }
      // Half of the stops may come to their end.
      if (ledger_.closing && !waited) {
        waited = true;
        if (random_() % 2 == 0) due = Clock::now() + std::chrono::milliseconds(kHangMs);
      }
    }
    if (!running_ && !early) add_fault("the process hangs");
  }

  // False at the end of what the process has told.
  bool read_some(int pipe, int timeout_ms) {
    pollfd ready{pipe, POLLIN, 0};
    if (::poll(&ready, 1, timeout_ms) <= 0) return true;
    const size_t before = bytes_.size();
    bytes_.resize(before + (64 << 10));
    const ssize_t got = ::read(pipe, bytes_.data() + before, 64 << 10);
    bytes_.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    take_events(&bytes_, [&](const Event& event) {
      if (event.kind == EventKind::running) running_ = true;
      if (event.kind == EventKind::fault) add_fault(event.text);
      ledger_.apply(event);
    });
    return got > 0;
  }

  void add_fault(const std::string& sentence) {
    faulty_ = true;
    ++faults_;
    if (report_.faults.size() >= kFaultsKept) return;
    const std::string before = lives_.substr(lives_.size() - std::min<size_t>(lives_.size(), 120));
    report_.faults.push_back("cut " + std::to_string(report_.cuts) + " after …" + before +
                             sentence);
  }

  // The directory as the cut left it: the next process changes it.
  void remember(const std::string& data) {
    if (options_.keep.empty()) return;
    std::error_code ignored;
    std::filesystem::remove_all(options_.folder + "/before", ignored);
    std::filesystem::copy(data, options_.folder + "/before",
                          std::filesystem::copy_options::recursive, ignored);
  }

  void keep_evidence() {
    if (options_.keep.empty()) return;
    const std::string to = options_.keep + "/" + options_.file_system + "-" +
                           std::to_string(options_.seed) + "-" + std::to_string(report_.cuts);
    std::error_code ignored;
    std::filesystem::create_directories(to, ignored);
    const auto recursive = std::filesystem::copy_options::recursive;
    std::filesystem::copy(options_.folder + "/before", to + "/before", recursive, ignored);
    std::filesystem::copy(disk_.path() + "/data", to + "/after", recursive, ignored);
    std::ofstream faults(to + "/faults.txt");
    for (const std::string& fault : report_.faults) faults << fault << "\n";
  }

  const WatchOptions options_;
  std::mt19937_64 random_;
  Disk disk_;
  Ledger ledger_;
  WatchReport report_;
  std::vector<uint8_t> bytes_;  // of events, not yet whole
  std::string lives_;           // how the processes on this disk ended
  size_t faults_ = 0;
  bool running_ = false;
  bool faulty_ = false;
};

}  // namespace

WatchReport watch(const WatchOptions& options) { return Watch(options).run(); }

}  // namespace odradek::power

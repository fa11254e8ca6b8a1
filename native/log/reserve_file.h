// Room on the disk that is held back for what must go on when it is full: the metadata log, the
// acknowledgements of queues, deletions, a start and a clean stop. It lies beside the journal and
// goes with it.
//
// Safe from any thread.
#pragma once

#include <mutex>
#include <string>

#include "file/file_system.h"
#include "log/journal_format.h"

namespace odradek {

// Where the consumers of queues stand: only what they have finished may be deleted.
inline constexpr const char* kQueueStateTopic = "__odradek_queues";

class ReserveFile {
 public:
  // `fs` must outlive this; `path` is the log directory. Of 0 bytes there is none.
  ReserveFile(FileSystem& fs, const std::string& path, int64_t bytes)
      : fs_(fs), path_(path), file_(path + "/" + kJournalFolder + "/reserve"), bytes_(bytes) {}

  // Makes the file where there is plenty of room and it is missing. What fails is left for later.
  void keep();
  // Gives the room up where nearly nothing else is left. Before work that must not be refused.
  void make_room();
  // Gives it up. False if there was none.
  bool give_up();

 private:
  FileSystem& fs_;
  const std::string path_;
  const std::string file_;
  const int64_t bytes_;
  std::mutex mutex_;  // held for the calls
};

}  // namespace odradek

// Opens what lies in a partition's folder: after a clean stop by its indexes, after an unclean one
// by recovery, which reads everything from the resume point on, or without one from the start of
// the segment that holds the recovery point. It keeps the whole, intact batches in front and
// physically removes the rest.
//
// Idempotent: a crash at any call leaves a folder that loads to the same.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/directory_health.h"
#include "log/leader_epochs.h"
#include "log/log_config.h"
#include "log/log_directory.h"
#include "log/producer_replay.h"
#include "log/resume_point.h"
#include "log/segment_set.h"

namespace odradek {

// What is to be loaded, and what the checkpoints say of it.
struct LoadRequest {
  FileSystem* fs = nullptr;
  OpenFiles* open_files = nullptr;
  DirectoryHealth* health = nullptr;  // is told of changes that fail
  std::string folder;
  LogConfig config;
  TimestampMs now;
  bool clean = false;     // the marker of a clean stop was there
  Offset recovery_point;  // checkpointed; everything below was synced
  // The last run was Odradek's, and what it checkpointed is known: it compacts nothing above the
  // recovery point, so that a gap there is a hole.
  bool gapless_above = false;
  std::optional<ResumePoint> resume_point;  // checkpointed
  Offset log_start;                         // checkpointed; 0 if it never was
  std::vector<uint8_t>* buffer = nullptr;   // for reading; loads that follow may share it
  bool only_look = false;                   // where anything would change: an error instead
};

// The file of the leader epochs: there is none; what a run wrote that was killed, perhaps not
// synced; synced.
enum class EpochsFile : uint8_t { none, unsynced, synced };

// A partition as its files have it.
struct LoadedPartition {
  std::shared_ptr<const SegmentSet> segments;
  ProducerHistory history;
  LeaderEpochs epochs;
  EpochsFile epochs_file = EpochsFile::none;
  bool epochs_changed = false;  // their file says something else, or nothing
  Offset log_start;
  LogPoint log_end;
  // Everything below is, once `unsynced` was. It may lie behind its position, but not before.
  LogPoint synced;
  bool is_made = true;  // false: it was never written and has no folder
  // Nothing says that the folder's name and what tells its topic are on the disk.
  bool is_young = false;
  bool changed = false;              // differs from what the files say: close must write them
  std::vector<std::string> deleted;  // paths for the deleter
  // What the caller must sync before anybody sees the partition.
  std::vector<std::shared_ptr<File>> unsynced;
  bool folder_unsynced = false;
  bool is_shown_unsynced = false;  // nothing but what was cut need be
  // Sealed segments' indexes are not written, for want of room or because nothing was to be synced:
  // none is trusted from there on.
  bool unfinished = false;
  std::map<Offset, std::vector<uint8_t>> snapshots;  // not written either, by their offset
  // False if the batches before the resume point are not all there any more: it must be erased.
  bool resume_point_stands = true;
  Offset resumed_at = kNoOffset;  // the synced resume point where the scan began; -1 without one
  RecoveryReport report;
};

// Errors: kafka_storage_error from the disk, and for damage below the recovery point or after a
// clean stop, which is never cut silently.
LogResult<LoadedPartition> load_partition(const LoadRequest& request);
// A log that was never written: the first append makes its folder.
LoadedPartition unmade_partition(TimestampMs now);

}  // namespace odradek
